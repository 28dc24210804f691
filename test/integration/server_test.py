"""What every server has, shown on pelikan_pingserver: command line and configuration, start and stop, signals,
the admin ports."""

import ctypes
import http.client
import json
import os
import pathlib
import pwd
import resource
import signal
import socket
import subprocess
import tempfile
import unittest

from harness import BIN, HOST, ROOT, ROOT_LOG, TIME_FACTOR, Connection, Server, run, wait_for

PING = BIN / "pelikan_pingserver"
USAGE, SYSTEM, CONFIG = 64, 71, 78  # sysexits
ANY_PORTS = ("--server_port", 0, "--admin_port", 0, "--admin_http_port", 0)


def connect(port):
    return Connection(socket.create_connection((HOST, port), timeout=10 * TIME_FACTOR))


def http_get(port, path, method="GET", **headers):
    client = http.client.HTTPConnection(HOST, port, timeout=10 * TIME_FACTOR)
    try:
        client.request(method, path, headers=headers)
        reply = client.getresponse()
        return reply.status, reply.read().decode(), dict(reply.getheaders())
    finally:
        client.close()


def stats(port, which=""):
    with connect(port) as admin:
        admin.send(f"stats {which}".rstrip().encode() + b"\r\n")
        lines = iter(lambda: admin.read_line().decode(), "END")
        return dict(line.split(" ", 2)[1:] for line in lines)


class CommandLineTest(unittest.TestCase):
    def refused(self, status, *arguments, **options):
        """Runs the server, which must not start; returns what it says on stderr."""
        result = run(PING, *arguments, **options)
        self.assertEqual(result.returncode, status, result.stderr)
        self.assertEqual(result.stdout, "")
        return result.stderr

    def told(self, *arguments):
        result = run(PING, *arguments)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout

    def config(self, text):
        file = tempfile.NamedTemporaryFile("w", suffix=".conf")
        self.addCleanup(file.close)
        file.write(text)
        file.flush()
        return file.name

    def test_help_tells_what_it_is_and_its_flags(self):
        text = self.told("-h")
        self.assertIn("answers PING with PONG", text)
        for flag in ("-h", "-v", "-c", "-s", "-t"):
            self.assertIn(flag, text)

    def test_version_is_one_line(self):
        self.assertRegex(self.told("-v"), r"^pelikan_pingserver \d+\.\d+\.\d+\n$")

    def test_options_are_listed_with_this_servers_defaults(self):
        rows = {line.split()[0]: line for line in self.told("-c").splitlines() if line and line[0] != " "}
        self.assertIn("12321", rows["server_port"])
        for name in ("server_host", "worker_threads", "admin_port", "pid_file", "debug_log_file"):
            self.assertIn(name, rows)

    def test_every_metric_a_server_has_is_listed(self):
        listed = {line.split()[0] for line in self.told("-s").splitlines() if line and line[0] != " "}
        with Server("pingserver") as server:
            variables = json.loads(http_get(server.ports["admin_http_port"], "/vars.json")[1])
        self.assertEqual(set(variables) - listed, set())

    def test_usage_errors(self):
        self.assertIn("--server_prot", self.refused(USAGE, "--server_prot", "1"))
        self.assertIn("--server_port", self.refused(USAGE, "--server_prot", "1"))  # the nearest name
        self.assertIn("needs a value", self.refused(USAGE, "--server_port"))
        self.assertIn("two config files", self.refused(USAGE, "a.conf", "b.conf"))

    def test_all_configuration_errors_come_in_one_go(self):
        path = self.config("worker_threads: 0\nno_such_key: 1\n")
        text = self.refused(CONFIG, path, "--server_port", "70000")
        self.assertIn(f"{path}:1: worker_threads: '0'", text)
        self.assertIn(f"{path}:2: unknown option 'no_such_key'", text)
        self.assertIn("server_port: '70000'", text)

    def test_a_missing_config_file_is_an_error(self):
        self.assertIn("/nonexistent.conf", self.refused(CONFIG, "/nonexistent.conf"))

    def test_configurations_are_tested_without_starting(self):
        self.told("-t", ROOT / "config/pingserver.conf")
        self.told("-t", self.config("server_port: 1\n"))
        self.refused(CONFIG, "-t", self.config("server_port: x\n"))

    def test_a_port_in_use_is_named(self):
        with socket.create_server((HOST, 0)) as other:
            port = other.getsockname()[1]
            for option in ("server_port", "admin_port", "admin_http_port"):
                text = self.refused(SYSTEM, *ANY_PORTS, f"--{option}", port)
                self.assertIn(f"{HOST}:{port}", text)
                self.assertIn("Address already in use", text)

    def test_listening_to_other_machines_must_be_allowed(self):
        for key in ("server_host", "admin_host"):
            text = self.refused(CONFIG, *ANY_PORTS, f"--{key}", "0.0.0.0")
            self.assertIn(key, text)
            self.assertIn("allow_unauthenticated", text)
        self.refused(CONFIG, *ANY_PORTS, "--server_host", "127.0.0.1,0.0.0.0")
        self.told("-t", "--server_host", "0.0.0.0", "--admin_host", "0.0.0.0", "--allow_unauthenticated", "yes")

    @unittest.skipUnless(os.geteuid() == 0, "root alone is told")
    def test_root_lets_other_machines_in_as_another_user_only(self):
        words = (*ANY_PORTS, "--allow_unauthenticated", "yes")
        for key in ("server_host", "admin_host"):
            text = self.refused(CONFIG, *words, f"--{key}", "0.0.0.0")
            self.assertIn(f"{key} 0.0.0.0 lets other machines in: root has to name the user", text)
        self.told("-t", *words, "--server_host", "0.0.0.0")  # who tests a configuration does not serve with it

    @unittest.skipUnless(os.geteuid() == 0, "root alone is told")
    def test_on_loopback_root_is_warned_once(self):
        with Server("pingserver") as server:
            line = wait_for(server.stderr, "the warning")
            self.assertRegex(line, rf"\A{ROOT_LOG}`user` names whom to become instead\n\Z")

    def test_too_many_connections_for_the_file_limit_are_refused(self):
        def few_files():
            cap_sys_resource, pr_capbset_drop = 24, 24  # root may raise the limit, unless it cannot
            ctypes.CDLL(None).prctl(pr_capbset_drop, cap_sys_resource, 0, 0, 0)
            resource.setrlimit(resource.RLIMIT_NOFILE, (500, 500))

        text = self.refused(SYSTEM, *ANY_PORTS, "--max_connections", 1000, preexec_fn=few_files)
        self.assertIn("max_connections", text)

    def test_a_pid_file_in_use_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "pid"
            with Server("pingserver", pid_file=path) as server:
                self.assertEqual(path.read_text(), f"{server.process.pid}\n")
                self.assertIn(str(path), self.refused(SYSTEM, *ANY_PORTS, "--pid_file", path))
            self.assertFalse(path.exists())

    def test_a_daemon_is_there_when_its_starter_is_gone(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder)
            words = [*ANY_PORTS, "--daemonize", "yes", "--pid_file", path / "pid", "--ports_file", path / "ports"]
            self.assertIn("ready", self.told(*words))
            daemon = int((path / "pid").read_text())
            ports = dict(line.split(": ") for line in (path / "ports").read_text().splitlines())
            with connect(int(ports["server_port"])) as client:
                client.expect(b"PING\r\n", b"PONG\r\n")
            self.assertIn("a running process holds it", self.refused(SYSTEM, *words))
            os.kill(daemon, signal.SIGTERM)
            wait_for(lambda: not (path / "pid").exists(), "the daemon to end")

    @unittest.skipUnless(os.geteuid() == 0, "only root becomes somebody else")
    def test_root_takes_its_ports_and_serves_as_another_user(self):
        nobody = pwd.getpwnam("nobody")
        server = Server("pingserver", user="nobody", server_host="127.0.0.9", server_port=self.root_port("127.0.0.9"))
        server.path.chmod(0o777)  # its ports file stands there
        with server:
            for task in pathlib.Path(f"/proc/{server.process.pid}/task").iterdir():
                status = (task / "status").read_text()
                for key, number in (("Uid", nobody.pw_uid), ("Gid", nobody.pw_gid)):
                    self.assertRegex(status, rf"\n{key}:(\s+{number}){{4}}\n")
                self.assertRegex(status, rf"\nGroups:\s+{nobody.pw_gid}\s*\n")
                self.assertRegex(status, r"\nCapEff:\s+0+\n")
                self.assertRegex(status, r"\nNoNewPrivs:\s+1\n")
            raw = socket.create_connection(("127.0.0.9", server.port), timeout=10 * TIME_FACTOR)
            with Connection(raw) as client:
                client.expect(b"PING\r\n", b"PONG\r\n")

    @staticmethod
    def root_port(host):
        """A free port that root alone may take."""
        for port in range(1023, 512, -1):
            with socket.socket() as taken:
                try:
                    taken.bind((host, port))
                    return port
                except OSError:
                    continue
        raise AssertionError("no port below 1024 is free")


class ServingTest(unittest.TestCase):
    def test_the_ready_line_tells_where_it_listens(self):
        with Server("pingserver", worker_threads=2) as server:
            line = wait_for(lambda: (server.path / "stdout").read_text(), "the ready line")
            self.assertEqual(line.count("\n"), 1)
            self.assertRegex(line, r"^pelikan_pingserver \d+\.\d+\.\d+ ready: ")
            facts = dict(word.split("=", 1) for word in line.split(": ", 1)[1].split())
            self.assertEqual(facts["server"], f"{HOST}:{server.port}")
            self.assertEqual(facts["admin_port"], f"{HOST}:{server.ports['admin_port']}")
            self.assertEqual(facts["admin_http_port"], f"{HOST}:{server.ports['admin_http_port']}")
            self.assertEqual(facts["workers"], "2")

    def test_pings_are_answered_split_anywhere_and_pipelined(self):
        with Server("pingserver") as server, server.connect() as client:
            for split in range(1, 6):
                client.send(b"PING\r\n"[:split])
                client.expect(b"PING\r\n"[split:], b"PONG\r\n")
            client.expect(b"PING\r\n" * 10000, b"PONG\r\n" * 10000)

    def test_anything_else_closes_after_the_replies_due(self):
        with Server("pingserver") as server, server.connect() as client:
            client.send(b"PING\r\nPING\r\nGET / HTTP/1.1\r\n")
            self.assertEqual(client.read_to_end(), b"PONG\r\nPONG\r\n")

    def test_tcp_and_unix_sockets_serve_together(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "socket"
            with Server("pingserver", server_unix_path=path) as server:
                for client in (server.connect(), server.connect_unix(path)):
                    with client:
                        client.expect(b"PING\r\n", b"PONG\r\n")

    def test_admin_ports_may_be_off(self):
        with Server("pingserver", admin_port=-1, admin_http_port=-1) as server:
            self.assertEqual(list(server.ports), ["server_port"])


class SignalTest(unittest.TestCase):
    def test_term_and_int_end_it_with_status_0(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with Server("pingserver") as server, server.connect() as client:
                client.expect(b"PING\r\n", b"PONG\r\n")
                server.process.send_signal(number)
                self.assertEqual(server.wait(), 0)
                self.assertEqual(client.read_to_end(), b"")

    def test_while_it_drains_it_is_alive_but_not_ready_and_a_second_term_ends_it(self):
        with Server("pingserver", shutdown_timeout="10m") as server:
            http_port = server.ports["admin_http_port"]
            self.assertEqual(http_get(http_port, "/readyz")[0], 200)
            with server.connect() as deaf:
                self.fill(deaf.raw, b"PING\r\n" * 1000)
                server.process.send_signal(signal.SIGTERM)
                wait_for(lambda: http_get(http_port, "/readyz")[0] == 503, "draining")
                self.assertEqual(http_get(http_port, "/healthz")[0], 200)
                with self.assertRaises(ConnectionRefusedError):
                    server.connect()
                self.assertIsNone(server.process.poll())
                server.process.send_signal(signal.SIGTERM)
                self.assertEqual(server.wait(), 0)

    def test_a_deaf_client_holds_the_end_no_longer_than_shutdown_timeout(self):
        with Server("pingserver", shutdown_timeout="100ms") as server, server.connect() as deaf:
            self.fill(deaf.raw, b"PING\r\n" * 1000)
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual(server.wait(), 0)

    @staticmethod
    def fill(raw, data):
        """Sends until the server takes no more, because its replies are not read."""
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.settimeout(0.5 * TIME_FACTOR)
        try:
            while True:
                raw.sendall(data)
        except TimeoutError:
            pass

    def test_hup_opens_the_log_anew(self):
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder) / "log"
            with Server("pingserver", debug_log_file=log) as server:
                wait_for(lambda: "ready" in log.read_text(), "the first log")
                log.rename(log.with_suffix(".1"))
                server.process.send_signal(signal.SIGHUP)
                wait_for(log.exists, "the new log")
            self.assertIn("stop", log.read_text())
            self.assertNotIn("stop", log.with_suffix(".1").read_text())

    def test_usr1_writes_every_metric_to_the_log(self):
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder) / "log"
            with Server("pingserver", debug_log_file=log) as server:
                names = stats(server.ports["admin_port"])
                server.process.send_signal(signal.SIGUSR1)
                for name in names:
                    wait_for(lambda name=name: f" {name} " in log.read_text(), f"{name} in the log")


class AdminTextTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server("pingserver"))
        cls.port = cls.server.ports["admin_port"]

    def test_stats_count_what_was_served(self):
        before = int(stats(self.port)["ping_request"])
        with self.server.connect() as client:
            client.expect(b"PING\r\n" * 3, b"PONG\r\n" * 3)
            wait_for(lambda: int(stats(self.port)["ping_request"]) == before + 3, "three more")
        self.assertEqual(int(stats(self.port)["process_pid"]), self.server.process.pid)

    def test_settings_are_the_options(self):
        settings = stats(self.port, "settings")
        self.assertEqual(settings["admin_port"], "0")
        self.assertEqual(settings["server_host"], HOST)

    def test_connections_are_listed(self):
        with self.server.connect() as client:
            client.expect(b"PING\r\n", b"PONG\r\n")
            address, port = client.raw.getsockname()
            self.assertIn(f"tcp:{address}:{port}", stats(self.port, "conns").values())

    def test_reset_begins_the_count_anew(self):
        with self.server.connect() as client:
            client.expect(b"PING\r\n", b"PONG\r\n")
        with connect(self.port) as admin:
            admin.expect(b"stats reset\r\n", b"RESET\r\n")
        self.assertEqual(stats(self.port)["ping_request"], "0")

    def test_other_commands(self):
        with connect(self.port) as admin:
            admin.send(b"version\r\n")
            self.assertRegex(admin.read_line(), rb"^VERSION \d+\.\d+\.\d+$")
            admin.expect(b"verbosity 2\r\n", b"OK\r\n")
            admin.expect(b"verbosity 0\n", b"OK\r\n")
            for line in (b"verbosity\r\n", b"verbosity x\r\n", b"stats nonsense\r\n", b"nonsense\r\n", b"\r\n",
                         b"set a 0 0 1\r\n"):
                admin.expect(line, b"ERROR\r\n")
            admin.send(b"quit\r\n")
            self.assertEqual(admin.read_to_end(), b"")

    def test_requests_split_anywhere_and_pipelined(self):
        request = b"version\r\n"
        with connect(self.port) as admin:
            admin.send(request)
            reply = admin.read_line() + b"\r\n"
            for split in range(1, len(request)):
                admin.send(request[:split])
                admin.expect(request[split:], reply)
            admin.expect(request * 2000, reply * 2000)

    def test_an_endless_line_is_closed(self):
        with connect(self.port) as admin:
            admin.send(b"a" * 1024)
            self.assertEqual(admin.read_to_end(), b"")

    def test_clients_that_do_not_read_disturb_nobody(self):
        deaf = [connect(self.port) for _ in range(3)]
        try:
            for client in deaf:
                SignalTest.fill(client.raw, b"stats\r\n" * 1000)
            with connect(self.port) as admin:
                admin.send(b"version\r\n")
                self.assertTrue(admin.read_line())
            self.assertEqual(http_get(self.server.ports["admin_http_port"], "/healthz")[0], 200)
        finally:
            for client in deaf:
                client.close()

    def test_connections_above_the_limit_are_told(self):
        self.wait_to_be_alone()
        crowd = [connect(self.port) for _ in range(64)]
        try:
            for client in crowd:
                client.send(b"version\r\n")
                self.assertTrue(client.read_line().startswith(b"VERSION "))
            with connect(self.port) as one_more:
                self.assertEqual(one_more.read_line(), b"ERROR too many admin connections")
        finally:
            for client in crowd:
                client.close()
        self.wait_to_be_alone()

    def wait_to_be_alone(self):
        variables = self.server.ports["admin_http_port"], "/vars.json"
        wait_for(lambda: json.loads(http_get(*variables)[1])["admin_conn_curr"] == 0, "the others to be gone")

    def test_silent_connections_are_closed(self):
        with Server("pingserver", admin_timeout="100ms") as server, connect(server.ports["admin_port"]) as admin:
            admin.send(b"stat")
            self.assertEqual(admin.read_to_end(), b"")


class AdminHttpTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server("pingserver", admin_allowed_hosts="cache.example, other.example"))
        cls.port = cls.server.ports["admin_http_port"]

    def test_metrics_are_prometheus_text(self):
        status, text, headers = http_get(self.port, "/metrics")
        self.assertEqual(status, 200)
        self.assertTrue(headers["Content-Type"].startswith("text/plain; version=0.0.4"))
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        helped = {line.split()[2] for line in text.splitlines() if line.startswith("# HELP ")}
        typed = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE ")}
        self.assertTrue(helped)
        self.assertEqual(helped, typed)
        self.assertTrue(any("ping_request" in name for name in typed))

    def test_vars_are_json(self):
        status, text, headers = http_get(self.port, "/vars.json")
        self.assertEqual((status, headers["Content-Type"]), (200, "application/json"))
        self.assertEqual(json.loads(text)["process_pid"], self.server.process.pid)

    def test_health_and_readiness(self):
        self.assertEqual(http_get(self.port, "/healthz")[:2], (200, "ok\n"))
        self.assertEqual(http_get(self.port, "/readyz")[:2], (200, "ready\n"))

    def test_other_paths_and_methods_are_refused(self):
        self.assertEqual(http_get(self.port, "/")[0], 404)
        self.assertEqual(http_get(self.port, "/metrics/x")[0], 404)
        self.assertEqual(http_get(self.port, "/metrics", method="POST")[0], 405)

    def test_only_our_hosts_are_served(self):
        for host in ("localhost", f"127.0.0.1:{self.port}", "[::1]", "cache.example", "other.example:80"):
            self.assertEqual(http_get(self.port, "/healthz", Host=host)[0], 200, host)
        self.assertEqual(http_get(self.port, "/healthz", Host="evil.example")[0], 421)


class ExampleTest(unittest.TestCase):
    """The server of docs/how-to/write-a-server.md."""

    def test_it_shouts(self):
        with Server("shoutserver") as server, server.connect() as client:
            client.expect(b"hello, World\nagain\r\n", b"HELLO, WORLD\nAGAIN\r\n")
            self.assertEqual(stats(server.ports["admin_port"])["shout_line"], "2")

    def test_it_hangs_up_on_a_long_line(self):
        with Server("shoutserver", shout_line_max=10) as server, server.connect() as client:
            client.send(b"123456789\n1234567890\n")
            self.assertEqual(client.read_to_end(), b"123456789\n")

    def test_it_keeps_up_with_a_client_that_sends_before_it_reads(self):
        with Server("shoutserver") as server, server.connect() as client:
            lines = b"".join(b"line %d\n" % i for i in range(20000))
            client.expect(lines, lines.upper())


if __name__ == "__main__":
    unittest.main()
