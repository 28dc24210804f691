"""What a server logged, replayed against a server of the same size, finds as much as its clients did."""

import re
import unittest

from harness import BIN, Server, run, wait_for

MEMORY = "16MiB"


class KlogReplayTest(unittest.TestCase):
    def hit_ratio(self, server, *words):
        """Percent of the look-ups that hit, of a run without errors."""
        result = run(BIN / "pelikan_load", *words, "--servers", server.address, "--connections", "8", timeout=300)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("errors 0\n", result.stdout)
        hits, lookups = map(int, re.search(r"hit \S+ \((\d+) of (\d+)\)", result.stdout).groups())
        return 100 * hits / lookups

    def check(self, **options):
        with Server(seg_memory=MEMORY) as fresh, Server(seg_memory=MEMORY, **options, klog_sample=1, klog_nbuf="64MiB",
                                                        klog_file=fresh.path / "klog") as server:
            logged = self.hit_ratio(server, "--requests", 200_000, "--keys", "200000", "--popularity", "zipf 0.9",
                                    "--value_size", "lognormal 5.2 0.7", "--mix", "get:95 set:5", "--on_miss", "set")
            self.assertTrue(30 < logged < 90, f"{logged} %: the memory is too small or too large to tell")
            self.assertGreater(int(server.stats()["evictions"]), 0)
            log = fresh.path / "klog"
            wait_for(lambda: log.read_bytes().count(b'] "get ') == requests_of(server), "every get in the log")
            replayed = self.hit_ratio(fresh, "replay", log, "--trace_format", "klog", "--trace_speed", "max")
            self.assertEqual(requests_of(fresh), requests_of(server))
            self.assertAlmostEqual(replayed, logged, delta=2)

    def test_a_replayed_log_has_the_hit_ratio_of_what_was_logged(self):
        self.check(worker_threads=1)

    def test_lines_of_several_workers_make_no_difference(self):
        self.check(worker_threads=4)


def requests_of(server):
    return int(server.stats()["cmd_get"])


if __name__ == "__main__":
    unittest.main()
