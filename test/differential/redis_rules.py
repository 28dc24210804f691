"""The differences that docs/reference/redis-differences.md explains: what each looks like for one command.

A rule is a function named as its row on that page, with - for _. It gets the Case of a command that the servers
answered differently, alone on its connection, and says whether that is the difference it knows."""

import dataclasses

from comparison import name_of
from redis_replies import INCOMPLETE, Near

NOT_INTEGER = ("-", b"ERR value is not an integer or out of range")
WRONG_TYPE = ("-", b"WRONGTYPE Operation against a key holding the wrong kind of value")
SYNTAX_ERROR = ("-", b"ERR syntax error")
NONE = ()
FAR = (b"33177117420", b"9223372036854776", b"9223372036854775807")  # times that are not wrong
PAST = (b"1", b"1000")


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
    """Of a missing key, which theirs says nothing is to be counted in whatever else was asked, and of another type."""
    return (case.name in (b"BITCOUNT", b"BITPOS") and case.their in ((":", b"0"), (":", b"-1"), WRONG_TYPE)
            and case.our in (NOT_INTEGER, SYNTAX_ERROR))


def cursors_are_numbers(case):
    place = {b"SCAN": 1, b"HSCAN": 2, b"SSCAN": 2, b"ZSCAN": 2}.get(case.name, 0)
    is_none = place and not b"".join(case.words[place:place + 1]).isdigit()
    return bool(is_none) and case.our == ("-", b"ERR invalid cursor")


def bounds_have_no_blanks(case):
    """Of scores: in theirs blanks may stand in front."""
    has_blanks = any(word.lstrip(b"(").startswith(b" ") for word in case.words[2:])
    return has_blanks and case.our == ("-", b"ERR min or max is not a float")


def ranks_come_with_scores(case):
    return case.name in (b"ZRANK", b"ZREVRANK") and len(case.words) == 4 and case.our == SYNTAX_ERROR


def replies_in_front_of_http(case):
    """The connection ends, in theirs without what is due."""
    return any(isinstance(command, bytes) and command.startswith(b"POST") for command in case.batch) and (
        case.theirs == [] and case.ours != [])


def replies_behind_the_last_request(case):
    """The client has said that nothing more comes; theirs closes then, with large replies under way."""
    return case.their == INCOMPLETE != case.our


def expiries_end_in_17_years(case):
    """What is further away is moved there, and so compares with other times."""
    is_far = any(word in FAR for command in (*case.before, *case.batch) if isinstance(command, tuple) for word in command)
    return is_far and (case.name.startswith((b"EXPIRE", b"PEXPIRE")) or case.name in (b"TTL", b"PTTL")
                       or isinstance(case.their, Near))


def units_are_read_before_ends(case):
    return case.name == b"BITCOUNT" and (case.their, case.our) == (NOT_INTEGER, SYNTAX_ERROR)


def the_dead_are_not_counted(case):
    """A key that was set with a time that has passed stays in theirs until somebody asks for it."""
    sets_the_dead = any(set_by_then(command) for command in (*case.before, *case.batch) if isinstance(command, tuple))
    if not sets_the_dead or NONE in (case.their, case.our):
        return False
    if case.name == b"DBSIZE":
        return case.our[0] == ":" and int(case.their[1]) > int(case.our[1])
    return case.name == b"MEMORY" and (case.their, case.our[0]) == (("its own", ":"), "its own")


def set_by_then(command):
    """A SET with a time of day that is long ago."""
    words = [word.upper() for word in command]
    return words[:1] == [b"SET"] and any(
        unit in (b"EXAT", b"PXAT") and time in PAST for unit, time in zip(words[3:], words[4:]))


RULES = (arguments_are_read_first, bounds_have_no_blanks, cursors_are_numbers, ranks_come_with_scores,
         replies_in_front_of_http, replies_behind_the_last_request, expiries_end_in_17_years, units_are_read_before_ends,
         the_dead_are_not_counted)
RARE = (replies_behind_the_last_request, the_dead_are_not_counted)


def find(difference):
    """The name of the rule that explains the difference; None when none does."""
    case = Case(difference.before, difference.batch, difference.theirs, difference.ours)
    return next((name_of(rule) for rule in RULES if rule(case)), None)
