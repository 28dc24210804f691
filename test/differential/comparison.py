"""Random commands against a peer's server and ours: their replies must be the same, or differ as a page of
docs/reference says.

Every batch of commands goes over a connection of its own, whose end tells the end of the replies. Where replies
differ, the sequence is run again command by command to find the one that is to blame; when a rule knows it, it is left
out and the rest is tried again. A rule that knows nothing in a long run has outlived its reason and fails it too.
Sequence number N of a seed is always the same.

A protocol is a module with
  PEER               the peer's name
  servers()          a context: the paths of the peer's socket and of ours
  sequence(random)   a list of batches, which are lists of commands
  Side(path, prefix) one of the servers in one try of a sequence; ask(batch) returns the replies
  same(a, b)         whether replies are the same
  ALONE              the ways to send a command by itself: each takes it and returns a batch
  RULES, RARE        the functions that know differences, and those of them that a long run may do without
  find(difference)   the name of the rule that knows it; None when none does"""

import argparse
import contextlib
import dataclasses
import random
import socket
import sys

from harness import TIME_FACTOR

LONG = 100_000  # sequences in which every rule is met, but rare ones


def name_of(rule):
    return rule.__name__.replace("_", "-")


def exchange(path, request, is_all=None):
    """Sends, and returns everything that comes until the server closes, or until it is all that can come. A server that
    is told the end of the requests may not wait until large replies have been taken."""
    answer = b""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(20 * TIME_FACTOR)
        connection.connect(str(path))
        with contextlib.suppress(ConnectionError):  # a server may hang up early; what it said counts
            connection.sendall(request)
            if is_all is None:
                connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionError, TimeoutError):
            while data := connection.recv(1 << 20):
                answer += data
                if is_all and is_all(answer):
                    break
    return answer


MOST_TEXT = 1500  # of replies that are shown


@dataclasses.dataclass
class Difference:
    number: int  # of the batch
    before: list  # the commands of the batches in front
    batch: list
    theirs: list
    ours: list

    def text(self, peer):
        """The batch up to the first command that is answered differently, and the replies to that."""
        place = next((i for i, pair in enumerate(zip(self.theirs, self.ours)) if pair[0] != pair[1]),
                     min(len(self.theirs), len(self.ours)))
        theirs, ours = (str(replies[place:place + 1])[:MOST_TEXT] for replies in (self.theirs, self.ours))
        return f"  {str(self.batch[:place + 1])[-MOST_TEXT:]}\n  {peer + ':':10} {theirs}\n  ours:      {ours}"


class Comparison:
    def __init__(self, protocol, paths):
        self.protocol, self.paths = protocol, paths
        self.tries = 0
        self.used_rules = {}

    def sides(self):
        self.tries += 1
        prefix = b"%07x." % self.tries
        return [self.protocol.Side(path, prefix) for path in self.paths]

    def first_difference(self, batches):
        """The first batch that is answered differently, as a Difference; None when there is none."""
        theirs, ours = self.sides()
        for number, batch in enumerate(batches):
            answers = theirs.ask(batch), ours.ask(batch)
            if not self.protocol.same(*answers):
                return Difference(number, flat(batches[:number]), batch, *answers)
        return None

    def unexplained(self, sequence):
        """What no rule knows of the sequence's differences; None when all is well."""
        while difference := self.first_difference(sequence):
            index, rule = self.explained(sequence, difference)
            if rule is None:
                return difference
            self.used_rules[rule] = self.used_rules.get(rule, 0) + 1
            sequence = without(sequence, index)
        return None

    def explained(self, sequence, together):
        """The command that is to blame, counted over all batches, and the rule that knows it: each command on a
        connection of its own; then by what only pipelines show."""
        commands = flat(sequence)
        for alone in self.protocol.ALONE:
            difference = self.first_difference([alone(command) for command in commands])
            rule = difference and self.protocol.find(difference)
            if rule:
                return difference.number, rule
        if difference is None:
            rule = self.protocol.find(together)
            if rule:
                return len(flat(sequence[:together.number + 1])) - 1, rule
        return None, None


def flat(batches):
    return [command for batch in batches for command in batch]


def without(sequence, index):
    """The sequence without one of its commands, counted over all batches."""
    numbered = iter(range(len(flat(sequence))))
    return [[command for command in batch if next(numbered) != index] for batch in sequence]


def run(protocol, sequences, seed, first=0, tell=print):
    """Runs the sequences; returns the unexplained differences and how often each rule was used."""
    found = []
    with protocol.servers() as paths:
        comparison = Comparison(protocol, paths)
        for number in range(first, first + sequences):
            difference = comparison.unexplained(protocol.sequence(random.Random(f"{seed}/{number}")))
            if difference:
                found.append(number)
                tell(f"sequence {number}:\n{difference.text(protocol.PEER)}")
        return found, comparison.used_rules


def main(protocol):
    parser = argparse.ArgumentParser()
    parser.add_argument("--sequences", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    arguments = parser.parse_args()
    found, used = run(protocol, arguments.sequences, arguments.seed, arguments.first)
    for rule, times in sorted(used.items()):
        print(f"{times:7} {rule}")
    unused = {*map(name_of, protocol.RULES)} - {*map(name_of, protocol.RARE)} - {*used}
    print(f"{arguments.sequences} sequences, {len(found)} unexplained differences")
    if arguments.sequences >= LONG and unused:
        print(f"no sequence needed these rules: {', '.join(sorted(unused))}")
    sys.exit(1 if found or (unused and arguments.sequences >= LONG) else 0)
