"""phpredis drives pelikan_rds."""

import pathlib
import unittest

from harness import HOST, Server, run

CLIENT = pathlib.Path(__file__).parent / "phpredis_client.php"


class PhpRedisTest(unittest.TestCase):
    def test_phpredis(self):
        with Server("rds", seg_memory="64MiB", worker_threads=4) as server:
            result = run("php", CLIENT, HOST, server.port)
            self.assertEqual((result.stderr, result.returncode), ("", 0), result.stdout)
            self.assertIn("a lasting connection\n", result.stdout)


if __name__ == "__main__":
    unittest.main()
