"""Random command sequences for memcached's text protocol: valid ones, and slightly broken ones.

A sequence is a list of batches, a batch a list of commands, a command the bytes of one request with its data. What
only the run knows stands in marks: <P> is the prefix that keeps the keys of one sequence apart from all others',
<B:key> the base64 form of a key with its prefix, and <C:key> the cas unique that the server last told for the key."""

import base64
import re
import time

PREFIX_SIZE = 8
KEY_MAX = 250
NOW = int(time.time())
NO_CAS = 18446744073709551610  # of no item

PREFIX, BASE64_KEY, CAS = re.compile(rb"<P>"), re.compile(rb"<B:(\w+)>"), re.compile(rb"<C:(\w+)>")

KEYS = ("a", "b", "c")
FLAGS = ("0", "0", "0", "1", "65535", "4294967295")
WRONG_FLAGS = ("4294967296", "-1", "abc", "1x", "99999999999999999999")
TIMES = ("0", "0", "0", "0", "100", "2592000", str(NOW + 1000), "-1", "2592001", "2147483647")
WRONG_TIMES = ("abc", "1x", "", "99999999999999999999", "-99999999999999999999")
DELTAS = ("1", "1", "10", "0", "99", "18446744073709551615")
WRONG_DELTAS = ("-1", "abc", "1.5", "18446744073709551616", "1x", "+1")
WRONG_SIZES = ("-1", "abc", "1x", "2147483647", "4294967297", "99999999999999999999")
VALUES = (b"", b"0", b"9", b"10", b"99", b"100", b"18446744073709551615", b"18446744073709551616", b"12 ", b" 12",
          b"1a", b"abc", b"two words", b"a\r\nb", b"x" * 100, b"y" * 2000)
META_SUFFIXES = {  # flag letters with what may stand behind them
    "mg": {"b": None, "c": None, "f": None, "h": None, "k": None, "l": None, "O": ("abc", "1"), "q": None, "s": None,
           "t": None, "v": None, "u": None, "T": ("100", "0", "-1"), "N": ("100", "0"), "R": ("10", "200")},
    "ms": {"b": None, "c": None, "C": ("<C:a>", "1"), "F": FLAGS, "I": None, "k": None, "O": ("abc", "1"), "q": None,
           "T": ("100", "0", "-1"), "M": ("E", "A", "P", "R", "S", "set", "x")},
    "md": {"b": None, "C": ("<C:a>", "1"), "I": None, "k": None, "O": ("abc", "1"), "q": None, "T": ("100", "0")},
    "ma": {"b": None, "c": None, "C": ("<C:a>", "1"), "k": None, "O": ("abc", "1"), "q": None, "t": None, "v": None,
           "T": ("100", "0"), "N": ("100", "0"), "D": DELTAS, "J": ("0", "13", "abc"), "M": ("I", "D", "+", "-", "incr", "x")},
}


def filled_in(command, prefix, cas_of):
    """The command as it goes over the wire; `cas_of` has the uniques that the server told, by key."""
    command = PREFIX.sub(prefix, command)
    command = BASE64_KEY.sub(lambda m: base64.b64encode(prefix + m.group(1)), command)
    return CAS.sub(lambda m: b"%d" % cas_of.get(prefix + m.group(1), NO_CAS), command)


class Generator:
    def __init__(self, random):
        self.random = random

    def sequence(self):
        return [[self.command() for _ in range(self.random.randint(1, 6))] for _ in range(self.random.randint(1, 3))]

    def one(self, *choices):
        return self.random.choice(choices)

    def pick(self, good, wrong, chance=0.04):
        return self.random.choice(wrong if self.random.random() < chance else good)

    def command(self):
        kind = self.random.random()
        if kind < 0.40:
            line, data = self.storage()
        elif kind < 0.62:
            line, data = self.read(), None
        elif kind < 0.80:
            line, data = self.change(), None
        elif kind < 0.98:
            line, data = self.meta()
        else:
            line, data = self.other(), None
        line = " ".join(line)
        if self.random.random() < 0.12:
            line = self.broken(line)
        end = b"\n" if self.random.random() < 0.01 else b"\r\n"
        return line.encode("latin-1") + end + (b"" if data is None else data)

    def key(self):
        chance = self.random.random()
        if chance < 0.97:
            return "<P>" + self.random.choice(KEYS)
        room = KEY_MAX - PREFIX_SIZE
        return "<P>" + self.one("k" * room, "k" * (room + 1), "tab\there", "\x01\x7f", "\xe9\xff", "k" * (room - 1))

    def noreply(self):
        return ["noreply"] if self.random.random() < 0.12 else []

    def data(self):
        """A value, and what is sent for it: sometimes too little or too much."""
        value = self.random.choice(VALUES)
        chance = self.random.random()
        if chance < 0.97:
            return value, value + b"\r\n"
        return value, self.one(value + b"x\r\n", value[:-1] + b"\r\n", value + b"\n", value + b"\r\nx", value + b"xy\r\n")

    def size(self, value):
        return self.pick((str(len(value)),), WRONG_SIZES, 0.02)

    def storage(self):
        name = self.one("set", "set", "set", "add", "replace", "append", "prepend", "cas")
        value, data = self.data()
        line = [name, self.key(), self.pick(FLAGS, WRONG_FLAGS), self.pick(TIMES, WRONG_TIMES), self.size(value)]
        if name == "cas":
            line.append(self.one(f"<C:{self.random.choice(KEYS)}>", f"<C:{self.random.choice(KEYS)}>", "1", "abc", "-1",
                                 "18446744073709551616"))
        return line + self.noreply(), data

    def read(self):
        name = self.one("get", "gets", "gets", "gat", "gats")
        keys = [self.key() for _ in range(self.one(1, 1, 1, 2, 3))]
        return [name, *([self.pick(TIMES, WRONG_TIMES)] if name.startswith("gat") else []), *keys]

    def change(self):
        name = self.one("incr", "decr", "touch", "delete")
        line = [name, self.key()]
        if name in ("incr", "decr"):
            line.append(self.pick(DELTAS, WRONG_DELTAS))
        elif name == "touch":
            line.append(self.pick(TIMES, WRONG_TIMES))
        elif self.random.random() < 0.1:
            line.append(self.one("0", "10", "x"))
        return line + self.noreply()

    def other(self):
        return [self.one("version", "mn", "mn", "verbosity 1", "verbosity", "verbosity x", "flush_all", "flush_all 0",
                         "flush_all x", "flush_all -1", "flush_all noreply", "stats nonsense", "nonsense", "GET <P>a",
                         "lru mode", "slabs", "quit", "quit now", "cache_memlimit", "shutdown", "me", "mg", "ms", "get",
                         "set", "incr <P>a", "touch <P>a", "delete", "gat 100", "stats detail", "lru_crawler",
                         "verbosity 1 noreply", "version now")]

    def meta(self):
        name = self.one("mg", "mg", "mg", "ms", "ms", "ms", "md", "md", "ma", "ma", "me")
        if name == "me":
            return [name, f"<B:{self.random.choice(KEYS)}>", "b"] if self.one(True, False) else [name, self.key()], None
        flags = [letter + (self.random.choice(tokens) if tokens else "")
                 for letter, tokens in self.random.sample(sorted(META_SUFFIXES[name].items()), self.one(0, 1, 2, 2, 3, 5))]
        if self.random.random() < 0.04:
            flags.append(self.one("q", "q", "!", "E", "Tabc", "Cx", "noreply", "I", "v", "S1", "Z"))
        is_base64 = any(flag == "b" for flag in flags)
        key = f"<B:{self.random.choice(KEYS)}>" if is_base64 and self.random.random() < 0.95 else self.key()
        if name != "ms":
            return [name, key, *flags], None
        value, data = self.data()
        return [name, key, self.size(value), *flags], data

    def broken(self, line):
        words = line.split(" ")
        place = self.random.randrange(len(words))
        match self.random.randrange(9):
            case 0:
                words.pop(place)
            case 1:
                words.insert(place, words[place])
            case 2:
                words.insert(place, "")
            case 3:
                words.append("")
            case 4:
                words[0] = words[0].upper()
            case 5:
                words.append("x")
            case 6:
                words.append("NOREPLY")
            case 7:
                words.insert(0, "")
            case 8:
                words[0] += "x"
        return " ".join(words)
