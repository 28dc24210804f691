"""bench/replay against pelikan_segcache: traces whose hit ratios are known, and the made-up workloads."""

import struct
import unittest

from harness import BIN, Server, run


class ReplayTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(seg_memory="64MiB"))

    def write_trace(self, name, keys):
        plain = self.server.path / name
        plain.write_bytes(struct.pack(f"<{len(keys)}I", *keys))
        self.assertEqual(run("zstd", "-q", "--rm", plain, "-o", self.server.path / f"{name}.u32.zst").returncode, 0)

    def replay(self, *arguments):
        """Runs replay without errors; returns the rows it printed, by workload."""
        result = run(BIN / "replay", "--port", self.server.port, *arguments, timeout=300)
        self.assertEqual((result.stderr, result.returncode), ("", 0), result.stdout)
        rows = [line.split() for line in result.stdout.splitlines()[1:]]
        return {name: (int(requests), float(ratio), int(errors)) for name, requests, ratio, _, errors in rows}

    def test_hit_ratios_are_those_of_the_traces(self):
        self.write_trace("loop", list(range(10_000)) * 4)
        self.write_trace("once", list(range(40_000)))
        self.write_trace("half", [key for i in range(20_000) for key in (i % 100, 1000 + i)])
        self.write_trace("same", [7] * 1000)  # asked for again within a batch
        self.assertEqual(self.replay("--data", self.server.path),
                         {"loop": (40_000, 1.0, 0), "once": (40_000, 0.0, 0), "half": (40_000, 0.5, 0),
                          "same": (1000, 1.0, 0)})

    def test_made_up_clusters_replay_without_errors(self):
        rows = self.replay("--requests", 20_000, "--keys", 5_000)
        self.assertEqual(len(rows), 11)
        self.assertEqual({(requests, errors) for requests, _, errors in rows.values()}, {(20_000, 0)})
        self.assertGreater(rows["cluster17"][1], 0.9)  # the most skewed one, and all of it fits

    def test_a_damaged_trace_is_refused(self):
        (self.server.path / "damaged").mkdir()
        (self.server.path / "damaged" / "bad.u32.zst").write_bytes(b"no zstd stream")
        result = run(BIN / "replay", "--port", self.server.port, "--data", self.server.path / "damaged")
        self.assertEqual(result.returncode, 65)
        self.assertIn("bad.u32.zst: ", result.stderr)


if __name__ == "__main__":
    unittest.main()
