"""Replies of the Redis protocol, taken apart and made comparable: where servers may say different things, only the
kind counts; times to live are the same when they are close, and scores when they are the same numbers."""

import dataclasses
import re

INCOMPLETE = ("incomplete",)
CLOSE_S = 2  # the servers are asked one after the other
TIMES = {b"TTL": CLOSE_S, b"EXPIRETIME": CLOSE_S, b"PTTL": CLOSE_S * 1000, b"PEXPIRETIME": CLOSE_S * 1000}
OWN = {b"HELLO", b"INFO", b"TIME", b"LASTSAVE", b"RANDOMKEY", b"CLIENT ID", b"CLIENT INFO", b"CLIENT HELP",
       b"COMMAND COUNT", b"COMMAND HELP", b"COMMAND INFO", b"CONFIG HELP", b"SCAN", b"MEMORY USAGE", b"MEMORY HELP", b"OBJECT HELP",
       b"SLOWLOG HELP", b"LATENCY HELP", b"SCRIPT HELP", b"HSCAN", b"SSCAN",
       b"ZSCAN"}  # each server has its own answers to these
UNORDERED = {b"KEYS", b"HKEYS", b"HVALS", b"SMEMBERS", b"SINTER", b"SUNION", b"SDIFF", b"SPOP"}
DRAWN = {b"SRANDMEMBER", b"HRANDFIELD", b"ZRANDMEMBER"}  # of which the form and the number are compared
SCORED = {b"ZADD", b"ZINCRBY", b"ZSCORE", b"ZMSCORE", b"ZRANGE", b"ZREVRANGE", b"ZRANGEBYSCORE", b"ZREVRANGEBYSCORE",
          b"ZPOPMIN", b"ZPOPMAX", b"ZMPOP", b"ZUNION", b"ZINTER", b"ZDIFF"}
# Where 7.0.15 shows more digits than need be; and -0, whose sign it shows in large sorted sets alone.
SCORE = re.compile(rb"-0|-?\d+\.\d+|-?\d(\.\d+)?e[-+]\d+|-?\d{17,}")


@dataclasses.dataclass(frozen=True)
class Near:
    """A number that may be `margin` off."""
    number: int
    margin: int


def parse_one(stream, at=0):
    """The reply that begins at `at`, and where it ends; INCOMPLETE when it does not end."""
    end = stream.find(b"\r\n", at)
    if end < 0:
        return INCOMPLETE, len(stream)
    kind, line, at = chr(stream[at]), stream[at + 1:end], end + 2
    if kind in "$=":
        if line == b"-1":
            return (kind, None), at
        end = at + int(line)
        return (INCOMPLETE, len(stream)) if len(stream) < end + 2 else ((kind, stream[at:end]), end + 2)
    if kind not in "*%~>":
        return (kind, line), at
    count = int(line) * (2 if kind == "%" else 1)
    parts = []
    for _ in range(count):
        part, at = parse_one(stream, at)
        if part == INCOMPLETE:
            return INCOMPLETE, len(stream)
        parts.append(part)
    return (kind, None if count < 0 else tuple(parts)), at


def parse(stream):
    replies, at = [], 0
    while at < len(stream):
        reply, at = parse_one(stream, at)
        replies.append(reply)
    return replies


def two_by_two(parts):
    return list(zip(parts[::2], parts[1::2]))


def numbers_for_scores(reply):
    """The reply with numbers in place of scores that may be written otherwise."""
    kind, value = reply
    if isinstance(value, tuple):
        return kind, tuple(map(numbers_for_scores, value))
    is_score = kind in "$," and value is not None and (value == b"0" or SCORE.fullmatch(value))
    return (kind, float(value)) if is_score else reply


def strings_of(reply):
    """The bulk strings and the scores of a reply, and of replies in it."""
    kind, value = reply
    if isinstance(value, tuple):
        return [text for part in value for text in strings_of(part)]
    return [] if value is None or kind == "_" else [value]


def form_of(reply):
    kind, value = reply
    return (kind, len(value), form_of(value[0]) if value else None) if isinstance(value, tuple) else (kind, value is None)


def comparable(reply, name):
    """What is compared of the reply to the command `name`, whose subcommand stands behind a blank."""
    kind = reply[0]
    if kind == "-" or reply == INCOMPLETE:
        return reply
    if name in OWN:
        return ("its own", kind)
    if name in DRAWN:
        return form_of(reply)
    if name in UNORDERED and reply[1]:
        return (kind, tuple(sorted(reply[1])))
    if name == b"HGETALL":
        return (kind, tuple(sorted(two_by_two(reply[1]))))
    if name in SCORED:
        return numbers_for_scores(reply)
    if kind == ":" and name in TIMES and int(reply[1]) > 0:
        return Near(int(reply[1]), TIMES[name])
    return reply


def same_reply(a, b):
    if isinstance(a, Near) and isinstance(b, Near):
        return abs(a.number - b.number) <= a.margin
    return a == b


def same(a, b):
    return len(a) == len(b) and all(map(same_reply, a, b))
