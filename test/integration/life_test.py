"""pelikan_segcache from start to end: what it says, what it refuses to start with, and what signals do."""

import json
import pathlib
import re
import signal
import socket
import tempfile
import unittest
import urllib.request

from harness import BIN, HOST, ROOT, TIME_FACTOR, Connection, Server, run, wait_for

SEGCACHE = BIN / "pelikan_segcache"


class AnswersTest(unittest.TestCase):
    """Switches that are answered without serving."""

    def answer(self, *arguments):
        result = run(SEGCACHE, *arguments)
        self.assertEqual((result.stderr, result.returncode), ("", 0))
        return result.stdout

    def test_help_and_version(self):
        self.assertIn("Usage: pelikan_segcache [OPTIONS] [config file]", self.answer("-h"))
        self.assertEqual(self.answer("--help"), self.answer("-h"))
        self.assertRegex(self.answer("-v"), r"^pelikan_segcache \d+\.\d+\.\d+")

    def test_options_and_metrics_are_listed(self):
        options = self.answer("-c")
        for name in ("server_port", "worker_threads", "max_connections", "seg_memory", "debug_log_file"):
            self.assertRegex(options, rf"(?m)^{name}\b")
        metrics = self.answer("-s")
        for name in ("server_total_connections", "seg_evict"):
            self.assertIn(name, metrics)

    def test_a_config_is_tested_without_serving(self):
        self.answer("-t", ROOT / "config/segcache.conf")


class RefusedStartTest(unittest.TestCase):
    def setUp(self):
        self.config = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "bad.conf"

    def test_every_error_of_a_config_is_told_with_its_line(self):
        self.config.write_text("# comment\nseg_memory: lots\nworker_thread: 2\nserver_port: 70000\nserver_port: 0\n"
                               " max_connections: 5\n")
        for arguments in ((self.config,), ("-t", self.config)):
            result = run(SEGCACHE, *arguments)
            self.assertEqual(result.returncode, 78)
            for line, words in ((2, "seg_memory"), (3, "worker_threads"), (4, "70000"), (5, "server_port"), (6, "")):
                self.assertRegex(result.stderr, rf"bad\.conf:{line}: .*{words}")

    def test_a_missing_config_is_told(self):
        result = run(SEGCACHE, self.config)
        self.assertEqual(result.returncode, 78)
        self.assertIn("bad.conf", result.stderr)

    def test_an_unknown_switch_is_a_usage_error(self):
        result = run(SEGCACHE, "--seg_memry", "1GiB")
        self.assertEqual(result.returncode, 64)
        self.assertIn("seg_memory", result.stderr)

    def test_a_port_in_use_is_named(self):
        with socket.create_server((HOST, 0)) as taken:
            port = taken.getsockname()[1]
            for name in ("server_port", "admin_port", "admin_http_port"):
                with self.subTest(option=name):
                    result = run(*Server(seg_memory="16MiB", **{name: port}).command())
                    self.assertEqual(result.returncode, 71)
                    self.assertIn(str(port), result.stderr)

    def test_a_budget_that_does_not_fit_is_refused(self):
        result = run(*Server(seg_memory="1TiB").command())
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("memory", result.stderr)

    def test_an_address_that_others_reach_has_to_be_allowed(self):
        result = run(*Server(seg_memory="16MiB", server_host="0.0.0.0").command())
        self.assertEqual(result.returncode, 78)
        self.assertIn("allow_unauthenticated", result.stderr)


class SignalsTest(unittest.TestCase):
    def server(self, **options):
        return self.enterContext(Server(seg_memory="64MiB", **options))

    def test_it_says_where_it_listens_and_keeps_a_pid_file(self):
        server = Server(seg_memory="64MiB")
        server.options["pid_file"] = server.path / "pid"
        with server:
            ready = wait_for((server.path / "stdout").read_text, "the line that says it is ready")
            self.assertRegex(ready, rf"^pelikan_segcache \S+ ready: .*server={re.escape(server.address)}")
            self.assertEqual(int((server.path / "pid").read_text()), server.process.pid)
            server.stop()
            self.assertFalse((server.path / "pid").exists())

    def test_sigint_ends_it_as_sigterm_does(self):
        server = self.server()
        server.process.send_signal(signal.SIGINT)
        self.assertEqual(server.wait(), 0)

    def test_sigterm_with_idle_clients_ends_at_once(self):
        server = self.server(shutdown_timeout="1h")
        idle = [server.connect() for _ in range(10)]
        idle[0].expect(b"get nothing\r\n", b"END\r\n")
        server.stop()
        for connection in idle:
            self.assertEqual(connection.read_to_end(), b"")
            connection.close()

    def test_sigterm_lets_a_client_take_its_replies(self):
        server = self.server()
        with server.connect() as client:
            value = b"v" * 100_000
            client.expect(b"set key 0 0 100000\r\n" + value + b"\r\n", b"STORED\r\n")
            client.send(b"get key\r\n" * 100)  # ten megabytes of replies, more than any socket buffer takes
            first = client.read(1)
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual(first + client.read_to_end(), (b"VALUE key 0 100000\r\n" + value + b"\r\nEND\r\n") * 100)
        self.assertEqual(server.wait(), 0)

    def test_sighup_opens_the_log_anew(self):
        server = Server(seg_memory="64MiB")
        log = server.path / "server.log"
        server.options["debug_log_file"] = log
        with server:
            wait_for(log.exists, "the log")
            log.rename(server.path / "server.log.1")
            server.process.send_signal(signal.SIGHUP)
            wait_for(log.exists, "a new log under the old name")
            with server.connect() as client:
                client.expect(b"get x\r\n", b"END\r\n")

    def test_two_servers_run_side_by_side(self):
        one, other = self.server(), self.server()
        with one.connect() as client:
            client.expect(b"set key 0 0 1\r\nx\r\n", b"STORED\r\n")
        with other.connect() as client:
            client.expect(b"get key\r\n", b"END\r\n")


class AdminTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(seg_memory="64MiB"))

    def fetch(self, path):
        url = f"http://{HOST}:{self.server.ports['admin_http_port']}{path}"
        with urllib.request.urlopen(url, timeout=10 * TIME_FACTOR) as reply:
            return reply.status, reply.read().decode()

    def test_http_pages(self):
        self.assertEqual(self.fetch("/healthz")[0], 200)
        self.assertEqual(self.fetch("/readyz")[0], 200)
        with self.server.connect() as client:
            client.expect(b"get missing\r\n", b"END\r\n")
        status, text = self.fetch("/metrics")
        self.assertEqual(status, 200)
        self.assertIn("# TYPE ", text)
        self.assertIn("# HELP ", text)
        self.assertGreater(len(json.loads(self.fetch("/vars.json")[1])), 20)

    def test_the_text_port_answers_stats_and_version(self):
        address = (HOST, self.server.ports["admin_port"])
        with Connection(socket.create_connection(address, timeout=10 * TIME_FACTOR)) as admin:
            admin.send(b"version\r\n")
            self.assertRegex(admin.read_line(), rb"^VERSION \d")
            admin.send(b"stats\r\nquit\r\n")
            lines = admin.read_to_end().decode().splitlines()
        self.assertEqual(lines[-1], "END")
        self.assertIn("curr_items", [line.split()[1] for line in lines[:-1]])


if __name__ == "__main__":
    unittest.main()
