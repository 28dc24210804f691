"""The command log of a running server: what is sent is what is logged, whatever happens to the file."""

import os
import pathlib
import re
import signal
import subprocess
import tempfile
import unittest

from harness import BIN, Server, run, wait_for

LINE = re.compile(rb'tcp:127\.0\.0\.1:(\d+) - \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "([^"]*)" (\d+) (\d+)\n')


def lines(*paths):
    """(port, command, code, length) of every line; each must be whole."""
    text = b"".join(path.read_bytes() for path in paths if path.exists())
    found = [(int(m[1]), m[2].decode(), int(m[3]), int(m[4])) for m in LINE.finditer(text)]
    assert len(found) == text.count(b"\n") and (not text or text.endswith(b"\n")), text[-500:]
    return found


class KlogServer(Server):
    def __init__(self, **options):
        super().__init__("segcache", seg_memory="64MiB", worker_threads=1, **options)
        self.klog = self.path / "klog"
        self.options.setdefault("klog_file", self.klog)
        self.options.setdefault("klog_sample", 1)

    def counts(self):
        variables = self.metrics()
        return {name: variables[f"klog_{name}"] for name in ("logged", "discard", "skip", "rotate", "error")}

    @staticmethod
    def exchange(connection, requests, expected_end):
        """Sends, and reads until the replies end so."""
        connection.send(requests)
        got = b""
        while not got.endswith(expected_end):
            got += connection.raw.recv(1 << 20)
        return got


class KlogTest(unittest.TestCase):
    def test_every_command_on_a_key_is_logged_with_its_peer_and_its_end(self):
        with KlogServer() as server, server.connect() as connection:
            port = connection.raw.getsockname()[1]
            server.exchange(connection, b"set k 1 0 5\r\nhello\r\nget k miss k\r\nversion\r\n"
                                        b"incr k 1\r\nset n 0 60 1 noreply\r\n7\r\ndecr n 2\r\ntouch n 0\r\n"
                                        b"gat 9 n\r\nadd k 0 0 1\r\nx\r\ncas none 0 0 1 5\r\nx\r\ndelete n\r\nmn\r\n", b"MN\r\n")
            wait_for(lambda: len(lines(server.klog)) == 12, "12 lines")
            self.assertEqual(lines(server.klog), [
                (port, "set k 1 0 5", 5, 8), (port, "get k", 4, 20), (port, "get miss", 0, 0), (port, "get k", 4, 20),
                (port, "incr k 1", 10, 62), (port, "set n 0 60 1", 5, 0), (port, "decr n 2", 12, 3), (port, "touch n 0", 13, 9),
                (port, "gat n 9", 4, 16), (port, "add k 0 0 1", 9, 12), (port, "cas none 0 0 1 5", 8, 11), (port, "delete n", 7, 9)])

    def test_values_that_come_in_pieces_and_values_refused_are_logged_once(self):
        with KlogServer() as server, server.connect() as connection:
            big = b"v" * 500_000
            connection.send(b"set big 0 0 500000\r\n")
            for part in range(0, len(big), 100_000):
                connection.send(big[part:part + 100_000])
            server.exchange(connection, b"\r\nget big\r\nset huge 0 0 90000000\r\n" + b"x" * 90_000_000 + b"\r\nmn\r\n", b"MN\r\n")
            wait_for(lambda: len(lines(server.klog)) == 3, "3 lines")
            self.assertEqual([line[1:] for line in lines(server.klog)],
                             [("set big 0 0 500000", 5, 8), ("get big", 4, 500022), ("set huge 0 0 90000000", 11, 41)])

    def test_sampling_takes_its_share_and_counts_the_rest(self):
        with KlogServer(klog_sample=10) as server, server.connect() as connection:
            for _ in range(50):
                server.exchange(connection, b"get some key\r\n" * 100 + b"mn\r\n", b"MN\r\n")
            wait_for(lambda: len(lines(server.klog)) == 1000, "1000 lines")
            numbers = server.counts()
            self.assertEqual((numbers["logged"], numbers["discard"]), (1000, 0))
            self.assertGreater(numbers["skip"] + 1000 + 20, 10_000)
            self.assertLessEqual(numbers["skip"] + 1000, 10_000)
            keys = [command for _, command, _, _ in lines(server.klog)]
            self.assertTrue(300 < keys.count("get some") < 700, keys.count("get some"))

    def test_rotation_under_load_loses_no_line(self):
        total = 6000
        with KlogServer(klog_max="256KiB") as server, server.connect() as connection:
            for batch in range(total // 100):
                if batch == 40:  # 300 KB: it is full by now, and what follows makes it change
                    wait_for(lambda: len(lines(server.path / "klog.1", server.klog)) == 4000, "4000 lines")
                keys = range(batch * 100, batch * 100 + 100)
                server.exchange(connection, b"".join(b"get key:%d\r\n" % key for key in keys) + b"mn\r\n", b"MN\r\n")
            backup = server.path / "klog.1"
            wait_for(lambda: len(lines(backup, server.klog)) == total, f"{total} lines")
            self.assertEqual([command for _, command, _, _ in lines(backup, server.klog)],
                             [f"get key:{key}" for key in range(total)])
            numbers = server.counts()
            self.assertEqual((numbers["logged"], numbers["discard"], numbers["rotate"], numbers["error"]), (total, 0, 1, 0))

    def test_sighup_opens_the_file_anew_and_loses_no_line(self):
        with KlogServer() as server, server.connect() as connection:
            server.exchange(connection, b"get one\r\n", b"END\r\n")
            moved = server.path / "moved"
            wait_for(lambda: lines(server.klog), "a line")
            server.klog.rename(moved)
            server.exchange(connection, b"get two\r\n", b"END\r\n")
            server.process.send_signal(signal.SIGHUP)
            wait_for(server.klog.exists, "the new file")
            server.exchange(connection, b"get three\r\n", b"END\r\n")
            wait_for(lambda: lines(server.klog), "a line in the new file")
            self.assertEqual([line[1] for line in lines(moved)], ["get one", "get two"])
            self.assertEqual([line[1] for line in lines(server.klog)], ["get three"])
            server.process.send_signal(signal.SIGHUP)  # nothing was moved: nothing is lost
            server.exchange(connection, b"get four\r\n", b"END\r\n")
            wait_for(lambda: len(lines(server.klog)) == 2, "the next line")

    def test_a_restart_appends(self):
        with KlogServer() as server:
            for key in (b"a", b"b"):
                with server.connect() as connection:
                    server.exchange(connection, b"get %s\r\n" % key, b"END\r\n")
                server.stop()
                if key == b"a":
                    server.start()
            self.assertEqual([line[1] for line in lines(server.klog)], ["get a", "get b"])

    def assert_never_slow(self, server, connection):
        """Far more lines than may wait; every request is answered all the same."""
        sent = 0

        def send_until_it_fails():
            nonlocal sent
            for _ in range(20):
                server.exchange(connection, b"get key\r\n" * 200 + b"mn\r\n", b"MN\r\n")
            sent += 4000
            numbers = server.counts()
            return numbers["error"] > 0 and numbers["discard"] > 10_000

        wait_for(send_until_it_fails, "failures and dropped lines")
        numbers = server.counts()
        self.assertEqual(numbers["logged"] + numbers["discard"], sent)

    def test_a_full_disk_drops_lines_and_holds_up_nobody(self):
        with KlogServer(klog_file="/dev/full", klog_nbuf="64KiB") as server, server.connect() as connection:
            self.assert_never_slow(server, connection)

    @unittest.skipUnless(os.geteuid() == 0, "only root mounts a small disk")
    def test_a_disk_that_fills_up_drops_lines_until_there_is_room_again(self):
        with tempfile.TemporaryDirectory() as disk:
            if (mount := run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk)).returncode != 0:
                self.skipTest(f"nothing can be mounted here: {mount.stderr.strip()}")
            try:
                self.fill_up(pathlib.Path(disk, "klog"))
            finally:
                subprocess.run(["umount", disk], check=True)

    def fill_up(self, klog):
        with KlogServer(klog_file=klog, klog_nbuf="16KiB") as server:
            load = run(BIN / "pelikan_load", "--servers", server.address, "--rate", "4k", "--duration", "3s",
                       "--keys", 1000, "--assert", "p99<250ms,errors=0")
            self.assertEqual(load.returncode, 0, load.stdout + load.stderr)
            full = server.counts()
            self.assertGreater(full["error"], 3)  # it is tried again and again
            self.assertGreater(full["discard"], 6000)
            text = klog.read_bytes()
            self.assertEqual(len(LINE.findall(text)), text.count(b"\n"))
            self.assertTrue(1 << 15 < len(text) <= 1 << 16, len(text))
            os.truncate(klog, 0)
            wait_for(lambda: klog.stat().st_size > 8_000, "the lines that wait to be written")
            with server.connect() as connection:
                wait_for(lambda: server.exchange(connection, b"get again\r\n", b"END\r\n") and
                         server.counts()["logged"] > full["logged"], "a line that finds room to wait")
                wait_for(lambda: klog.read_bytes().count(b"get again"), "it to be written")

    def test_a_pipe_that_nobody_reads_drops_lines_and_holds_up_nobody(self):
        with KlogServer(klog_nbuf="64KiB") as server:
            server.stop()
            server.klog.unlink()
            os.mkfifo(server.klog)
            reader = os.open(server.klog, os.O_RDONLY | os.O_NONBLOCK)
            server.start()
            with server.connect() as connection:
                self.assert_never_slow(server, connection)
            text = os.read(reader, 65536)  # whole lines, but for the last one
            self.assertGreater(text.count(b"\n"), 100)
            self.assertEqual(len(LINE.findall(text)), text.count(b"\n"))
            os.close(reader)

    def test_bad_options_are_refused(self):
        with KlogServer() as server:
            program = server.program
            refused = run(program, "-t", "--klog_sample", "0")
            self.assertEqual(refused.returncode, 78, refused.stderr)
            self.assertIn("klog_sample", refused.stderr)
            refused = run(program, "--klog_file", server.path / "no/klog", "--server_port", "0", "--admin_port", "-1",
                          "--admin_http_port", "-1")
            self.assertEqual(refused.returncode, 71, refused.stderr)
            self.assertIn("no/klog", refused.stderr)


if __name__ == "__main__":
    unittest.main()
