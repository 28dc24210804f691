"""node's `redis` and `ioredis`, from the npm registry, drive pelikan_rds; scripts/setup.sh installs them."""

import pathlib
import unittest

from harness import HOST, Server, run

CLIENTS = pathlib.Path(__file__).parent / "node"


class NodeRedisTest(unittest.TestCase):
    def play(self, last, script, *words):
        with Server("rds", seg_memory="64MiB", worker_threads=2) as server:
            result = run("node", CLIENTS / script, HOST, server.port, *words)
            self.assertEqual((result.stderr, result.returncode), ("", 0), result.stdout)
            self.assertIn(last + "\n", result.stdout)

    def test_redis_over_resp2(self):
        self.play("nothing else went wrong", "redis_client.js", 2)

    def test_redis_over_resp3(self):
        self.play("nothing else went wrong", "redis_client.js", 3)

    def test_ioredis(self):
        self.play("quit", "ioredis_client.js")


if __name__ == "__main__":
    unittest.main()
