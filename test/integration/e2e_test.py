"""bench/e2e: its tables have what they say, and a server that answers wrongly ends it."""

import os
import pathlib
import shutil
import tempfile
import unittest

from harness import BIN, ROOT, run, surprises_in

E2E = ROOT / "bench/e2e/e2e.py"
QUICK = ("--rounds", 1, "--seconds", 1, "--retries", 0, "--keys", 1000, "--nice", 0)


class EndToEndTest(unittest.TestCase):
    def test_every_server_of_a_protocol_is_compared_with_the_floor(self):
        load_cpu = max(os.sched_getaffinity(0))
        result = run("/usr/bin/python3", E2E, BIN, *QUICK, "--load-cpu", load_cpu, "--workload", "small-d32",
                     "--workload", "mget32", "--workload", "ping-d1", "--workload", "resp-d32")
        self.assertEqual((surprises_in(result.stderr), result.returncode), ([], 0), result.stdout)
        tables = [table.splitlines() for table in result.stdout.strip().split("\n\n")]
        servers = ["echo", "segcache"] + ["memcached"] * bool(shutil.which("memcached"))
        names = [[row.split()[0] for row in table[-len(servers) - 1:]] for table in tables]
        self.assertEqual(names[:2], [["small-d32", *servers], ["mget32", *servers]])
        self.assertEqual([row.split()[0] for row in tables[2]], ["ping-d1", "echo", "pingserver"])
        redis = ["redis"] * bool(shutil.which("redis-server"))
        self.assertEqual([row.split()[0] for row in tables[3]], ["resp-d32", "echo", "rds", *redis])
        echo, segcache = (row.split() for row in tables[1][-len(servers):][:2])
        self.assertEqual((echo[4], segcache[9]), ("1.00", "100.0%"))
        # Of 32 keys each: no server does that at the floor's price.
        self.assertAlmostEqual(float(segcache[2]) / float(echo[2]), float(segcache[4]), delta=0.02)
        self.assertGreater(float(segcache[4]), 1.2)

    def test_a_floor_that_answers_nothing_sensible_is_an_error(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("pelikan_load", "pelikan_segcache", "pelikan_pingserver"):
                pathlib.Path(folder, name).symlink_to(BIN / name)
            pathlib.Path(folder, "echo_floor").symlink_to(BIN / "pelikan_pingserver")  # no such command line
            result = run("/usr/bin/python3", E2E, folder, *QUICK, "--workload", "ping-d1")
            self.assertEqual(result.returncode, 3, result.stdout)
            self.assertIn("e2e: echo does not listen", result.stderr)


if __name__ == "__main__":
    unittest.main()
