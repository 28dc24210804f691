"""Random command sequences for the Redis protocol: valid ones, and slightly broken ones.

A sequence is a list of batches, a batch a list of commands. A command is a tuple of its words, bytes that are sent as
they stand, or one of redis_acts.py, which the run carries out by itself. <P> stands in keys for the prefix that keeps
those of one sequence apart from all others'. Most sequences have a theme, a kind of collection that many of their
commands are about; the last thing of each is to compare what is in the keys."""

import re

from redis_acts import Contents, Scan
from redis_collections import Collections
from redis_words import (BITS, FLOATS, INDEXES, KEYS, LATER, LIFETIMES, LIFETIMES_MS, NOW, NUMBERS, OFFSETS, PATTERNS,
                         USUAL_LIFETIMES, WRONG_FLOATS, WRONG_LIFETIMES, WRONG_NUMBERS)

THEMES = ("strings", "strings", "hash", "list", "set", "sorted", "equal")

# Commands of pelikan_rds that the run does not send, and why.
LEFT_OUT = {
    "delifeq": "of a later version than Debian's",
    **dict.fromkeys(("hexpire", "hpexpire", "hexpireat", "hpexpireat", "httl", "hpttl", "hexpiretime", "hpexpiretime", "hpersist",
                     "hgetex", "hsetex", "hgetdel"), "of a later version than Debian's"),
    "client|setinfo": "of a later version than Debian's",
    "client|no-touch": "of a later version than Debian's",
    "client|list": "tells of other connections",
    "client|kill": "hits connections at random",
    "client|pause": "stops the other server's tests",
    "client|unpause": "goes with it",
    "config|set": "changes the server",
    "config|resetstat": "changes what others count",
    "lolwut": "a drawing of its own",
    "memory|doctor": "words of its own",
    "memory|stats": "names of its own",
    "latency|doctor": "words of its own",
    "acl|whoami": "goes with users, which there are none of",
    "object|encoding": "tells how values lie in Redis' memory",
    "object|idletime": "tells how Redis measures idleness",
    "object|refcount": "tells how values lie in Redis' memory",
    "slowlog|get": "which commands are slow is no matter of the protocol",
    "slowlog|len": "the same",
    "eval": "known scripts have the golden table",
    "evalsha": "the same",
    "script|load": "the same",
    "script|exists": "the same",
    "script|flush": "the same",
    "wait": "blocks",
    "auth": "passwords have the golden table",
    "client|trackinginfo": "goes with tracking, which there is none of",
}


class Generator(Collections):
    def sequence(self):
        self.take_up(self.random.choice(THEMES))
        batches = [self.batch() for _ in range(self.random.randint(1, 3))]
        if self.theme != "strings" and self.random.random() < 0.7:
            batches.insert(0, self.filled())
        act = self.scan() if self.random.random() < 0.03 else self.act() if self.random.random() < 0.2 else None
        if act:
            batches.insert(self.random.randint(1, len(batches)), [act])
        return [*batches, [Contents(keys_in(batches))]]

    def batch(self):
        batch, is_known = [], True
        for _ in range(self.random.randint(1, 6 if self.theme == "strings" else 12)):
            batch.append(self.command(is_known))
            is_known = is_known and not isinstance(batch[-1], bytes) and b"REPLY" not in batch[-1]
        if self.random.random() < 0.3:
            batch.insert(0, (b"HELLO", b"3"))
        return batch

    def command(self, is_known):
        """`is_known`: which of the replies will be that to this command; else it is one of those whose replies are
        alike to the last byte."""
        if is_known and self.theme != "strings" and self.random.random() < 0.85:
            return self.sent(self.on_collection())
        chance = self.random.random() * (1 if is_known else 0.5)
        families = ((0.22, self.store), (0.34, self.read), (0.50, self.change), (0.66, self.lifetime), (0.78, self.keys),
                    (0.90, self.bits), (0.97, self.connection), (0.99, self.unknown))
        family = next((family for limit, family in families if chance < limit), None)
        if family is None:
            return self.raw()
        return self.sent(family())

    def sent(self, words):
        """The command as it is sent; some are broken."""
        words = [word if isinstance(word, bytes) else word.encode("latin-1") for word in words]
        if self.random.random() < 0.10 and not leaves_it_to_chance(words):
            words = self.broken(words)
        name = words[0] if words else b""
        return (self.one(name, name, name.lower(), name.title()), *words[1:]) if words else b"*0\r\n"

    def lifetime_of(self, unit):
        """A number behind EX, PX, EXAT, PXAT: of seconds or milliseconds, from now or a time of day."""
        wrong = self.random.random() < 0.08
        if wrong:
            return self.random.choice(WRONG_LIFETIMES)
        match unit:
            case "EX":
                return self.random.choice(LIFETIMES)
            case "PX":
                return self.random.choice(LIFETIMES_MS)
            case "EXAT":
                return self.one(str(NOW + 5000), str(LATER), "33177117420", "1", "0", "-1")
            case _:
                return self.one(str(NOW * 1000 + 5000000), str(LATER * 1000 + 123), "1", "1000", "0")

    def expiry(self):
        unit = self.one("EX", "PX", "EXAT", "PXAT")
        return [self.one(unit, unit, unit.lower()), self.lifetime_of(unit)]

    def store(self):
        match self.random.randrange(10):
            case 0 | 1 | 2:
                return ["SET", self.key(), self.value()]
            case 3 | 4 | 5:
                options = [self.some(0.3, self.one("NX", "XX")), self.some(0.4, *self.expiry()),
                           self.some(0.2, "KEEPTTL"), self.some(0.3, "GET")]
                self.random.shuffle(options)
                return ["SET", self.key(), self.value(), *sum(options, [])]
            case 6:
                return [self.one("SETNX", "GETSET"), self.key(), self.value()]
            case 7:
                name = self.one("SETEX", "PSETEX")
                return [name, self.key(), self.lifetime_of("PX" if name == "PSETEX" else "EX"), self.value()]
            case _:
                pairs = [word for _ in range(self.one(1, 2, 3)) for word in (self.key(), self.value())]
                return [self.one("MSET", "MSETNX"), *pairs]

    def read(self):
        match self.random.randrange(8):
            case 0 | 1 | 2:
                return ["GET", self.key()]
            case 3:
                return ["MGET", *(self.key() for _ in range(self.one(1, 2, 4, 20)))]
            case 4:
                return [self.one("STRLEN", "GETDEL", "TYPE"), self.key()]
            case 5 | 6:
                return [self.one("GETRANGE", "SUBSTR"), self.key(), self.pick(INDEXES, WRONG_NUMBERS),
                        self.pick(INDEXES, WRONG_NUMBERS)]
            case _:
                option = self.one([], self.expiry(), ["PERSIST"], ["persist"], self.expiry() + ["PERSIST"])
                return ["GETEX", self.key(), *option]

    def change(self):
        match self.random.randrange(6):
            case 0:
                return [self.one("INCR", "DECR"), self.key()]
            case 1 | 2:
                return [self.one("INCRBY", "DECRBY"), self.key(), self.pick(NUMBERS, WRONG_NUMBERS)]
            case 3:
                return ["INCRBYFLOAT", self.key(), self.pick(FLOATS, WRONG_FLOATS)]
            case 4:
                return ["APPEND", self.key(), self.value()]
            case _:
                return ["SETRANGE", self.key(), self.pick(OFFSETS, ("-1", "536870912", *WRONG_NUMBERS)), self.value()]

    def lifetime(self):
        if self.random.random() < 0.4:
            return [self.one("TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME", "PERSIST"), self.key()]
        name, unit = self.one(("EXPIRE", "EX"), ("PEXPIRE", "PX"), ("EXPIREAT", "EXAT"), ("PEXPIREAT", "PXAT"))
        options = [self.one("NX", "XX", "GT", "LT", "gt", "FOO") for _ in range(self.one(0, 0, 1, 1, 2))]
        lifetime = self.lifetime_of(unit)
        if {"GT", "LT", "gt"} & {*options} and unit in ("EX", "PX") and lifetime in USUAL_LIFETIMES:
            lifetime = str(self.random.randint(200_000, 9_000_000_000) // (1 if unit == "PX" else 1000))
        return [name, self.key(), lifetime, *options]

    def keys(self):
        match self.random.randrange(12):
            case 0 | 1:
                return [self.one("DEL", "UNLINK"), *(self.key() for _ in range(self.one(1, 1, 2, 5)))]
            case 2 | 3:
                return [self.one("EXISTS", "TOUCH"), *(self.key() for _ in range(self.one(1, 2, 5, 20)))]
            case 4 | 5:
                return [self.one("RENAME", "RENAMENX"), self.key(), self.key()]
            case 6 | 7:
                return ["COPY", self.key(), self.key(), *self.some(0.3, "DB", self.one("0", "0", "-1", "abc", "16")),
                        *self.some(0.4, "REPLACE"), *self.some(0.1, "FOO")]
            case 8 | 9:
                return ["KEYS", "<P>" + self.random.choice(PATTERNS)]
            case 10:
                return [self.one("DBSIZE", "RANDOMKEY", "FLUSHALL", "FLUSHDB"),
                        *self.some(0.3, self.one("ASYNC", "SYNC", "async", "FOO"))]
            case _:
                return ["SCAN", self.one("abc", "1x", "", " 1", "99999999999999999999"),
                        *self.some(0.3, "COUNT", self.one("0", "-1", "abc"))]

    def scan(self):
        options = [*self.some(0.8, "COUNT", self.one("1", "2", "10", "100")),
                   *self.some(0.3, "TYPE", self.one("string", "STRING", "hash"))]
        return Scan(tuple(word.encode() for word in options))

    def bits(self):
        unit = self.some(0.3, self.one("BIT", "BYTE", "bit", "FOO"))
        match self.random.randrange(8):
            case 0 | 1:
                wrong = ("4294967296", "-1", *WRONG_NUMBERS)
                return ["SETBIT", self.key(), self.pick(BITS, wrong), self.pick("01", ("2", "-1", "", "x"))]
            case 2:
                wrong = ("4294967296", "4294967295", "-1", *WRONG_NUMBERS)
                return ["GETBIT", self.key(), self.pick(BITS, wrong)]
            case 3 | 4:
                span = [self.pick(INDEXES, WRONG_NUMBERS), self.pick(INDEXES, WRONG_NUMBERS), *unit]
                return ["BITCOUNT", self.key(), *self.some(0.8, *span)]
            case 5 | 6:
                span = [self.pick(INDEXES, WRONG_NUMBERS), *self.some(0.8, self.pick(INDEXES, WRONG_NUMBERS), *unit)]
                return ["BITPOS", self.key(), self.pick("01", ("2", "-1", "", "x")), *self.some(0.8, *span)]
            case _:
                return ["BITOP", self.one("AND", "OR", "XOR", "NOT", "not", "FOO"), self.key(),
                        *(self.key() for _ in range(self.one(1, 1, 2, 3)))]

    def connection(self):
        return list(self.one(
            ["PING"], ["PING", self.value()], ["ECHO", self.value()], ["SELECT", self.one("0", "0", "16", "abc", "-1")],
            ["QUIT"], ["RESET"], ["HELLO"], ["HELLO", "2"], ["HELLO", self.one("3", "4", "1", "abc", "")],
            ["HELLO", "3", "SETNAME", self.one("me", "two words", "")], ["HELLO", "3", self.one("FOO", "AUTH", "SETNAME")],
            ["HELLO", "2", "AUTH", self.one("default", "nobody"), "secret"], ["CLIENT", "ID"], ["CLIENT", "GETNAME"],
            ["CLIENT", "SETNAME", self.one("me", "", "two words", "\xe9", "a\n")], ["CLIENT", "INFO"], ["CLIENT", "HELP"],
            ["CLIENT", "REPLY", self.one("ON", "SKIP", "OFF", "FOO")], ["CLIENT", "NO-EVICT", self.one("ON", "off", "x")],
            ["CLIENT", "GETREDIR"], ["CLIENT", "UNBLOCK", self.one("9223372036854775807", "abc"),
                                     *self.some(0.3, self.one("TIMEOUT", "ERROR", "FOO"))],
            ["COMMAND", "COUNT"], ["COMMAND", "DOCS", "nonsense"], ["COMMAND", "INFO", self.one("nonsense", "get")],
            ["COMMAND", "LIST", "FILTERBY", "PATTERN", self.one("mse*x", "getr*", "xyz", "[")], ["COMMAND", "HELP"],
            ["COMMAND", "GETKEYS", *self.one(["GET", "k"], ["MSET", "a", "1", "b", "2"], ["nonsense", "x"], ["PING", "x"],
                                             ["BITOP", "AND", "d", "a", "b"], ["GET", "a", "b"], ["COPY", "a", "b"])],
            ["CONFIG", "GET", self.one("appendonly", "save", "nonsense", "appendo*")], ["CONFIG", "HELP"],
            ["INFO", self.one("server", "stats", "everything", "nonsense")], ["TIME"], ["LASTSAVE"], ["ROLE"],
            ["MEMORY", "USAGE", self.key(), *self.some(0.5, "SAMPLES", self.one("0", "5", "-1", "abc"))],
            ["MEMORY", "HELP"], ["OBJECT", "HELP"], ["OBJECT", "FREQ", "<P>missing"], ["SLOWLOG", "HELP"],
            ["SLOWLOG", "RESET"], ["SLOWLOG", "GET", self.one("abc", "-2")], ["LATENCY", "LATEST"], ["LATENCY", "HELP"],
            ["LATENCY", "HISTORY", "command"], ["LATENCY", "RESET"],
            ["CLUSTER", self.one("INFO", "MYID", "NODES", "SHARDS", "SLOTS")], ["FUNCTION", "FLUSH"],
            ["SCRIPT", "HELP"], [self.one("CLIENT", "CONFIG", "COMMAND", "OBJECT", "MEMORY"), self.one("FOO", "")]))

    def unknown(self):
        return [self.one("FOO", "GETT", "", "a\r\nb", "x" * 200, "client|id"),
                *(self.one("a", "b c", "\r\n", "z" * 100, "") for _ in range(self.one(0, 1, 2, 5)))]

    def raw(self):
        """Inline commands, and requests that are none."""
        return self.one(
            b"PING\r\n", b"GET <P>a\r\n", b"SET <P>a \"two words\"\r\n", b"SET <P>b 'x\\'y'\n", b"\r\n", b"  \r\n",
            b"ECHO \"a\\x41\\n\\q\"\r\n", b"ECHO \"abc\"d\r\n", b"ECHO 'abc\r\n", b"*0\r\n", b"*-1\r\n", b"*3abc\r\n",
            b"*\r\n", b"*+1\r\n$4\r\nPING\r\n", b"*1\r\n:4\r\n", b"*1\r\n$-1\r\n", b"*1\r\n$abc\r\n", b"*1\r\n$04\r\nPING\r\n",
            b"*1\r\n$536870913\r\n", b"*2147483648\r\n", b"*1\r\n$4\r\nPINGxy", b"POST / HTTP/1.1\r\n", b"*1\r\n$0\r\n\r\n",
            b"incr <P>a\n", b"\tPING\r\n")

    def broken(self, words):
        place = self.random.randrange(len(words))
        match self.random.randrange(6):
            case 0:
                del words[max(place, 1):max(place, 1) + 1]  # not the name: what stands behind may be one
            case 1:
                words.insert(place, words[place])
            case 2:
                words.append(b"x")
            case 3:
                words.append(b"")
            case 4:
                words[place] = self.random.choice(WRONG_NUMBERS).encode() if place else words[0] + b"x"
            case 5:
                words = words[:1] + words[:0:-1]
        is_long = words and words[0] == b"COMMAND" and len(words) < 3  # its reply would be that of all commands
        return [b"PING"] if is_long else words


def leaves_it_to_chance(words):
    """Broken, the command might pop elements at random, or mix scores under keys whose scores are to be equal."""
    return words[0].upper() == b"SPOP" or (words[0].upper() == b"ZADD" and b"equal:" in words[1])


def keys_in(batches):
    """The keys that the commands of a sequence name."""
    text = str(batches)
    return tuple(sorted({*re.findall(r"<P>(?:[a-d]\b|[a-z]+:[123])", text)}))
