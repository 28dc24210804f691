"""Replies of the Redis protocol, taken apart and made comparable: where servers may say different things, only the
kind counts; times to live are the same when they are close."""

import dataclasses

INCOMPLETE = ("incomplete",)
CLOSE_S = 2  # the servers are asked one after the other
TIMES = {b"TTL": CLOSE_S, b"EXPIRETIME": CLOSE_S, b"PTTL": CLOSE_S * 1000, b"PEXPIRETIME": CLOSE_S * 1000}
OWN = {b"HELLO", b"INFO", b"TIME", b"LASTSAVE", b"RANDOMKEY", b"CLIENT ID", b"CLIENT INFO", b"CLIENT HELP",
       b"COMMAND COUNT", b"COMMAND HELP", b"COMMAND INFO", b"CONFIG HELP", b"SCAN", b"MEMORY USAGE", b"MEMORY HELP", b"OBJECT HELP",
       b"SLOWLOG HELP", b"LATENCY HELP", b"SCRIPT HELP"}  # each server has its own answers to these
UNORDERED = {b"KEYS"}


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
    if kind in "$=" and line != b"-1":
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


def comparable(reply, name):
    """What is compared of the reply to the command `name`, whose subcommand stands behind a blank."""
    kind = reply[0]
    if kind == "-":
        return reply
    if name in OWN:
        return ("its own", kind)
    if name in UNORDERED:
        return (kind, tuple(sorted(reply[1])))
    if kind == ":" and name in TIMES and int(reply[1]) > 0:
        return Near(int(reply[1]), TIMES[name])
    return reply


def same_reply(a, b):
    if isinstance(a, Near) and isinstance(b, Near):
        return abs(a.number - b.number) <= a.margin
    return a == b


def same(a, b):
    return len(a) == len(b) and all(map(same_reply, a, b))
