"""A short differential run against Debian's redis-server; `make differential` is the long one."""

import random
import re
import shutil
import sys
import unittest

import redis

from harness import HOST, ROOT, Server

sys.path.insert(0, str(ROOT / "test/differential"))
import comparison
import redis_commands
import redis_diff
import redis_rules

SEQUENCES = 2000


def names_sent():
    """Of all commands that the generator makes in a while."""
    commands = [command for number in range(3 * SEQUENCES)
                for batch in redis_diff.sequence(random.Random(str(number))) for command in batch]
    names = {redis_diff.name_of(command) for command in commands if isinstance(command, tuple)}
    return {name.lower().replace(b" ", b"|").decode("latin-1") for name in names} | {"scan"}


class RedisDiffTest(unittest.TestCase):
    @unittest.skipUnless(shutil.which("redis-server"), "Debian's redis-server")
    def test_random_sequences_are_answered_alike(self):
        texts = []
        found, used_rules = comparison.run(redis_diff, sequences=SEQUENCES, seed=20, tell=texts.append)
        self.assertEqual(found, [], "\n".join(texts))
        self.assertGreater(len(used_rules), 1)

    def test_the_page_of_differences_has_the_rules_of_the_run(self):
        page = (ROOT / "docs/reference/redis-differences.md").read_text()
        rows = re.findall(r"^\| `([a-z0-9-]+)` \|", page, re.MULTILINE)
        self.assertEqual(sorted(rows), sorted(map(comparison.name_of, redis_rules.RULES)))

    def test_every_command_is_sent_or_listed_as_left_out(self):
        with Server("rds", seg_memory="16MiB") as server, redis.Redis(HOST, server.port) as client:
            names = [name.decode() for name in client.execute_command("COMMAND LIST")]
        containers = {name.partition("|")[0] for name in names if "|" in name}
        commands = {name for name in names if name not in containers}
        sent = names_sent()
        self.assertEqual({name for name in commands if name not in sent and name not in redis_commands.LEFT_OUT}, set())
        self.assertEqual(set(redis_commands.LEFT_OUT) - set(names), set())


if __name__ == "__main__":
    unittest.main()
