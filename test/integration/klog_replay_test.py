"""What a server logged, replayed against a server of the same size, finds as much as its clients did."""

import re
import unittest

from harness import BIN, Server, run, wait_for

MEMORY = "16MiB"


class KlogReplayTest(unittest.TestCase):
    program, protocol = "segcache", "memcache"

    def hit_ratio(self, server, *words):
        """Percent of the look-ups that hit, of a run without errors."""
        result = run(BIN / "pelikan_load", *words, "--servers", server.address, "--protocol", self.protocol,
                     "--connections", "8", "--request_timeout", "60s", timeout=300)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("errors 0\n", result.stdout)
        hits, lookups = map(int, re.search(r"hit \S+ \((\d+) of (\d+)\)", result.stdout).groups())
        return 100 * hits / lookups

    def evictions(self, server):
        return int(server.stats()["evictions"])

    def requests_of(self, server):
        return int(server.stats()["cmd_get"])

    def check(self, **options):
        with Server(self.program, seg_memory=MEMORY) as fresh, \
                Server(self.program, seg_memory=MEMORY, **options, klog_sample=1, klog_nbuf="64MiB",
                       klog_file=fresh.path / "klog") as server:
            logged = self.hit_ratio(server, "--requests", 200_000, "--keys", "200000", "--popularity", "zipf 0.9",
                                    "--value_size", "lognormal 5.2 0.7", "--mix", "get:95 set:5", "--on_miss", "set")
            self.assertTrue(30 < logged < 90, f"{logged} %: the memory is too small or too large to tell")
            self.assertGreater(self.evictions(server), 0)
            log = fresh.path / "klog"
            wait_for(lambda: log.read_bytes().count(b'] "get ') == self.requests_of(server), "every get in the log")
            replayed = self.hit_ratio(fresh, "replay", log, "--trace_format", "klog", "--trace_speed", "max")
            self.assertEqual(self.requests_of(fresh), self.requests_of(server))
            self.assertAlmostEqual(replayed, logged, delta=2)

    def test_a_replayed_log_has_the_hit_ratio_of_what_was_logged(self):
        self.check(worker_threads=1)

    def test_lines_of_several_workers_make_no_difference(self):
        self.check(worker_threads=4)


class RespKlogReplayTest(KlogReplayTest):
    program, protocol = "rds", "resp2"

    def evictions(self, server):
        return int(self.info(server)["evicted_keys"])

    def requests_of(self, server):
        return sum(int(self.info(server)[name]) for name in ("keyspace_hits", "keyspace_misses"))

    def info(self, server):
        """INFO's lines, as a dictionary of texts."""
        with server.connect() as connection:
            connection.send(b"INFO\r\n")
            text = connection.read(int(connection.read_line()[1:])).decode()
        return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)


if __name__ == "__main__":
    unittest.main()
