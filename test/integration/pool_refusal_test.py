"""Pools that servers do not take: what is said on stderr, the exit status, and that the file stays as it was."""

import ctypes
import os
import pathlib
import platform
import re
import signal
import socket
import stat
import struct
import subprocess
import tempfile
import unittest

from harness import BIN, TIME_FACTOR, Server, run, wait_for

SEGCACHE = BIN / "pelikan_segcache"
BAD_DATA, NO_INPUT, LOST, CANNOT_CREATE, IO, IN_USE, NO_PERMISSION, CONFIG = 65, 66, 70, 73, 74, 75, 77, 78
NOBODY = 65534
SMALL = {"seg_memory": "16MiB", "seg_segment_size": "64KiB"}
PAGE = 4096


def fail_large_syncs():
    """In a process that is about to become a server: from now on every msync of more than a page is answered EIO, so
    that superblocks can be written and a heap cannot."""
    allow, fail = 0x7FFF0000, 0x00050000 | 5  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO with EIO
    msync = {"x86_64": 26, "aarch64": 227}[platform.machine()]
    load, jump_equal, jump_greater, answer = 0x20, 0x15, 0x25, 0x06  # of classic BPF
    number, low_half_of_length = 0, 24  # offsets in what the filter sees
    program = b"".join(struct.pack("HBBI", *step) for step in (
        (load, 0, 0, number),
        (jump_equal, 0, 3, msync),
        (load, 0, 0, low_half_of_length),
        (jump_greater, 0, 1, PAGE),
        (answer, 0, 0, fail),
        (answer, 0, 0, allow)))
    buffer = ctypes.create_string_buffer(program)
    filter_program = struct.pack("HL", len(program) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    set_seccomp, filter_mode, set_no_new_privileges = 22, 2, 38
    if libc.prctl(set_no_new_privileges, 1, 0, 0, 0) or libc.prctl(set_seccomp, filter_mode, filter_program):
        os._exit(1)


class PoolTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="pelikan-pool-", dir="/dev/shm")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.path = self.folder / "pool"

    def server(self, name="segcache", **options):
        server = Server(name, pool_path=self.path, **{**SMALL, **options})
        server.expected_log = ": pool "  # what is said of a pool that is taken
        return server

    def make_clean(self):
        """A pool that was stopped cleanly with one item in it."""
        with self.server() as server, server.connect() as connection:
            connection.expect(b"set k 0 0 5\r\nvalue\r\n", b"STORED\r\n")

    def refused(self, status, *arguments, name="segcache", **options):
        """Starts a server that must not start; returns its sentence about the pool."""
        words = [BIN / f"pelikan_{name}", "--server_port", 0, "--admin_port", 0, "--admin_http_port", 0, "--pool_path", self.path]
        for option, value in SMALL.items():
            words += [f"--{option}", value]
        result = run(*words, *arguments, **options)
        self.assertEqual(result.returncode, status, result.stderr)
        last = result.stderr.splitlines()[-1]
        start = f"pelikan_{name}: pool {self.path}: "
        self.assertTrue(last.startswith(start), result.stderr)
        return last.removeprefix(start)

    def holds_the_item(self):
        with self.server() as server, server.connect() as connection:
            connection.expect(b"get k\r\n", b"VALUE k 0 5\r\nvalue\r\nEND\r\n")


class FileTest(PoolTest):
    def test_what_is_not_a_regular_file(self):
        self.path.symlink_to(self.folder / "elsewhere")
        self.assertIn("symbolic link", self.refused(NO_INPUT))
        self.path.unlink()
        self.path.mkdir()
        self.assertEqual(self.refused(NO_INPUT), "Is a directory")
        self.path.rmdir()
        os.mkfifo(self.path)
        self.assertEqual(self.refused(NO_INPUT), "not a regular file")
        self.assertTrue(stat.S_ISFIFO(self.path.stat().st_mode))

    def test_permissions_and_owner(self):
        self.make_clean()
        self.path.chmod(0o644)
        self.assertEqual(self.refused(NO_PERMISSION), "permissions 0644 allow more than pool_mode, 0600")
        self.path.chmod(0o600)
        if os.geteuid() == 0:  # only root can give a file away
            os.chown(self.path, NOBODY, NOBODY)
            self.assertEqual(self.refused(NO_PERMISSION), "belongs to user 65534, and this process is user 0")
            os.chown(self.path, 0, 0)
        self.holds_the_item()

    def test_a_file_that_is_no_pool(self):
        self.path.write_bytes(b"a diary" * 1000)
        self.path.chmod(0o600)
        for name in ("segcache", "rds"):
            self.assertEqual(self.refused(BAD_DATA, name=name),
                             "not a pelikan pool (no signature); refusing to overwrite 6.8 KiB. "
                             "Use --format-pool to destroy it")
        self.assertEqual(self.path.read_bytes(), b"a diary" * 1000)

    def test_no_room(self):
        sentence = self.refused(CANNOT_CREATE, "--seg_memory", "1TiB", "--seg_segment_size", "8MiB",
                                "--seg_item_mean", "1MiB")
        self.assertRegex(sentence, r"^cannot reserve [\d.]+ GiB: .* \([\d.]+ \w+ free\)$")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_options_that_make_no_sense(self):
        words = (SEGCACHE, "--server_port", 0, "--pool_path", self.path, "--pool_mode", "0400")
        result = run(*words)
        self.assertEqual(result.returncode, CONFIG)
        self.assertIn("pool_mode: '0400' is not octal permissions", result.stderr)
        forced = {**os.environ, "PMEM_IS_PMEM_FORCE": "1"}
        self.assertIn("PMEM_IS_PMEM_FORCE is set", self.refused(CONFIG, env=forced))
        self.assertIn("pool_medium=pmem", self.refused(CONFIG, "--pool_medium", "pmem"))
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_formatting_is_for_the_command_line_alone(self):
        config = self.folder / "conf"
        config.write_text("format-pool: yes\n")
        result = run(SEGCACHE, "-t", config)
        self.assertEqual(result.returncode, CONFIG)
        self.assertIn("unknown option 'format-pool'", result.stderr)
        self.assertIn("--format-pool", run(SEGCACHE, "--help").stdout)


class ContentTest(PoolTest):
    def test_other_sizes(self):
        self.make_clean()
        before = self.path.read_bytes()
        self.assertEqual(self.refused(BAD_DATA, "--seg_segment_size", "128KiB"),
                         "segment size 65536 in the pool, 131072 configured (seg_segment_size); refuse")
        sentence = self.refused(BAD_DATA, "--seg_memory", "8MiB")
        self.assertRegex(sentence, r"^pool holds .*, seg_memory asks .*: shrinking is not supported; refuse$")
        sentence = self.refused(BAD_DATA, "--seg_memory", "32MiB")
        self.assertRegex(sentence, r"^pool holds .*, seg_memory asks .*: growing is not supported; refuse$")
        self.assertEqual(self.path.read_bytes(), before)
        self.holds_the_item()
        with self.server(seg_memory="32MiB", pool_on_mismatch="discard") as server, server.connect() as connection:
            connection.expect(b"get k\r\n", b"END\r\n")

    def test_truncated_and_damaged(self):
        self.make_clean()
        whole = self.path.read_bytes()
        os.truncate(self.path, len(whole) // 2)
        self.assertEqual(self.refused(BAD_DATA),
                         f"file has {len(whole) // 2} bytes, superblock says {len(whole)}: truncated")
        self.path.write_bytes(whole[:100] + b"\xff\xff" + whole[102:PAGE + 100] + b"\xff\xff" + whole[PAGE + 102:])
        self.assertEqual(self.refused(BAD_DATA), "both superblocks fail their checksum")
        self.path.write_bytes(whole)
        self.holds_the_item()

    def test_killed(self):
        with self.server() as server:
            server.kill()
        self.assertRegex(self.refused(BAD_DATA, "--pool_on_dirty", "refuse"),
                         r"^not closed cleanly \(generation \d+\); pool_on_dirty=refuse$")
        with self.server() as server, server.connect() as connection:
            connection.expect(b"get k\r\n", b"END\r\n")
            said = r"not closed cleanly \(generation \d+\); pool_on_dirty=discard: starting empty"
            wait_for(lambda: re.search(said, server.stderr()), "the warning in the log")

    def test_formatting_destroys_whatever_is_there(self):
        self.path.write_bytes(b"a diary" * 1000)
        self.path.chmod(0o600)
        server = self.server()
        command = server.command
        server.command = lambda: [*command(), "--format-pool"]
        with server, server.connect() as connection:
            connection.expect(b"set k 0 0 5\r\nvalue\r\n", b"STORED\r\n")
        self.holds_the_item()


class RunningTest(PoolTest):
    def test_two_servers(self):
        with self.server() as server:
            self.assertEqual(self.refused(IN_USE), f"in use by pid {server.process.pid}")
            self.assertEqual(self.refused(IN_USE, "--format-pool"), f"in use by pid {server.process.pid}")

    def test_a_file_that_is_cut_under_the_server(self):
        with self.server(pool_prefault="no") as server, server.connect() as connection:
            for line in ("starts empty", *(("runs as root",) if os.geteuid() == 0 else ())):
                wait_for(lambda line=line: line in server.stderr(), f"'{line}' in its log")
            os.truncate(self.path, PAGE)
            connection.send(b"set k 0 0 5\r\nvalue\r\n")
            self.assertEqual(server.wait(), LOST)
            self.assertRegex(server.stderr(), f"pool {re.escape(str(self.path))}: the file was cut or its device "
                                              r"failed, at offset \d+\n$")

    @unittest.skipUnless(platform.machine() in ("x86_64", "aarch64"), "needs the number of msync")
    def test_a_stop_whose_sync_fails(self):
        server = self.server()
        self.addCleanup(server.folder.cleanup)
        with open(self.folder / "stderr", "wb") as stderr:
            process = subprocess.Popen(server.command(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                       stderr=stderr, preexec_fn=fail_large_syncs)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        ports = wait_for(lambda: (server.path / "ports").exists() and (server.path / "ports").read_text(), "ports", 30)
        port = int(re.search(r"server_port: (\d+)", ports)[1])
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"set k 0 0 5\r\nvalue\r\n")
            self.assertEqual(client.recv(100), b"STORED\r\n")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(20 * TIME_FACTOR), IO)
        self.assertRegex((self.folder / "stderr").read_text(),
                         r"sync failed at offset \d+: Input/output error; pool left dirty\n$")
        with self.server() as restarted, restarted.connect() as connection:
            connection.expect(b"get k\r\n", b"END\r\n")


if __name__ == "__main__":
    unittest.main()
