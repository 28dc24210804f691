"""docs/how-to/load-testing.md: every command it shows works against a server, and says what the page promises."""

import os
import re
import shlex
import unittest

from harness import BIN, ROOT, Server, run, wait_for

PAGE = (ROOT / "docs/how-to/load-testing.md").read_text()
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
SHORTER = {"--duration": "500ms", "--rate": "2k"}  # what a test need not do as long, or as fast


class LoadTestingPageTest(unittest.TestCase):
    def load(self, server, command):
        """Runs a command of the page, shortened, against `server`."""
        trace = server.path / "cluster52.sort"
        trace.write_text("".join(f"{i // 2000},key{i % 40:03},6,50,{i % 3},get,600\n" for i in range(12_000)))
        table = server.path / "requests.csv"
        table.write_text("time,op,key,size\n" + "".join(f"{i // 20},get,key{i % 40},50\n" for i in range(100)))
        words = shlex.split(command.replace("build/bin", str(BIN)).replace("/tmp/klog", str(server.path / "klog"))
                            .replace("/tmp/cluster52.sort.zst", str(trace)).replace("/tmp/requests.csv", str(table)))
        for at, word in enumerate(words[:-1]):
            if word == "--rate":
                words[at + 1] = "500:2k" if ":" in words[at + 1] else SHORTER[word]
            elif word == "--duration":
                words[at + 1] = SHORTER[word]
            elif word == "--search":
                words[at + 1] = words[at + 1].replace("1ms", "1s")  # of a machine that does something else as well
        result = run(*words, cwd=server.path, timeout=120,
                     env={**os.environ, "PELIKAN_LOAD_SERVERS": server.address,
                          "PELIKAN_LOAD_DURATION": SHORTER["--duration"]})
        self.assertEqual(result.returncode, 0, f"{command}\n{result.stdout}{result.stderr}")
        if "report" not in words:
            self.assertIn("errors 0\n", result.stdout, command)

    def test_every_command_works(self):
        servers = [line for line in COMMANDS if line.endswith("&")]
        loads = [line for line in COMMANDS if line.startswith("build/bin/pelikan_load")]
        self.assertEqual(len(servers) + len(loads), len([line for line in COMMANDS if line]), COMMANDS)
        self.assertEqual([line.split()[0] for line in servers], ["build/bin/pelikan_segcache"] * len(servers))
        options = {}
        for line in servers:
            words = line.split()[1:-1]
            options.update({name.removeprefix("--"): value for name, value in zip(words[::2], words[1::2])
                            if not name.endswith("_port")})
        with Server(seg_memory="64MiB") as other, Server("rds", seg_memory="64MiB") as redis, Server(
                seg_memory="64MiB", **{**options, "klog_file": other.path / "klog"}) as server:
            for line in loads:
                if "replay" in line:
                    wait_for(lambda: (other.path / "klog").read_text().endswith("\n"), "the command log")
                for address, one in (("11211", server), ("11212", other), ("6379", redis)):
                    line = line.replace(f"127.0.0.1:{address}", one.address)
                self.load(other if "replay" in line else server, line)
            self.assertGreater((server.path / "compared.html").stat().st_size, 100_000)
        for kind in ("replay", "--search", "--rate", "ketama"):
            self.assertTrue(any(kind in line for line in loads), f"the page shows no {kind}")

    def test_its_config_file_is_valid_at_another_rate(self):
        (text,) = re.findall(r"^```\n(rate:.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
        with Server(seg_memory="64MiB") as server:
            path = server.path / "my.conf"
            path.write_text(text)
            self.load(server, f"build/bin/pelikan_load {path} --rate 40k --duration 1s --ks.user.keys 1000 --ks.session.keys 1000")

    def test_its_assertions_and_schedules_are_understood(self):
        flags = re.findall(r"`--((?:assert|schedule) '[^']+')", PAGE)
        self.assertGreaterEqual(len(flags), 2)
        for flag in flags:
            result = run(BIN / "pelikan_load", "-t", *shlex.split(f"--{flag}"))
            self.assertEqual((result.stderr, result.returncode), ("", 0), flag)


if __name__ == "__main__":
    unittest.main()
