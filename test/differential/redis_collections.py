"""Random commands on hashes, lists, sets and sorted sets.

They are written as templates: a word in capitals stands for itself, another for what the function of that name gives,
A|B for one of them, [A b] may be left out, and a:b+ comes once or several times."""

import re

from redis_acts import Draw, ScanInside
from redis_words import FLOATS, INDEXES, KEYS, NUMBERS, WRONG_FLOATS, WRONG_NUMBERS, Words

COUNTS = ("0", "1", "2", "3", "5", "100", "100000")
# Few digits in binary: sums are the same in whatever order they are made.
SCORES = ("0", "1", "2", "3", "-1", "0.5", "1.25", "-2.75", "10", "1000", "1e20", "inf", "-inf", "+inf", "0x10", "1e3")
WRONG_SCORES = ("", "abc", "1x", " 1", "nan", "1,5", "--1")
SMALL = (2, 4, 10, 30)  # sizes of a collection to begin with
LARGE = (100, 126, 127, 128, 129, 150, 300, 600)  # some are almost too large to be packed, which ends at 128 rows
LENGTHS = (1, 1, 8, 16, 40, 63, 64, 65, 100)  # of words in it: a packed element has 64 bytes, a packed value 2 KiB
UNIVERSES = (4, 10, 40, 300)

HASHES = (
    "HSET hash field:value+", "HSET hash field:value+", "HSET hash field number", "HMSET hash field:value+",
    "HSETNX hash field value", "HGET hash field", "HMGET hash field+", "HGETALL hash", "HKEYS hash", "HVALS hash",
    "HDEL hash field", "HDEL hash field+", "HLEN hash", "HEXISTS hash field", "HSTRLEN hash field",
    "HINCRBY hash field number", "HINCRBYFLOAT hash field float", "HRANDFIELD hash [draws [WITHVALUES]]",
    "HSCAN hash cursor [MATCH pattern] [COUNT count]")
LISTS = (
    "LPUSH list element+", "RPUSH list element+", "RPUSH list element+", "LPUSHX list element+", "RPUSHX list element+",
    "LPOP list [count]", "RPOP list [count]", "LLEN list", "LRANGE list index index", "LRANGE list 0 -1",
    "LINDEX list index", "LSET list index element", "LREM list rank element", "LTRIM list index index",
    "LINSERT list BEFORE|AFTER|BESIDE element element", "LPOS list element [RANK rank] [COUNT count] [MAXLEN count]",
    "LMOVE list list LEFT|RIGHT LEFT|RIGHT|UP", "RPOPLPUSH list list", "LMPOP lists LEFT|RIGHT|UP [COUNT count]")
SETS = (
    "SADD set member+", "SADD set member+", "SADD set member", "SREM set member+", "SREM set member", "SMEMBERS set",
    "SCARD set", "SISMEMBER set member", "SMISMEMBER set member+", "SMOVE set set member", "SRANDMEMBER set [draws]",
    "SPOP set none_or_all", "SINTER set+", "SUNION set+", "SDIFF set+", "SINTERSTORE set set+", "SUNIONSTORE set set+",
    "SDIFFSTORE set set+", "SINTERCARD sets [LIMIT count]", "SSCAN set cursor [MATCH pattern] [COUNT count]")
SORTED_SETS = (
    "ZADD sorted [NX|XX] [GT|LT] [CH] score:member+", "ZADD sorted score:member+", "ZADD sorted score:member+",
    "ZADD sorted [NX|XX|GT|LT] INCR score member", "ZINCRBY sorted score member", "ZREM sorted member+", "ZCARD sorted",
    "ZSCORE sorted member", "ZMSCORE sorted member+", "ZRANK sorted member", "ZREVRANK sorted member",
    "ZRANGE sorted index index [REV] [WITHSCORES]", "ZRANGE sorted low high BYSCORE [LIMIT index count] [WITHSCORES]",
    "ZRANGE sorted high low BYSCORE REV [LIMIT index count] [WITHSCORES]", "ZRANGE sorted 0 -1 [BYSCORE] [BYLEX]",
    "ZREVRANGE sorted index index [WITHSCORES]", "ZRANGEBYSCORE sorted low high [WITHSCORES] [LIMIT index count]",
    "ZREVRANGEBYSCORE sorted high low [WITHSCORES] [LIMIT index count]", "ZCOUNT sorted low high",
    "ZREMRANGEBYRANK sorted index index", "ZREMRANGEBYSCORE sorted low high", "ZPOPMIN|ZPOPMAX sorted [count]",
    "ZMPOP sorted_ones MIN|MAX|FOO [COUNT count]", "ZRANDMEMBER sorted [draws [WITHSCORES]]",
    "ZSCAN sorted cursor [MATCH pattern] [COUNT count]",
    "ZRANGESTORE sorted sorted index index [REV]", "ZRANGESTORE sorted sorted low high BYSCORE [LIMIT index count]",
    "ZUNION|ZINTER sorted_ones [WEIGHTS score score] [AGGREGATE SUM|MIN|MAX] [WITHSCORES]",
    "ZUNIONSTORE|ZINTERSTORE sorted sorted_ones [WEIGHTS score score] [AGGREGATE SUM|MIN|MAX|FOO]",
    "ZINTERCARD sorted_ones [LIMIT count]", "ZDIFF sorted_ones [WITHSCORES]", "ZDIFFSTORE sorted sorted_ones")
# Ranges by bytes are of members whose scores are equal: these have keys of their own.
EQUAL_SCORES = (
    "ZADD equal zero:member+", "ZADD equal zero:member+", "ZREM equal member+",
    "ZRANGEBYLEX equal first last [LIMIT index count]",
    "ZREVRANGEBYLEX equal last first [LIMIT index count]", "ZRANGE equal first last BYLEX [LIMIT index count]",
    "ZRANGE equal last first BYLEX REV [LIMIT index count]", "ZLEXCOUNT equal first last",
    "ZREMRANGEBYLEX equal first last", "ZRANGESTORE sorted equal first last BYLEX [LIMIT index count]",
    "ZRANGE equal 0 -1 [WITHSCORES]", "ZCARD equal", "ZPOPMIN equal [count]")
TEMPLATES = {"hash": HASHES, "list": LISTS, "set": SETS, "sorted": SORTED_SETS, "equal": EQUAL_SCORES}
DRAWS = {"hash": ("HRANDFIELD hash [draws [WITHVALUES]]",), "set": ("SRANDMEMBER set [draws]", "SPOP set [count]"),
         "sorted": ("ZRANDMEMBER sorted [draws [WITHSCORES]]",)}
WALKS = {"hash": "HSCAN", "set": "SSCAN", "sorted": "ZSCAN"}


class Collections(Words):
    """Commands on the collections of one kind, which is the sequence's theme, and now and then on those of another."""

    def take_up(self, theme):
        self.theme = theme
        self.universe = self.random.choice(UNIVERSES)
        self.kind_of_name = self.one("number", "word", "mixed")
        self.length = self.random.choice(LENGTHS)
        others = {"set": self.keys_of("sorted"), "sorted": self.keys_of("set")}.get(theme, ())
        own = () if theme in ("strings", "equal") else self.keys_of(theme) * 2
        self.keys_in_use = (*KEYS, *own, *others)

    def on_collection(self):
        return self.expand(self.random.choice(TEMPLATES[self.theme]))

    def filled(self):
        """Commands that make a collection or two."""
        keys = self.keys_of(self.theme)[:self.one(1, 2)]
        return [command for key in keys for command in self.filling(key, self.random.choice(self.one(SMALL, SMALL, LARGE)))]

    def filling(self, key, size):
        self.universe = max(self.universe, size)
        name = {"hash": "HSET", "list": "RPUSH", "set": "SADD"}.get(self.theme, "ZADD")
        elements = []
        for number in range(size):
            element = self.name_of(number)
            match self.theme:
                case "hash":
                    elements += [element, "v" * self.length]
                case "list" | "set":
                    elements += [element]
                case "sorted":
                    elements += [self.random.choice(SCORES), element]
                case "equal":
                    elements += ["0", element]
        step = self.one(20, 100, 2000)
        return [tuple(word.encode("latin-1") for word in (name, key, *elements[place:place + step]))
                for place in range(0, len(elements), step)]

    def act(self):
        """What takes several commands; None: the theme has none."""
        if self.theme in WALKS and self.random.random() < 0.4:
            options = self.some(0.7, "COUNT", self.one("1", "5", "10", "100"))
            return ScanInside(WALKS[self.theme], self.keys_of(self.theme)[0], tuple(options))
        return Draw(tuple(self.expand(self.random.choice(DRAWS[self.theme])))) if self.theme in DRAWS else None

    def expand(self, template):
        words = []
        for part in re.findall(r"\[(?:[^][]|\[[^]]*\])*\]|\S+", template):
            if part.startswith("["):
                words += self.expand(part[1:-1]) if self.random.random() < 0.35 else []
            elif part.endswith("+"):
                for _ in range(self.one(1, 1, 2, 3, 12)):
                    words += self.expand(part[:-1].replace(":", " "))
            elif part.islower():
                word = getattr(self, part)()
                words += word if isinstance(word, list) else [word]
            else:
                word = self.random.choice(part.split("|"))
                words.append(word.lower() if self.random.random() < 0.1 else word)
        return words

    def keys_of(self, kind):
        return tuple(f"<P>{kind}:{number}" for number in (1, 2, 3))

    def key_of(self, kind):
        first, *others = self.keys_of(kind)
        return self.one(first, first, *others) if self.random.random() < 0.96 else self.key()

    def hash(self):
        return self.key_of("hash")

    def list(self):
        return self.key_of("list")

    def set(self):
        return self.key_of("set")

    def sorted(self):
        return self.key_of("sorted")

    def equal(self):
        first, *others = self.keys_of("equal")
        return self.one(first, first, *others)

    def lists(self):
        return self.counted(self.list)

    def sets(self):
        return self.counted(self.set)

    def sorted_ones(self):
        return self.counted(lambda: self.set() if self.random.random() < 0.15 else self.sorted())

    def counted(self, key):
        count = self.one(1, 2, 2, 2)
        return [self.pick((str(count),), ("0", "-1", "3", "abc", "")), *(key() for _ in range(count))]

    def name_of(self, number):
        is_number = self.kind_of_name == "number" or (self.kind_of_name == "mixed" and number % 3 == 0)
        return str((number - 2) * 7 ** (number % 9)) if is_number else f"m{number}".ljust(self.length, "m")

    def member(self):
        chance = self.random.random()
        if chance < 0.92:
            return self.name_of(self.random.randrange(self.universe))
        return self.value() if chance < 0.98 else "long" * 17 + str(self.random.randrange(3))

    field = element = member

    def value(self):
        return super().value() if self.random.random() < 0.5 else self.one("1", "v", "7.5", "x" * 64, "y" * 65)

    def index(self):
        return self.pick((*INDEXES, "10", "-10", "50", "130"), WRONG_NUMBERS)

    def count(self):
        return self.pick(COUNTS, ("-1", *WRONG_NUMBERS))

    def draws(self):
        return self.pick((*COUNTS, "-1", "-3", "-20"), WRONG_NUMBERS)

    def none_or_all(self):
        return self.pick(("0", "100000"), ("-1", *WRONG_NUMBERS), 0.3)

    def rank(self):
        return self.pick(("1", "2", "3", "-1", "-2", "0", "100"), WRONG_NUMBERS)

    def number(self):
        return self.pick(NUMBERS, WRONG_NUMBERS)

    def float(self):
        return self.pick(FLOATS, WRONG_FLOATS)

    def zero(self):
        return "0"

    def score(self):
        return self.pick(SCORES, WRONG_SCORES, 0.03)

    def low(self):
        bound = self.pick(("0", "1", "-1", "-inf", "0.5", "2"), WRONG_SCORES)
        return "(" + bound if self.random.random() < 0.3 else bound

    def high(self):
        bound = self.pick(("1", "2", "3", "10", "+inf", "1e20"), WRONG_SCORES)
        return "(" + bound if self.random.random() < 0.3 else bound

    def first(self):
        return self.pick(("-", "-", "[m1", "(m1", "[m", "(", "[", "[-2", "+"), ("m1", "", "--", "+x"))

    def last(self):
        return self.pick(("+", "+", "[m3", "(m3", "[n", "(m25", "[5", "-"), ("m3", "", "++", "-x"))

    def cursor(self):
        return self.pick(("0",), ("abc", "1x", "", " 1"))

    def pattern(self):
        return self.one("*", "m*", "m1?", "[0-9]", "x")
