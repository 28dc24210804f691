"""Random commands against Debian's redis-server and pelikan_rds: their replies must be the same, or differ as
docs/reference/redis-differences.md says.

usage: redis_diff.py [--sequences N] [--seed N] [--first N]      PELIKAN_BIN names the folder of the programs"""

import contextlib
import pathlib
import socket
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import comparison
import peers
import redis_commands
import redis_replies
import redis_rules
from harness import TIME_FACTOR, Server, resp_request
from redis_commands import Scan

PEER = "redis"
RULES, RARE, find, same = redis_rules.RULES, redis_rules.RARE, redis_rules.find, redis_replies.same
SCANNED = 50  # keys that are there all the time while a Scan walks over them
SUBCOMMANDS = {b"CLIENT", b"CLUSTER", b"COMMAND", b"CONFIG", b"FUNCTION", b"LATENCY", b"MEMORY", b"OBJECT", b"SCRIPT",
               b"SLOWLOG"}


@contextlib.contextmanager
def servers():
    with tempfile.TemporaryDirectory(prefix="pelikan-test-") as folder, peers.redis() as (_, theirs):
        ours = pathlib.Path(folder) / "rds.sock"
        with Server("rds", server_host="", server_unix_path=ours, worker_threads=1, seg_memory="512MiB") as server:
            server.expected_log = "told a wrong name or password"
            yield theirs, ours


def sequence(random):
    return redis_commands.Generator(random).sequence()


def bytes_of(command, prefix):
    if isinstance(command, bytes):
        return command.replace(b"<P>", prefix)
    return resp_request(*(word.replace(b"<P>", prefix) for word in command))


def name_of(command):
    name = command[0].upper()
    return b" ".join([name, *(word.upper() for word in command[1:2])]) if name in SUBCOMMANDS else name


def comparable(batch, answers):
    """As far as it is known which reply belongs to which command."""
    known = 0
    for command in batch:
        if isinstance(command, bytes) or name_of(command) == b"CLIENT REPLY":
            break
        known += 1
    return [redis_replies.comparable(answer, name_of(command)) for command, answer in zip(batch[:known], answers)] + (
        answers[known:])


class Dialogue:
    """Commands that wait for their replies."""

    def __init__(self, path):
        self.connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.connection.settimeout(20 * TIME_FACTOR)
        self.connection.connect(str(path))

    def ask(self, *words):
        self.connection.sendall(bytes_of(words, b""))
        answer = b""
        while True:
            answer += self.connection.recv(1 << 16)
            reply, _ = redis_replies.parse_one(answer)
            if reply != redis_replies.INCOMPLETE:
                return reply


class Side:
    """One of the servers, in one try of one sequence: it begins empty."""

    def __init__(self, path, prefix):
        self.path, self.prefix = path, prefix
        self.ahead = [(b"FLUSHALL",)]

    def ask(self, batch):
        if batch and isinstance(batch[0], Scan):
            return self.scan(batch[0])
        request = b"".join(bytes_of(command, self.prefix) for command in (*self.ahead, *batch))
        answers = redis_replies.parse(comparison.exchange(self.path, request))[len(self.ahead):]
        self.ahead = []
        return comparable(batch, answers)

    def scan(self, scan):
        """The keys that SCAN finds of those that stay, while others come and go."""
        dialogue = Dialogue(self.path)
        with dialogue.connection:
            for number in range(SCANNED):
                dialogue.ask(b"SET", b"%sstays:%d" % (self.prefix, number), b"v")
            seen, cursor, step = set(), b"0", 0
            while step == 0 or cursor != b"0":
                dialogue.ask(b"SET", b"%sgoes:%d" % (self.prefix, step), b"v")
                dialogue.ask(b"DEL", b"%sgoes:%d" % (self.prefix, step - 3))
                reply = dialogue.ask(b"SCAN", cursor, b"MATCH", b"*stays*", *scan.options)
                if reply[0] != "*":
                    return [reply]
                (_, cursor), (_, keys) = reply[1]
                seen.update(key for _, key in keys)
                step += 1
        return [tuple(sorted(seen))]


def in_resp3(command):
    return [command] if isinstance(command, Scan) else [(b"HELLO", b"3"), command]


ALONE = (lambda command: [command], in_resp3)

if __name__ == "__main__":
    comparison.main(sys.modules[__name__])
