"""php-memcached (libmemcached below it) drives pelikan_segcache over the text protocol."""

import pathlib
import unittest

from harness import HOST, Server, run

CLIENT = pathlib.Path(__file__).parent / "php_client.php"


class PhpTest(unittest.TestCase):
    def test_php_memcached_over_text(self):
        with Server(seg_memory="64MiB", worker_threads=4) as server:
            result = run("php", CLIENT, HOST, server.port)
            self.assertEqual((result.stderr, result.returncode), ("", 0), result.stdout)
            self.assertIn("buffered writes\n", result.stdout)


if __name__ == "__main__":
    unittest.main()
