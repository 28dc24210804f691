"""The words that random commands of the Redis protocol are made of."""

import time

NOW = int(time.time())
LATER = 2100000000  # a time of day that is far away
KEYS = ("<P>a", "<P>b", "<P>c", "<P>d")
NUMBERS = ("0", "1", "-1", "10", "255", "-100", "9223372036854775807", "-9223372036854775808", "9223372036854775806")
WRONG_NUMBERS = ("", "abc", "1.5", "+1", "01", "-0", " 1", "1 ", "1x", "9223372036854775808", "1e3", "0x10",
                 "-9223372036854775809", "99999999999999999999999")
FLOATS = ("0.1", "0.2", "-0.3", "1.5", "3.0", "1e2", "5.0e3", "-2.5e-3", "3.14159265358979323846", "1e17", "0", "-0",
          "100", "1e-17", ".5", "5.", "0x10", "123456789012345678", "99999999999999999.5")
WRONG_FLOATS = ("", "abc", "1.5x", " 1", "nan", "inf", "-inf", "1e5000", "--1", "1,5")
VALUES = (b"", b"0", b"9", b"-1", b"10", b"3.0", b"1.5e2", b"9223372036854775807", b"abc", b"two words", b"a\r\nb",
          b"foobar", b"\x00\xff\xf0", b"\xff\xff", b"x" * 100, b"y" * 300, b"\xc3\xa9", b" 12", b"012", b"+5")
LIFETIMES = ("100", "100", "1000", "5000000", "0", "-1")
LIFETIMES_MS = ("100000", "1000000", "100500", "0", "-1")
# A time that is compared with another must not be as far away: it would depend on the millisecond which is later.
USUAL_LIFETIMES = {*LIFETIMES, *LIFETIMES_MS} - {"0", "-1"}
WRONG_LIFETIMES = ("abc", "", "1.5", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
                   "9223372036854776")
INDEXES = ("0", "1", "2", "5", "-1", "-2", "-5", "100", "-100", "9223372036854775807", "-9223372036854775808")
OFFSETS = ("0", "1", "3", "10", "100", "1000")
BITS = ("0", "1", "7", "8", "9", "63", "64", "1000", "8007")
PATTERNS = ("*", "a", "[ab]", "?", "[^a]", "[b-d]", "x*", "**", "[a-", "[", "\\a", "[\\a]", "", "*[", "[^]", "a*b*c*d*")


class Words:
    def __init__(self, random):
        self.random = random
        self.keys_in_use = KEYS

    def one(self, *choices):
        return self.random.choice(choices)

    def some(self, chance, *words):
        return list(words) if self.random.random() < chance else []

    def pick(self, good, wrong, chance=0.06):
        return self.random.choice(wrong if self.random.random() < chance else good)

    def key(self):
        if self.random.random() < 0.98:
            return self.random.choice(self.keys_in_use)
        return self.one("", "<P>" + "k" * 300, "<P>\r\n", "<P>\x00\xff")

    def value(self):
        return self.random.choice(VALUES)
