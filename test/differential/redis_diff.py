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

PEER = "redis"
RULES, RARE, find, same = redis_rules.RULES, redis_rules.RARE, redis_rules.find, redis_replies.same
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
    words = [word.encode() if isinstance(word, str) else word for word in command]
    return resp_request(*(word.replace(b"<P>", prefix) for word in words))


def name_of(command):
    name = command[0].upper()
    return b" ".join([name, *(word.upper() for word in command[1:2])]) if name in SUBCOMMANDS else name


def known_replies(batch):
    """Of how many commands at the beginning it is known which reply belongs to which."""
    return next((place for place, command in enumerate(batch)
                 if isinstance(command, bytes) or name_of(command) == b"CLIENT REPLY"), len(batch))


def is_all(answer, commands):
    replies = redis_replies.parse(answer)
    return len(replies) == len(commands) and replies[-1] != redis_replies.INCOMPLETE


def comparable(batch, answers):
    known = known_replies(batch)
    return [redis_replies.comparable(answer, name_of(command)) for command, answer in zip(batch[:known], answers)] + (
        answers[known:])


class Dialogue:
    """Commands that wait for their replies."""

    def __init__(self, path, prefix):
        self.prefix = prefix
        self.connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.connection.settimeout(20 * TIME_FACTOR)
        self.connection.connect(str(path))

    def __call__(self, *words):
        return self.all([words])[0]

    def all(self, commands):
        self.connection.sendall(b"".join(bytes_of(command, self.prefix) for command in commands))
        answer, replies, at = b"", [], 0
        while len(replies) < len(commands):
            reply, end = redis_replies.parse_one(answer, at)
            if reply == redis_replies.INCOMPLETE:
                answer += self.connection.recv(1 << 20)
            else:
                replies.append(reply)
                at = end
        return replies


class Side:
    """One of the servers, in one try of one sequence: it begins empty."""

    def __init__(self, path, prefix):
        self.path, self.prefix = path, prefix
        self.ahead = [(b"FLUSHALL",)]

    def ask(self, batch):
        if batch and is_act(batch[0]):
            dialogue = Dialogue(self.path, self.prefix)
            with dialogue.connection:
                dialogue.all(self.begin())
                return batch[0].carry_out(dialogue)
        ahead = self.begin()
        commands = [*ahead, *batch]
        request = b"".join(bytes_of(command, self.prefix) for command in commands)
        are_counted = 0 < len(commands) == known_replies(commands)
        answer = comparison.exchange(self.path, request, (lambda so_far: is_all(so_far, commands)) if are_counted else None)
        return comparable(batch, redis_replies.parse(answer)[len(ahead):])

    def begin(self):
        ahead, self.ahead = self.ahead, []
        return ahead


def is_act(command):
    return hasattr(command, "carry_out")


def in_resp3(command):
    return [command] if is_act(command) else [(b"HELLO", b"3"), command]


ALONE = (lambda command: [command], in_resp3)

if __name__ == "__main__":
    comparison.main(sys.modules[__name__])
