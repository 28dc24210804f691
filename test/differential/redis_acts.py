"""What the run of random commands carries out by itself, because it takes several commands or leaves things to chance.
Each has carry_out(ask), which returns the replies that are compared; ask(*words) returns the reply to a command, and
ask.all(commands) those to several that are sent at once."""

import dataclasses

from redis_replies import comparable, numbers_for_scores, strings_of, two_by_two

SCANNED = 50  # keys that are there all the time while a Scan walks over them


@dataclasses.dataclass(frozen=True)
class Scan:
    """A walk with SCAN from cursor 0 to cursor 0, while other keys come and go: the keys that stay."""
    options: tuple

    def carry_out(self, ask):
        for number in range(SCANNED):
            ask(b"SET", b"<P>stays:%d" % number, b"v")
        return walk(lambda cursor: ask(b"SCAN", cursor, b"MATCH", b"*stays*", *self.options),
                    come=lambda step: ask(b"SET", b"<P>goes:%d" % step, b"v"),
                    go=lambda step: ask(b"DEL", b"<P>goes:%d" % step))


def walk(scan, come, go):
    """All that the steps of a walk found, once each, or the error of one."""
    seen, cursor, step = set(), b"0", 0
    while step == 0 or cursor != b"0":
        come(step)
        go(step - 3)
        reply = scan(cursor)
        if reply[0] != "*":
            return [reply]
        (_, cursor), found = reply[1]
        seen.update(found[1])
        step += 1
    for last in range(step - 3, step):
        go(last)
    return [frozenset(seen)]


@dataclasses.dataclass(frozen=True)
class ScanInside:
    """The same over the elements of a collection."""
    name: str
    key: str
    options: tuple

    ELEMENTS = {"HSCAN": (("HSET", "v"), "HDEL", True), "SSCAN": (("SADD",), "SREM", False),
                "ZSCAN": (("ZADD", "7"), "ZREM", True)}  # what adds one and takes it away, and whether they are pairs

    def carry_out(self, ask):
        (add, *value), remove, in_pairs = self.ELEMENTS[self.name]

        def scan(cursor):
            reply = ask(self.name, self.key, cursor, *self.options)
            if reply[0] == "-":
                return reply
            position, found = reply[1]
            elements = two_by_two(found[1]) if in_pairs else [(element,) for element in found[1]]
            stay = [element for element in elements if not element[0][1].startswith(b"goes:")]
            if add == "ZADD":
                stay = [tuple(map(numbers_for_scores, element)) for element in stay]
            return "*", (position, ("*", tuple(stay)))

        def come(step):
            ask(add, self.key, *(value + [f"goes:{step}"] if add == "ZADD" else [f"goes:{step}"] + value))

        return walk(scan, come, lambda step: ask(remove, self.key, f"goes:{step}"))


@dataclasses.dataclass(frozen=True)
class Draw:
    """A command that draws elements: of which form and how many, and whether they are the collection's. What is popped
    is put back."""
    words: tuple

    CONTENTS = {"S": ("SMEMBERS",), "H": ("HGETALL",), "Z": ("ZRANGE", "0", "-1", "WITHSCORES")}

    def carry_out(self, ask):
        name, key = self.words[0].upper(), self.words[1]
        read, *range_of_all = self.CONTENTS[name[0]]
        before = ask(read, key, *range_of_all)
        reply = ask(*self.words)
        if "-" in (before[0], reply[0]):
            return [reply]
        drawn, there = strings_of(reply), strings_of(before)
        belongs = {*drawn} <= {*there}
        if name == "SPOP" and drawn:
            belongs = sorted(strings_of(ask("SMEMBERS", key)) + drawn) == sorted(there)
            ask("SADD", key, *drawn)
        may_repeat = any(word.upper().startswith(("-", "WITH")) for word in self.words[2:])
        return [(name, reply[0], len(drawn), belongs, may_repeat or len({*drawn}) == len(drawn))]


@dataclasses.dataclass(frozen=True)
class Contents:
    """All that is in the keys, and when they expire."""
    keys: tuple

    READS = {b"hash": ("HGETALL",), b"list": ("LRANGE", "0", "-1"), b"set": ("SMEMBERS",), b"string": ("GET",),
             b"zset": ("ZRANGE", "0", "-1", "WITHSCORES")}

    def carry_out(self, ask):
        types = [reply[1] for reply in ask.all([("TYPE", key) for key in self.keys])]
        reads = [(command, key, *rest) for key, kind in zip(self.keys, types) if kind in self.READS
                 for command, *rest in (self.READS[kind], ("PTTL",))]
        replies = ask.all(reads)
        return types + [comparable(reply, command.encode()) for reply, (command, *_) in zip(replies, reads)]
