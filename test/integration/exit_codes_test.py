"""Why a server does not start: one line on stderr, the exit code that docs/reference/exit-codes.md has for it, and nothing
left behind. pool_refusal_test.py has those about pools."""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import unittest

from harness import BIN, HOST, ROOT, SANITIZED, Server, run

USAGE, SYSTEM, CANNOT_CREATE, CONFIG = 64, 71, 73, 78
FREE_PORTS = ("--server_port", 0, "--admin_port", 0, "--admin_http_port", 0)
PROGRAMS = ("pelikan_segcache", "pelikan_rds", "pelikan_pingserver")


class PageTest(unittest.TestCase):
    def test_the_page_has_the_codes_there_are(self):
        page = (ROOT / "docs/reference/exit-codes.md").read_text()
        header = (ROOT / "src/base/setup_error.h").read_text()
        sysexits = dict(re.findall(r"#define (EX_\w+)\s+(\d+)", pathlib.Path("/usr/include/sysexits.h").read_text()))
        codes = [sysexits[name] for name in re.findall(r"^  k\w+ = (EX_\w+),", header, re.MULTILINE)]
        self.assertEqual(re.findall(r"^\| (\d+) \|", page, re.MULTILINE), codes)


class RefusalTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="pelikan-exit-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def assert_refused(self, status, sentence, *arguments, programs=PROGRAMS, before=()):
        """Each program ends so, and leaves the folder as it was."""
        there = sorted(self.folder.rglob("*"))
        for program in programs:
            result = run(*before, BIN / program, *FREE_PORTS, *arguments)
            self.assertEqual(result.returncode, status, result.stderr)
            self.assertEqual(result.stdout, "")
            self.assertRegex(result.stderr.splitlines()[-1], rf"^{program}: .*{sentence}")
            self.assertEqual(sorted(self.folder.rglob("*")), there)

    def test_a_command_line_that_is_none(self):
        self.assert_refused(USAGE, "'--server_prt'.* did you mean '--server_port'", "--server_prt", 1)

    def test_a_value_that_makes_no_sense(self):
        self.assert_refused(CONFIG, "worker_threads: '0' is out of range", "--worker_threads", 0)
        config = self.folder / "conf"
        config.write_text("# threads\nworker_threads: many\n")
        self.assert_refused(CONFIG, f"{config}:2: worker_threads: 'many'", config)
        self.assert_refused(CONFIG, "No such file or directory", self.folder / "none")

    def test_a_port_that_another_process_has(self):
        with socket.create_server((HOST, 0)) as other:
            port = other.getsockname()[1]
            for option in ("--server_port", "--admin_port", "--admin_http_port"):
                self.assert_refused(SYSTEM, f"127.0.0.1:{port}: Address already in use", option, port,
                                    "--server_unix_path", self.folder / "socket", "--pid_file", self.folder / "pid")

    def test_a_second_instance(self):
        with Server(seg_memory="8MiB") as server:
            pid_file, path = server.path / "pid", server.path / "socket"
            self.assert_refused(SYSTEM, f":{server.port}: Address already in use", "--server_port", server.port)
            server.stop()
            server.options |= {"pid_file": pid_file, "server_unix_path": path}
            server.start()
            self.assert_refused(SYSTEM, f"pid_file {pid_file}: a running process holds it", "--pid_file", pid_file)
            self.assert_refused(SYSTEM, f"{path}: Address already in use", "--server_unix_path", path)
            self.assertEqual(pid_file.read_text(), f"{server.process.pid}\n")
            with server.connect_unix(path) as client:
                client.expect(b"mn\r\n", b"MN\r\n")

    def test_paths_that_cannot_be_written(self):
        for option in ("pid_file", "ports_file", "debug_log_file", "server_unix_path"):
            missing = self.folder / "no" / "file"
            self.assert_refused(SYSTEM, f"{missing}: No such file or directory", f"--{option}", missing)
            self.assert_refused(SYSTEM, f"{self.folder}: (Is a directory|Address already in use)", f"--{option}", self.folder)
        self.assert_refused(SYSTEM, "no/klog: No such file or directory", "--klog_file", self.folder / "no/klog",
                            programs=PROGRAMS[:2])

    @unittest.skipUnless(shutil.which("setpriv"), "needs util-linux")
    def test_fewer_descriptors_than_connections(self):
        limited = ["prlimit", "--nofile=100:100"]
        if os.geteuid() == 0:  # who may raise the limit
            limited += ["setpriv", "--bounding-set=-sys_resource"]
        self.assert_refused(SYSTEM, r"max_connections: 5000 connections need \d+ open files, the process may have 100",
                            "--max_connections", 5000, before=limited)

    @unittest.skipIf(SANITIZED, "a sanitizer takes more address space than that")
    def test_more_memory_than_there_is(self):
        self.assert_refused(SYSTEM, "of memory cannot be had: Cannot allocate memory", "--seg_memory", "4GiB",
                            before=["prlimit", f"--as={1 << 30}"], programs=PROGRAMS[:2])

    @unittest.skipUnless(os.geteuid() == 0, "only root mounts a small disk")
    def test_a_full_disk(self):
        disk = self.folder / "disk"
        disk.mkdir()
        if (mount := run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk)).returncode != 0:
            self.skipTest(f"nothing can be mounted here: {mount.stderr.strip()}")
        try:
            (disk / "full").write_bytes(bytes(64 << 10))
            full = "No space left on device"
            self.assert_refused(SYSTEM, f"pid_file .*: {full}", "--pid_file", disk / "pid")
            self.assert_refused(SYSTEM, f"ports_file .*: {full}", "--ports_file", disk / "ports")
            self.assert_refused(CANNOT_CREATE, rf"pool .*: cannot reserve .*: {full} \(0 bytes free\)",
                                "--pool_path", disk / "pool", programs=PROGRAMS[:2])
            with Server(seg_memory="8MiB", debug_log_file=disk / "log", klog_file=disk / "klog") as server:
                with server.connect() as client:
                    client.expect(b"set k 0 0 5\r\nvalue\r\nget k\r\n", b"STORED\r\nVALUE k 0 5\r\nvalue\r\nEND\r\n")
        finally:
            subprocess.run(["umount", disk], check=True)


if __name__ == "__main__":
    unittest.main()
