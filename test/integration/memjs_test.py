"""memjs, from the npm registry, drives pelikan_segcache over the binary protocol; scripts/setup.sh installs it."""

import pathlib
import unittest

from harness import HOST, TIME_FACTOR, Server, run

CLIENT = pathlib.Path(__file__).parent / "node/memjs_client.js"


class MemjsTest(unittest.TestCase):
    def test_memjs(self):
        with Server(seg_memory="64MiB", worker_threads=2) as server:
            result = run("node", CLIENT, HOST, server.port, 10 * TIME_FACTOR)
            self.assertEqual((result.stderr, result.returncode), ("", 0), result.stdout)
            self.assertIn("flushed\n", result.stdout)


if __name__ == "__main__":
    unittest.main()
