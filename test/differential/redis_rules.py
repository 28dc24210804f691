"""The differences that docs/reference/redis-differences.md explains: what each looks like for one command.

A rule is a function named as its row on that page, with - for _. It gets the Case of a command that the servers
answered differently, alone on its connection, and says whether that is the difference it knows."""

import dataclasses

from comparison import name_of

NOT_INTEGER = ("-", b"ERR value is not an integer or out of range")
SYNTAX_ERROR = ("-", b"ERR syntax error")
NONE = ()
FAR = (b"33177117420", b"9223372036854776")  # times that are not wrong


@dataclasses.dataclass
class Case:
    before: list
    batch: list
    theirs: list
    ours: list

    def __post_init__(self):
        """The first replies that differ, and the command they belong to as far as is known."""
        place = next((i for i, pair in enumerate(zip(self.theirs, self.ours)) if pair[0] != pair[1]),
                     min(len(self.theirs), len(self.ours)))
        self.their, self.our = (side[place] if place < len(side) else NONE for side in (self.theirs, self.ours))
        self.command = self.batch[min(place, len(self.batch) - 1)]
        self.words = [word.upper() for word in self.command] if isinstance(self.command, tuple) else []
        self.name = self.words[0] if self.words else b""


def arguments_are_read_first(case):
    """Of a missing key, which theirs says nothing is to be counted in whatever else was asked."""
    return (case.name in (b"BITCOUNT", b"BITPOS") and case.their in ((":", b"0"), (":", b"-1"))
            and case.our in (NOT_INTEGER, SYNTAX_ERROR))


def cursors_are_numbers(case):
    is_none = case.name == b"SCAN" and not b"".join(case.words[1:2]).isdigit()
    return is_none and case.our == ("-", b"ERR invalid cursor")


def replies_in_front_of_http(case):
    """The connection ends, in theirs without what is due."""
    return any(isinstance(command, bytes) and command.startswith(b"POST") for command in case.batch) and (
        case.theirs == [] and case.ours != [])


def expiries_end_in_17_years(case):
    """What is further away is moved there, and so compares with other times."""
    is_far = any(word in FAR for command in (*case.before, *case.batch) if isinstance(command, tuple) for word in command)
    return is_far and (case.name.startswith((b"EXPIRE", b"PEXPIRE")) or case.name in (b"TTL", b"PTTL"))


def units_are_read_before_ends(case):
    return case.name == b"BITCOUNT" and (case.their, case.our) == (NOT_INTEGER, SYNTAX_ERROR)


def wrong_numbers_have_one_wording(case):
    return (case.name == b"SLOWLOG" and case.their[1:] and b"or wrong number of arguments for 'GET'" in case.their[1]
            and case.our == ("-", b"ERR wrong number of arguments for 'slowlog|get' command"))


RULES = (arguments_are_read_first, cursors_are_numbers, replies_in_front_of_http, expiries_end_in_17_years,
         wrong_numbers_have_one_wording, units_are_read_before_ends)
RARE = ()


def find(difference):
    """The name of the rule that explains the difference; None when none does."""
    case = Case(difference.before, difference.batch, difference.theirs, difference.ours)
    return next((name_of(rule) for rule in RULES if rule(case)), None)
