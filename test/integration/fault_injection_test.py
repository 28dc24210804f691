"""The n-th allocation, file operation, descriptor or thread of a server fails, for one n after another. A start says why it
cannot be, with an exit code, and leaves nothing behind; a running server loses a connection or refuses a request at
most, and serves on as if nothing had been; a stop ends the process, and says when the pool could not be kept.

Every n with PELIKAN_FAULTS_ALL set (`make soak`), otherwise some of them."""

import os
import re
import signal
import socket
import unittest

import harness
from faults import FaultyServer, sample
from harness import HOST, SANITIZER, resp_request, wait_for

EVERY = bool(os.environ.get("PELIKAN_FAULTS_ALL"))
REFUSALS = (65, 66, 71, 73, 74, 75, 77, 78)  # docs/reference/exit-codes.md
SMALL = {"seg_memory": "8MiB", "seg_segment_size": "256KiB", "worker_threads": 2}
LIBEVENT_SAYS = r"^\[(warn|err)\] "  # to stderr, when it gets no memory
BIG = b"v" * 200_000


class Segcache(FaultyServer):
    def __init__(self):
        super().__init__("segcache", **SMALL)
        users = self.path / "users"
        users.write_text("user:pass\n")
        users.chmod(0o600)
        self.options["auth_file"] = users

    enter = b"set auth 0 0 9\r\nuser pass\r\n"
    data = (
        b"set k 0 0 5\r\nvalue\r\nget k\r\nset n 0 0 1\r\n7\r\nincr n 1\r\nappend k 0 0 1\r\n!\r\nget k n miss\r\n"
        b"mg k v\r\nmd k\r\nmn\r\n",
        b"set big 0 0 200000\r\n" + BIG + b"\r\nget big\r\nset big 0 60 1\r\nx\r\ngat 9 big\r\ntouch big 0\r\n",
        b"verbosity 1\r\ncache_memlimit 0\r\nflush_all\r\nget k\r\nbogus\r\n")
    telling = (b"stats\r\nstats settings\r\nstats conns\r\n", b"lru_crawler metadump all\r\n")


class Rds(FaultyServer):
    def __init__(self):
        super().__init__("rds", **SMALL)
        self.options["requirepass"] = "pass"

    enter = resp_request("AUTH", "pass")
    data = (
        b"".join(resp_request(*words) for words in (
            ("FLUSHALL",), ("SET", "k", "value"), ("GET", "k"), ("APPEND", "k", "!"), ("MSET", "a", "1", "b", "2"), ("MGET", "a", "b", "c"),
            ("INCR", "a"), ("BITOP", "OR", "d", "a", "b"), ("SETBIT", "bits", "100", "1"), ("DEL", "k", "a", "b", "d"))),
        resp_request("SET", "big", BIG) + resp_request("GET", "big") + resp_request("GETRANGE", "big", "1", "3"),
        b"".join(resp_request(*words) for words in (
            ("CLIENT", "SETNAME", "a-name-of-more-than-sixteen-bytes"), ("CLIENT", "GETNAME"), ("CONFIG", "GET", "maxmemory-policy"),
            ("COMMAND", "COUNT"), ("PING",), ("BOGUS",))))
    telling = tuple(resp_request(*words) for words in (
        ("INFO", "everything"), ("CLIENT", "LIST"), ("CONFIG", "GET", "*"), ("COMMAND",), ("COMMAND", "DOCS"), ("HELLO", "3"),
        ("SCAN", "0"), ("DBSIZE",)))


SERVERS = (Segcache, Rds)
ERRORS = (b"SERVER_ERROR ", b"-OOM ", b"-ERR ")


def ask(port, request, ends=False):
    """What comes back until the server closes; b"" as well when the connection breaks. The request's end is told by the
    end of the stream, unless the server `ends` by itself."""
    reply = b""
    try:
        with socket.create_connection((HOST, port), timeout=10 * harness.TIME_FACTOR) as client:
            client.sendall(request)
            if not ends:
                client.shutdown(socket.SHUT_WR)
            while data := client.recv(1 << 20):
                reply += data
    except TimeoutError:
        raise
    except OSError:
        pass
    return reply


def is_excused(reply, expected):
    """The reply is what was expected as far as it goes: then it breaks off, or says that something is lacking."""
    for got, wanted in zip(reply.split(b"\r\n"), expected.split(b"\r\n")):
        if got != wanted:
            return wanted.startswith(got) or got.startswith(ERRORS)
    return True


def take_signals(server):
    """The logs are opened anew, files read anew, and the statistics logged."""
    for number in (signal.SIGHUP, signal.SIGUSR1):
        server.process.send_signal(number)
    ours = 1 << signal.SIGHUP - 1 | 1 << signal.SIGUSR1 - 1

    def are_taken():
        status = (harness.pathlib.Path("/proc") / str(server.process.pid) / "status").read_text()
        return not int(re.search(r"ShdPnd:\s*(\w+)", status)[1], 16) & ours

    wait_for(are_taken, "the signals to be taken")


def session(server):
    """Something of everything; returns the replies whose every byte is known beforehand."""
    replies = [ask(server.port, server.enter + requests) for requests in server.data]
    for requests in server.telling:
        ask(server.port, server.enter + requests)
    ask(server.ports["admin_port"], b"stats\r\nstats settings\r\nstats conns\r\nquit\r\n", ends=True)
    replies.append(ask(server.ports["admin_port"], b"version\r\nquit\r\n", ends=True))
    for page in (b"/metrics", b"/vars.json"):
        ask(server.ports["admin_http_port"], b"GET %b HTTP/1.1\r\nHost: localhost\r\n\r\n" % page, ends=True)
    return replies


class FaultTest(unittest.TestCase):
    def setUp(self):
        if SANITIZER == "thread":
            self.skipTest("ThreadSanitizer allocates and opens for itself")

    def server(self, kind):
        server = kind()
        self.addCleanup(server.folder.cleanup)
        self.addCleanup(server.kill)
        server.expected_log = LIBEVENT_SAYS
        server.options["core_dumps"] = "yes"  # else nobody but root may count the descriptors of who has secrets
        server.options |= {
            "pool_path": server.path / "pool", "debug_log_file": server.path / "log", "klog_file": server.path / "klog",
            "pid_file": server.path / "pid", "server_unix_path": server.path / "socket"}
        return server

    def assert_refused(self, server, what):
        status, said = server.process.returncode, server.stderr()
        self.assertIn(status, REFUSALS, f"{what}: {said}")
        self.assertTrue(said.splitlines()[-1].startswith(f"{server.program.name}: "), f"{what}: {said}")

    def start(self, server, what):
        """Whether it starts. If it does not, it has said why and left nothing behind."""
        try:
            server.start()
            return True
        except AssertionError:
            self.assert_refused(server, what)
            # A pid file that cannot be locked may be another's.
            names = ("socket", "ports.new", *(["pid"] if "pid_file" not in server.stderr() else []))
            self.assertFalse([name for name in names if (server.path / name).exists()], what)
            return False

    def assert_serves(self, server, what):
        self.assertIn(ask(server.port, server.enter), (b"STORED\r\n", b"+OK\r\n"), what)


class StartTest(FaultTest):
    def start_with_fault(self, server, family, n, is_fresh):
        """Starts and stops; returns how many calls there were until it was ready."""
        if is_fresh:
            (server.path / "pool").unlink(missing_ok=True)
        server.arm(family, n)
        starts = self.start(server, f"{family} {n}")
        calls, failed = server.disarm()
        self.assertTrue(starts or failed, f"{family} {n}: {server.stderr()}")
        if starts:
            self.assert_serves(server, f"{family} {n}")
            server.stop()
        return calls

    def test_a_start_without_something_says_so_or_goes_without(self):
        for kind in SERVERS:
            server = self.server(kind)
            for family in ("allocation", "file", "descriptor", "thread"):
                total = max(self.start_with_fault(server, family, 0, is_fresh) for is_fresh in (True, False))
                for n in sample(total, EVERY):
                    for is_fresh in (True, False) if EVERY else (n % 2 == 0,):
                        self.start_with_fault(server, family, n, is_fresh)
                self.start_with_fault(server, family, 0, False)


class RunTest(FaultTest):
    def test_a_running_server_serves_on(self):
        for kind in SERVERS:
            server = self.server(kind)
            with server:
                expected = session(server)
                self.assertTrue(all(expected), expected)
                take_signals(server)
                files = self.open_files(server)
                for family in ("allocation", "file", "descriptor"):
                    self.fail_one_by_one(server, family, expected)
                wait_for(lambda: self.open_files(server) == files, f"{files} descriptors again")

    @staticmethod
    def open_files(server):
        return len(os.listdir(f"/proc/{server.process.pid}/fd"))

    def fail_one_by_one(self, server, family, expected):
        self.session_with_fault(server, family, 0, expected)
        calls, _ = server.disarm()
        for n in sample(calls, EVERY):
            self.session_with_fault(server, family, n, expected)
            server.disarm()
            self.assertEqual(session(server), expected, f"after {family} {n}")

    def session_with_fault(self, server, family, n, expected):
        server.arm(family, n)
        replies = session(server)
        take_signals(server)
        self.assertIsNone(server.process.poll(), f"{family} {n}: {server.stderr()}")
        for reply, wanted in zip(replies, expected):
            self.assertTrue(is_excused(reply, wanted), f"{family} {n}: {reply[:500]!r}, not {wanted[:500]!r}")


class StopTest(FaultTest):
    def test_a_stop_ends_and_the_next_server_starts(self):
        for kind in SERVERS:
            server = self.server(kind)
            for family in ("allocation", "file", "descriptor"):
                for n in sample(self.stop_with_fault(server, family, 0), EVERY):
                    self.stop_with_fault(server, family, n)

    def stop_with_fault(self, server, family, n):
        server.start()
        self.assert_serves(server, f"{family} {n}")
        server.arm(family, n)
        server.process.send_signal(signal.SIGTERM)
        if server.wait() != 0:
            self.assert_refused(server, f"{family} {n}")
        return server.disarm()[0]


if __name__ == "__main__":
    unittest.main()
