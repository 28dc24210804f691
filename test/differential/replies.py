"""Replies of memcached's text protocol, taken apart and compared: cas uniques are the same when they stand for the same
order of first sight, times when they are close."""

import re

CLOSE_S = 2  # the servers' clocks turn at different moments
CAS_TOKEN, TIME_TOKEN = re.compile(rb"c(\d+)"), re.compile(rb"([tl])(-?\d+)")


class Uniques:
    """Names for cas uniques, in the order of their first sight."""

    def __init__(self):
        self.names = {b"0": b"0"}

    def name(self, unique):
        return self.names.setdefault(unique, b"#%d" % len(self.names))


def parse(stream, uniques, cas_of):
    """The replies as tuples of words and data. Notes in `cas_of` the uniques told with a key."""
    replies = []
    while stream:
        line, end, stream = stream.partition(b"\n")
        if not line.endswith(b"\r"):
            replies.append((b"no line", line + end))
            continue
        words = line[:-1].split(b" ")
        size = data_size(words)
        if size is not None:
            data, stream = stream[:size + 2], stream[size + 2:]
            words.append(data)
        if words[0] != b"STAT":  # each server has names and numbers of its own
            replies.append(tuple(renamed(words, uniques, cas_of)))
    return replies


def data_size(words):
    place = {b"VALUE": 3, b"VA": 1}.get(words[0])
    return int(words[place]) if place and len(words) > place and words[place].isdigit() else None


def renamed(words, uniques, cas_of):
    match words[0]:
        case b"VERSION":
            return words[:1]
        case b"VALUE" if len(words) == 6:
            cas_of[words[1]] = int(words[4])
            return [*words[:4], uniques.name(words[4]), words[5]]
        case b"ME" if len(words) > 2:
            told = dict(word.split(b"=") for word in words[2:])
            was_found = b"h1" if told[b"fetch"] == b"yes" else b"h0"
            return [*words[:2], b"t" + told[b"exp"], b"l" + told[b"la"], uniques.name(told[b"cas"]), was_found]
        case b"HD" | b"VA" | b"EN" | b"NF" | b"NS" | b"EX":
            return [words[0], *(meta_flag(word, uniques) for word in words[1:])]
    return words


def meta_flag(word, uniques):
    match = CAS_TOKEN.fullmatch(word)
    return b"c" + uniques.name(match[1]) if match else word


def same_word(a, b):
    if a == b:
        return True
    times = TIME_TOKEN.fullmatch(a), TIME_TOKEN.fullmatch(b)
    if not all(times) or times[0][1] != times[1][1]:
        return False
    first, second = int(times[0][2]), int(times[1][2])
    return min(first, second) >= 0 and abs(first - second) <= CLOSE_S


def same(a, b):
    return len(a) == len(b) and all(
        len(x) == len(y) and all(map(same_word, x, y)) for x, y in zip(a, b))
