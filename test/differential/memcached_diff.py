"""Random commands against Debian's memcached and pelikan_segcache: their replies must be the same, or differ as
docs/reference/memcached-differences.md says.

usage: memcached_diff.py [--sequences N] [--seed N] [--first N]      PELIKAN_BIN names the folder of the programs"""

import contextlib
import os
import pathlib
import pwd
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import commands
import comparison
import replies
import rules
from harness import Server, wait_for

PEER = "memcached"
RULES, RARE, find, same = rules.RULES, rules.RARE, rules.find, replies.same
TAIL = b"mn\r\n" * 2  # completes what is a little too short; memcached loses replies when it waits for data at the end
USER = pwd.getpwuid(os.geteuid()).pw_name


@contextlib.contextmanager
def servers():
    with tempfile.TemporaryDirectory(prefix="pelikan-test-") as folder:
        theirs, ours = pathlib.Path(folder) / "memcached.sock", pathlib.Path(folder) / "segcache.sock"
        process = subprocess.Popen(["memcached", "-u", USER, "-m", "1024", "-t", "1", "-s", theirs],
                                   stdout=subprocess.DEVNULL)
        try:
            wait_for(theirs.exists, "memcached")
            with Server("segcache", server_host="", server_unix_path=ours, worker_threads=1, seg_memory="512MiB"):
                yield theirs, ours
        finally:
            process.terminate()
            process.wait(20)


def sequence(random):
    return commands.Generator(random).sequence()


class Side:
    """One of the servers, in one try of one sequence."""

    def __init__(self, path, prefix):
        self.path, self.prefix = path, prefix
        self.uniques, self.cas_of = replies.Uniques(), {}

    def ask(self, batch):
        request = b"".join(commands.filled_in(command, self.prefix, self.cas_of) for command in (*batch, TAIL))
        return replies.parse(comparison.exchange(self.path, request), self.uniques, self.cas_of)


def loud(command):
    """With all replies that noreply keeps back."""
    line, end, data = command.partition(b"\n")
    return [line.replace(b" noreply", b"") + end + data]


ALONE = (lambda command: [command], loud)

if __name__ == "__main__":
    comparison.main(sys.modules[__name__])
