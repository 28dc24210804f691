"""Random commands against Debian's memcached and pelikan_segcache: their replies must be the same, or differ as
docs/reference/memcached-differences.md says.

usage: memcached_diff.py [--sequences N] [--seed N] [--first N]      PELIKAN_BIN names the folder of the programs

Every batch of commands goes over a connection of its own, whose end tells the end of the replies. Where replies
differ, the sequence is run again command by command to find the one that is to blame; when a rule knows it, it is left
out and the rest is tried again. A rule that knows nothing in a long run has outlived its reason and fails it too.
Sequence number N of a seed is always the same."""

import argparse
import contextlib
import dataclasses
import os
import pathlib
import pwd
import random
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import commands
import replies
import rules
from harness import TIME_FACTOR, Server, wait_for

TAIL = b"mn\r\n" * 2  # completes what is a little too short; memcached loses replies when it waits for data at the end
LONG = 50_000  # sequences in which every rule is met, but rare ones
USER = pwd.getpwuid(os.geteuid()).pw_name


@contextlib.contextmanager
def memcached(folder):
    """Debian's memcached; the path of its socket."""
    path = pathlib.Path(folder) / "memcached.sock"
    process = subprocess.Popen(["memcached", "-u", USER, "-m", "1024", "-t", "1", "-s", path],
                               stdout=subprocess.DEVNULL)
    try:
        wait_for(path.exists, "memcached")
        yield path
    finally:
        process.terminate()
        process.wait(20)


class Side:
    """One of the servers, in one try of one sequence."""

    def __init__(self, path, prefix):
        self.path, self.prefix = str(path), prefix
        self.uniques, self.cas_of = replies.Uniques(), {}

    def ask(self, batch):
        request = b"".join(commands.filled_in(command, self.prefix, self.cas_of) for command in (*batch, TAIL))
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(20 * TIME_FACTOR)
            connection.connect(self.path)
            with contextlib.suppress(ConnectionError):  # a server may hang up early; what it said counts
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
            answer = b""
            with contextlib.suppress(ConnectionError):
                while data := connection.recv(1 << 16):
                    answer += data
        return replies.parse(answer, self.uniques, self.cas_of)


@dataclasses.dataclass
class Difference:
    number: int  # of the batch
    before: list  # the commands of the batches in front
    batch: list
    theirs: list
    ours: list

    def text(self):
        return f"  {self.batch}\n  memcached: {self.theirs}\n  ours:      {self.ours}"


class Differential:
    def __init__(self, theirs, ours):
        self.paths = theirs, ours
        self.tries = 0
        self.used_rules = {}

    def sides(self):
        self.tries += 1
        prefix = b"%07x." % self.tries
        return [Side(path, prefix) for path in self.paths]

    def first_difference(self, batches):
        """The first batch that is answered differently, as a Difference; None when there is none."""
        theirs, ours = self.sides()
        for number, batch in enumerate(batches):
            answers = theirs.ask(batch), ours.ask(batch)
            if not replies.same(*answers):
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
        connection of its own; then with all replies that noreply keeps back; then by what only pipelines show."""
        commands_alone = flat(sequence)
        for form in (lambda command: command, loud):
            alone = self.first_difference([[form(command)] for command in commands_alone])
            rule = alone and rules.find(alone)
            if rule:
                return alone.number, rule
        if alone is None:
            rule = rules.find(together)
            if rule:
                return len(flat(sequence[:together.number + 1])) - 1, rule
        return None, None


def flat(batches):
    return [command for batch in batches for command in batch]


def loud(command):
    line, end, data = command.partition(b"\n")
    return line.replace(b" noreply", b"") + end + data


def without(sequence, index):
    """The sequence without one of its commands, counted over all batches."""
    numbered = iter(range(len(flat(sequence))))
    return [[command for command in batch if next(numbered) != index] for batch in sequence]


def run(sequences, seed, first=0, tell=print):
    """Runs the sequences; returns the unexplained differences and how often each rule was used."""
    found = []
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="pelikan-test-"))
        theirs = stack.enter_context(memcached(folder))
        ours = pathlib.Path(folder) / "segcache.sock"
        stack.enter_context(Server("segcache", server_host="", server_unix_path=ours, worker_threads=1,
                                   seg_memory="512MiB"))
        differential = Differential(theirs, ours)
        for number in range(first, first + sequences):
            sequence = commands.Generator(random.Random(f"{seed}/{number}")).sequence()
            difference = differential.unexplained(sequence)
            if difference:
                found.append(number)
                tell(f"sequence {number}:\n{difference.text()}")
        return found, differential.used_rules


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sequences", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    arguments = parser.parse_args()
    found, used = run(arguments.sequences, arguments.seed, arguments.first)
    for rule, times in sorted(used.items()):
        print(f"{times:7} {rule}")
    unused = {*map(rules.name_of, rules.RULES)} - {*map(rules.name_of, rules.RARE)} - {*used}
    print(f"{arguments.sequences} sequences, {len(found)} unexplained differences")
    if arguments.sequences >= LONG and unused:
        print(f"no sequence needed these rules: {', '.join(sorted(unused))}")
    return 1 if found or (unused and arguments.sequences >= LONG) else 0


if __name__ == "__main__":
    sys.exit(main())
