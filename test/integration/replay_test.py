"""bench/replay: traces whose hit ratios are known, made-up workloads, and every command of docs/how-to/replay-traces.md."""

import gzip
import os
import pathlib
import re
import shlex
import shutil
import struct
import tempfile
import unittest

from harness import BIN, ROOT, run, surprises_in

REPLAY = ROOT / "bench/replay/replay.py"
PAGE = (ROOT / "docs/how-to/replay-traces.md").read_text()
SMALL = ("--requests", 8_000, "--keys", 5_000)


class ReplayTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="pelikan-replay-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write_trace(self, name, keys):
        plain = self.folder / name
        plain.write_bytes(struct.pack(f"<{len(keys)}I", *keys))
        self.assertEqual(run("zstd", "-q", "--rm", plain, "-o", self.folder / f"{name}.u32.zst").returncode, 0)

    def replay(self, *arguments):
        """Runs replay without errors; returns the rows it printed, by workload."""
        result = run("/usr/bin/python3", REPLAY, BIN, *arguments, timeout=300)
        self.assertEqual((surprises_in(result.stderr), result.returncode), ([], 0), result.stdout)
        rows = [line.split() for line in result.stdout.splitlines()[1:]]
        return {name: (int(requests), float(ratio), int(errors)) for name, requests, ratio, _, errors in rows}

    def test_hit_ratios_are_those_of_the_traces_after_their_first_quarter(self):
        self.write_trace("loop", list(range(10_000)) * 4)
        self.write_trace("half", [key for i in range(4_000) for key in (i % 100, 1000 + i)])
        rows = self.replay("--data", self.folder)
        self.assertEqual(rows["loop"], (30_000, 1.0, 0))
        requests, ratio, errors = rows["half"]
        self.assertEqual((requests, ratio, errors), (6_000 + 3_000, 0.5, 0), "with the sets after misses")
        self.assertEqual(list(rows), ["half", "loop"])

    def test_other_formats_are_told_by_their_names(self):
        with gzip.open(self.folder / "libcachesim.oracleGeneral.gz", "wb") as file:
            for i in range(4_000):
                file.write(struct.pack("<IQIq", 1, i % 1000, 100, -1))
        twitter = "".join(f"{i // 100},key{i % 500:05},8,70,{i % 9},get,600\n" for i in range(2_000))
        (self.folder / "cluster52.sort").write_text(twitter)
        (self.folder / "README").write_text("no trace\n")
        self.assertEqual(self.replay("--data", self.folder), {"libcachesim": (3_000, 1.0, 0), "cluster52": (1_500, 1.0, 0)})

    def test_made_up_clusters_replay_without_errors(self):
        rows = self.replay(*SMALL)
        self.assertEqual(len(rows), 11)
        self.assertEqual({(requests, errors) for requests, _, errors in rows.values()}, {(8_000, 0)})
        self.assertGreater(rows["cluster17"][1], 0.9)  # the most skewed one, and all of it fits

    def test_a_trace_that_cannot_be_read_does_not_keep_the_others_from_their_turn(self):
        (self.folder / "bad.u32.zst").write_bytes(b"no zstd stream")
        (self.folder / "empty.u32").write_bytes(b"")
        self.write_trace("same", [7] * 1000)
        result = run("/usr/bin/python3", REPLAY, BIN, "--data", self.folder)
        self.assertEqual(result.returncode, 3)
        self.assertIn("bad.u32.zst cannot be unpacked", result.stderr)
        self.assertRegex(result.stderr, r"replay: empty: pelikan_load: .*empty\.u32: no request")
        self.assertRegex(result.stdout, r"(?m)^same +750 +1\.0000")

    def test_every_command_of_the_page(self):
        self.write_trace("same", [7] * 1000)
        commands = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
        for command in commands:
            if "--memcached" in command and not shutil.which("memcached"):
                continue
            with self.subTest(command):
                self.assertTrue(command.startswith("bench/replay/replay.py build/bin"), command)
                words = shlex.split(command.replace("build/bin", str(BIN)).replace("DIR", str(self.folder)))
                small = () if "--data" in words else SMALL
                result = run("/usr/bin/python3", *words, *small, cwd=ROOT, timeout=300,
                             env={name: value for name, value in os.environ.items() if name != "PELIKAN_TRACES"})
                self.assertEqual((surprises_in(result.stderr), result.returncode), ([], 0), result.stdout)
        self.assertGreaterEqual(len(commands), 3)


if __name__ == "__main__":
    unittest.main()
