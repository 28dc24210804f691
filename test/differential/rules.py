"""The differences that docs/reference/memcached-differences.md explains: what each looks like for one command.

A rule is a function named as its row on that page, with - for _. It gets the Case of a command that the servers
answered differently, alone on its connection, and says whether that is the difference it knows."""

import dataclasses
import itertools
import re

import replies
from comparison import name_of
from commands import KEY_MAX, PREFIX_SIZE

STORAGE = (b"set", b"add", b"replace", b"append", b"prepend", b"cas", b"ms")
LEAST_WORDS = {b"get": 2, b"gets": 2, b"gat": 3, b"gats": 3, b"set": 5, b"add": 5, b"replace": 5, b"append": 5,
               b"prepend": 5, b"cas": 6, b"incr": 3, b"decr": 3, b"touch": 3, b"delete": 2, b"mg": 2, b"ms": 3, b"md": 2,
               b"ma": 2, b"me": 2, b"verbosity": 2, b"cache_memlimit": 2}
TAIL = [(b"MN",)] * 2  # the answers to what the run sends behind every batch
ERROR = (b"ERROR",)
MOST_WORDS = {b"set": 6, b"add": 6, b"replace": 6, b"append": 6, b"prepend": 6, b"cas": 7, b"incr": 4, b"decr": 4,
              b"touch": 4, b"delete": 4, b"verbosity": 3, b"flush_all": 3, b"version": 1, b"mn": 1}
META_FLAGS = b"bcfhIklqstuvxCDEFJLMNOPRT"
NO_NUMBER = tuple(b"CLIENT_ERROR cannot increment or decrement non-numeric value".split())
SIZE_FLAG, PADDING, CAS_NAME = re.compile(rb"s\d+"), re.compile(rb"(?<=\d) +"), re.compile(rb"#\d+")
MISSES = ((b"END",), (b"NOT_FOUND",), (b"NOT_STORED",), (b"EN",), (b"NF",), (b"NS",))
TWENTY_DIGITS = b"1844674407370955161"  # and one more
BAD_FORMAT = (b"CLIENT_ERROR", b"bad", b"command", b"line", b"format")


def without_tail(replies):
    replies = list(replies)
    while replies[-1:] == TAIL[:1]:
        replies.pop()
    return replies


def words_of(command):
    return [word for word in command.partition(b"\n")[0].removesuffix(b"\r").split(b" ") if word]


def bare(key):
    """The key, the same in base64 and not."""
    return key.removeprefix(b"<P>").removeprefix(b"<B:").removesuffix(b">")


def is_too_long(key):
    return len(key) - len(b"<P>") + PREFIX_SIZE > KEY_MAX


def with_time_left(reply):
    """Their me tells it with the wrong sign: that is a difference of its own, and hides no other."""
    if reply[0] != b"ME":
        return reply
    return tuple(b"t" + word[2:] if word.startswith(b"t-") and word != b"t-1" else word for word in reply)


@dataclasses.dataclass
class Case:
    before: list  # the commands in front of the batch
    batch: list
    theirs: list
    ours: list

    def __post_init__(self):
        self.has_tail = TAIL in (self.theirs[-2:], self.ours[-2:])
        self.theirs, self.ours = [*map(with_time_left, without_tail(self.theirs))], without_tail(self.ours)
        self.is_pipeline = len(self.batch) > 1
        self.line, _, self.data = self.batch[-1].partition(b"\n")
        self.line = self.line.removesuffix(b"\r")
        self.words = words_of(self.batch[-1])
        self.name = self.words[0] if self.words else b""
        self.is_meta = self.name in (b"mg", b"ms", b"md", b"ma", b"me")
        self.is_storage = self.name in STORAGE
        self.is_quiet = b"noreply" in self.words[1:]

    def comes_after(self, *names):
        """Whether one of these commands was sent before for a key of the batch."""
        return any(words[0] in names for words in self.earlier())

    def all(self):
        return [*self.before, *self.batch]

    def earlier(self):
        """The commands in front that name a key of the batch, as their words."""
        keys = {bare(word) for command in self.batch for word in words_of(command)[1:]}
        return [words for words in map(words_of, [*self.before, *self.batch[:-1]])
                if keys.intersection(map(bare, words[1:]))]


def first(answers):
    return answers[0] if answers else ()


def first_difference(case):
    pairs = itertools.zip_longest(case.theirs, case.ours, fillvalue=())
    return next((pair for pair in pairs if pair[0] != pair[1]), ((), ()))


def is_count(reply):
    """What is said to incr, decr or ma that counted."""
    return reply[:1] in ((b"HD",), (b"VA",)) or (len(reply) == 1 and reply[0].isdigit())


def is_client_error(answers):
    return first(answers)[:1] == (b"CLIENT_ERROR",)


def alike(theirs, ours):
    """The same but for which of two errors it is."""
    errors = {ERROR, BAD_FORMAT}
    return len(theirs) == len(ours) and all(a == b or {a, b} == errors for a, b in zip(theirs, ours))


def without_errors(answers):
    return [reply for reply in answers if reply not in (ERROR, BAD_FORMAT)]


def are_errors(answers):
    return set(answers) <= {ERROR, BAD_FORMAT}


def leading_space(case):
    return case.line.startswith(b" ") and case.ours[:1] == [ERROR]


def too_few_words(case):
    """Of the command, or of a line of its data that is run."""
    short = len(case.words) < LEAST_WORDS.get(case.name, 0)
    return alike(case.theirs, case.ours) or (short and case.ours[:1] == [BAD_FORMAT])


def too_many_words(case):
    if any(words[:1] == [b"me"] and b"b" in words[3:] for words in map(words_of, case.batch)):
        return first_difference(case)[0] == (b"EN",)
    return len(case.words) > MOST_WORDS.get(case.name, len(case.words)) and case.theirs[:1] == [ERROR]


def data_of_a_refused_command(case):
    """Their error, and one more for each line of the data; or only these, when noreply keeps the first one quiet."""
    return (case.is_storage and are_errors(case.theirs) and are_errors(case.ours)
            and len(case.ours) <= len(case.theirs) + case.is_quiet)


def error_despite_noreply(case):
    return case.is_quiet and case.theirs == [] and len(case.ours) == 1 and case.ours[0][0] == b"CLIENT_ERROR"


def delete_with_a_word(case):
    """Or, when noreply keeps their error back, what it left of the key."""
    is_told = case.name == b"delete" and len(case.words) > 2 and b"Usage:" in first(case.theirs)
    is_silent = any(command.startswith(b"delete ") and b" noreply " in command for command in case.all())
    return is_told or (is_silent and case.comes_after(b"delete"))


def numbers_are_not_cut(case):
    """Flags and lengths in 32 bits, times in 31: an item that dies in 2106 is dead for them."""
    large = any(word.isdigit() and int(word) >= 1 << 32 for word in case.words[2:])
    far = any(words[:1] and words[0] in STORAGE and words[3:4] and words[3].isdigit() and int(words[3]) >= 1 << 31
              for words in map(words_of, case.all()))
    is_refused = case.is_storage and large and case.ours[:1] == [BAD_FORMAT]
    return is_refused or (far and first_difference(case)[0][:1] in MISSES)


def http_words(case):
    """A browser may be made to send them; that the connection ends tells nothing to a client of ours."""
    return case.name in (b"GET", b"POST", b"PUT", b"DELETE") and case.ours == []


def unknown_command_with_noreply(case):
    """Alone, or behind data that was too long or too short, so that it runs with a letter more or less."""
    if case.is_pipeline:
        return any(b" noreply" in command for command in case.batch) and (
            without_errors(case.theirs) == without_errors(case.ours) and len(case.ours) < len(case.theirs))
    return case.words[-1:] == [b"noreply"] and case.theirs[:1] == [ERROR] and alike(case.ours, case.theirs[1:])


def numbers_begin_with_a_digit(case):
    """And have at most 20: a delta like +1, a value like " 12", one that a zero was put in front of."""
    if len(case.words) > 2 and case.words[2][:1] == b"+":
        return True
    theirs, ours = first_difference(case)
    has_such = any(value in command for command in case.all() for value in (b"\n 12", b"\n12 ", TWENTY_DIGITS))
    return theirs != NO_NUMBER and ours == NO_NUMBER and has_such


def sizes_and_rest(reply):
    """The sizes told, and all else, without spaces behind digits of the value."""
    place = {b"VALUE": 3, b"VA": 1}.get(reply[0])
    words, value = (reply[:-1], reply[-1]) if place else (reply, b"")
    is_size = [n == place or SIZE_FLAG.fullmatch(word) for n, word in enumerate(words)]
    sizes = [int(word.lstrip(b"s")) for word, counts in zip(words, is_size) if counts]
    return sizes, [*(word for word, counts in zip(words, is_size) if not counts), PADDING.sub(b"", value)]


def bare_reply(case, reply):
    """Without what two other causes make of it: the form of its key, and the size of a number that was counted."""
    reply = without_key(reply)
    return sizes_and_rest(reply)[1] if case.comes_after(b"decr", b"incr", b"ma") else reply


def shorter_numbers_are_not_padded(case):
    """Of a key that was counted: spaces behind the digits of its value are missing, its size is less."""
    def is_shorter(theirs, ours):
        (their_sizes, their_rest), (our_sizes, our_rest) = sizes_and_rest(theirs), sizes_and_rest(ours)
        return their_rest == our_rest and all(a >= b for a, b in zip(their_sizes, our_sizes))

    def is_recounted():
        """What was appended stands behind the spaces, or makes another number without them."""
        return case.name in (b"decr", b"incr", b"ma") and case.comes_after(b"append", b"ms")

    return (case.comes_after(b"decr", b"incr", b"ma") and len(case.theirs) == len(case.ours)
            and (is_recounted() or all(map(is_shorter, case.theirs, case.ours))))


def meta_flags_of_later_versions(case):
    """Known by now, or known of another command, which is as good as nothing said."""
    return (case.is_meta and b"flag" in first(case.theirs)
            and all(word[:1] in META_FLAGS for word in case.words[4 if case.name == b"ms" else 2:]))


def meta_modes_of_several_letters(case):
    return (case.is_meta and is_client_error(case.theirs)
            and any(word.startswith((b"M", b"<B")) and len(word) > 2 for word in case.words[2:]))


def me_tells_the_time_left(case):
    return case.name == b"me" and replies.same(case.theirs, case.ours)


def wording_of_meta_errors(case):
    return (case.is_meta and len(case.theirs) == len(case.ours)
            and is_client_error(case.theirs) and is_client_error(case.ours))


def base64_keys_are_base64(case):
    return (case.is_meta and b"b" in case.words[2:] and not case.words[1].startswith(b"<B:")
            and is_client_error(case.ours))


def items_that_mg_kills(case):
    """By T-1: what the flags behind it tell, and who is to write it anew, is of no use to anybody."""
    def what_stays(reply):
        return [word for word in bare_reply(case, reply) if word not in (b"W", b"Z") and not word.startswith(b"t")]

    is_alike = [*map(what_stays, case.theirs)] == [*map(what_stays, case.ours)]
    is_missing = first_difference(case)[1][:1] == (b"EN",) or (b"q" in case.words[2:] and case.ours == [])
    does_kill = any(words[:1] == [b"mg"] and b"T-1" in words for words in map(words_of, case.batch))
    return does_kill and (is_alike or is_missing)


def a_touch_is_no_use(case):
    """Only a touch of the key in front makes theirs tell of a hit that ours knows nothing of."""
    def unused(reply):
        return [b"h0" if word == b"h1" else word for word in bare_reply(case, reply)]

    does_tell = any(words[:1] in ([b"mg"], [b"me"]) for words in map(words_of, case.batch))
    return (does_tell and case.comes_after(b"touch")
            and replies.same([*map(unused, case.theirs)], [[*bare_reply(case, reply)] for reply in case.ours]))


def is_same_but_uniques(theirs, ours):
    return replies.same([[CAS_NAME.sub(b"#", word) for word in theirs]], [[CAS_NAME.sub(b"#", word) for word in ours]])


def counters_keep_their_state(case):
    """Of a counter that grew longer they forget what was known beside its value, and the T of the ma that counted."""
    has_time = any(words[0] == b"ma" and any(word.startswith(b"T") for word in words[2:]) for words in case.earlier())

    def is_state(word):
        return word in (b"h0", b"h1", b"W", b"X", b"Z") or (has_time and re.fullmatch(rb"t-?\d+", word))

    def is_forgotten(theirs, ours):
        return (replies.same([[word for word in theirs if not is_state(word)]],
                             [[word for word in ours if not is_state(word)]])
                and all(word in ours or word == b"h0" for word in theirs if is_state(word) and word[:1] != b"t"))

    return (case.is_meta and case.comes_after(b"incr", b"ma") and len(case.theirs) == len(case.ours)
            and all(map(is_forgotten, case.theirs, case.ours)))


def large_numbers_are_numbers(case):
    """They look for a minus behind the value's end: of 2^63 and more whatever stands in memory there makes it none."""
    theirs, ours = first_difference(case)
    return theirs == NO_NUMBER and is_count(ours) and any(TWENTY_DIGITS in command for command in case.all())


def a_refused_get_does_nothing(case):
    """To its keys: theirs have used, touched or lost those in front of the one that is too long."""
    return any(words[0] in (b"get", b"gets", b"gat", b"gats") and any(map(is_too_long, words[2:]))
               for words in case.earlier())


def tokens_of_one_key_have_an_order(case):
    """Not those of another, which a client would not compare."""
    return (case.name == b"ms" and b"I" in case.words[2:] and b"C<C:a>" in case.words[2:]
            and bare(case.words[1]) != b"a")


def cas_is_compared_first(case):
    return case.name == b"ma" and first(case.theirs) == NO_NUMBER and first(case.ours)[:1] == (b"EX",)


def without_key(reply):
    if reply[0] == b"ME":
        return reply[:1] + reply[2:]
    return tuple(word for word in reply if word != b"b" and not word.startswith(b"k"))


def vivified_items_remember_base64(case):
    """That their key was given in base64, and have it told so."""
    return case.is_meta and replies.same([*map(without_key, case.theirs)], [*map(without_key, case.ours)])


def dead_items_have_no_cas(case):
    return case.name == b"ms" and b"c0" in first(case.ours) and any(word.startswith(b"T-") for word in case.words)


def shutdown_is_an_error_of_the_server(case):
    return case.name == b"shutdown"


def reply_before_a_failed_get(case):
    """Of a pipeline: the reply of the command in front is lost."""
    rest = iter(case.ours)  # the names of uniques count those in what is lost
    return (case.is_pipeline and BAD_FORMAT in case.theirs
            and all(any(is_same_but_uniques(reply, other) for other in rest) for reply in case.theirs)
            and any(command.startswith((b"get", b"gat")) for command in case.batch))


def replies_lost_at_the_end(case):
    """The client closes while data is awaited: what was answered before is not sent any more."""
    return not case.has_tail and case.theirs == case.ours[:len(case.theirs)]


RULES = (leading_space, too_few_words, too_many_words, data_of_a_refused_command, error_despite_noreply,
         delete_with_a_word, numbers_are_not_cut, http_words, unknown_command_with_noreply,
         numbers_begin_with_a_digit, shorter_numbers_are_not_padded, meta_flags_of_later_versions,
         meta_modes_of_several_letters, me_tells_the_time_left, wording_of_meta_errors, base64_keys_are_base64,
         vivified_items_remember_base64, items_that_mg_kills, cas_is_compared_first, tokens_of_one_key_have_an_order,
         a_touch_is_no_use, counters_keep_their_state, a_refused_get_does_nothing, large_numbers_are_numbers,
         dead_items_have_no_cas, shutdown_is_an_error_of_the_server, reply_before_a_failed_get,
         replies_lost_at_the_end)
# What hangs on what stands in memory, theirs or ours.
RARE = (large_numbers_are_numbers, tokens_of_one_key_have_an_order)


def find(difference):
    """The name of the rule that explains the difference; None when none does."""
    case = Case(difference.before, difference.batch, difference.theirs, difference.ours)
    return next((name_of(rule) for rule in RULES if rule(case)), None)
