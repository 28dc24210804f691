"""pelikan_segcache under the name `memcached`: its flags, exit codes and files, and Debian's way to start it."""

import os
import pathlib
import pwd
import re
import signal
import socket
import subprocess
import tempfile
import unittest

from harness import BIN, HOST, SANITIZED, TIME_FACTOR, Connection, run, wait_for
from tls_files import TlsFiles

WRAPPER = pathlib.Path("/usr/share/memcached/scripts/systemd-memcached-wrapper")
DEFAULT_CONFIG = pathlib.Path("/usr/share/memcached/memcached.conf.default")
USER = pwd.getpwuid(os.geteuid()).pw_name
IS_ROOT = os.geteuid() == 0


def connect(port, host=HOST):
    return Connection(socket.create_connection((host, port), timeout=10 * TIME_FACTOR))


def settings(connection):
    connection.send(b"stats settings\r\n")
    return dict(line.split(" ", 2)[1:] for line in iter(lambda: connection.read_line().decode(), "END"))


class Memcached:
    """A running `memcached`, on any free port unless `flags` say otherwise; stopped at the end of the block."""

    def __init__(self, folder, *flags, user=USER, command=None):
        self.folder = folder
        self.command = command or [folder / "memcached", "-u", user, "-p", "-1", *flags]
        self.ports_file = folder / "ports"

    def __enter__(self):
        self.ports_file.unlink(missing_ok=True)
        with open(self.folder / "stderr", "wb") as log:
            self.process = subprocess.Popen([str(word) for word in self.command], stdin=subprocess.DEVNULL,
                                            stdout=subprocess.DEVNULL, stderr=log,
                                            env={**os.environ, "MEMCACHED_PORT_FILENAME": str(self.ports_file)})
        wait_for(lambda: self.ports_file.exists() or self.process.poll() is not None, "memcached to listen", timeout=30)
        if self.process.poll() is not None:
            raise AssertionError(f"ended with {self.process.returncode}: {self.stderr()}")
        lines = self.ports_file.read_text().splitlines()
        self.ports = [int(re.fullmatch(r"TCP INET6?: (\d+)", line)[1]) for line in lines]
        self.families = [line.split(":")[0] for line in lines]
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(20 * TIME_FACTOR)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        assert status == 0, f"exit status {status}: {self.stderr()}"

    def stderr(self):
        return (self.folder / "stderr").read_text()


class MemcachedNameTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="pelikan-test-")))
        self.folder.chmod(0o777)  # also another user writes here
        self.program = self.folder / "memcached"
        self.program.symlink_to(BIN / "pelikan_segcache")

    def test_tls_as_memcached_has_it(self):
        files = TlsFiles()
        self.addCleanup(files.close)
        words = f"ssl_chain_cert={files['server.pem']},ssl_key={files['server.key']},ssl_verify_mode=2," \
                f"ssl_ca_cert={files['ca.pem']}"
        with Memcached(self.folder, "-Z", "-l", f"notls:{HOST},{HOST}", "-o", words) as server:
            plain, tls = server.ports
            with connect(plain) as client:
                client.expect(b"set key 0 0 5\r\nvalue\r\n", b"STORED\r\n")
            with files.connect_to(tls, "client") as client:
                client.expect(b"get key\r\n", b"VALUE key 0 5\r\nvalue\r\nEND\r\n")
                told = settings(client)
                client.send(b"stats\r\n")
                stats = dict(line.split(" ", 2)[1:] for line in iter(lambda: client.read_line().decode(), "END"))
                client.expect(b"refresh_certs\r\n", b"ERROR\r\n")
        expected = {"ssl_enabled": "yes", "ssl_chain_cert": str(files["server.pem"]), "ssl_key": str(files["server.key"]),
                    "ssl_ca_cert": str(files["ca.pem"]), "ssl_verify_mode": "3", "ssl_min_version": "tlsv1.2"}
        self.assertEqual({name: told[name] for name in expected}, expected)
        self.assertEqual(stats["ssl_handshake_errors"], "0")
        self.assertIn("time_since_server_cert_refresh", stats)

    def refused(self, status, *flags):
        result = run(self.program, *flags)
        self.assertEqual((result.returncode, result.stdout), (status, ""), result.stderr)
        self.assertRegex(result.stderr, r"\Amemcached: [^\n]+\n\Z")
        return result.stderr

    def test_flags_arrive_as_settings(self):
        with Memcached(self.folder, "-m", 128, "-c", 100, "-t2", "-l", HOST, "-MF", "--max-item-size=2m",
                       "-o", "idle_timeout=77,modern") as server:
            with connect(server.ports[0]) as client:
                ours = settings(client)
                self.assertEqual({name: ours[name] for name in ("maxbytes", "maxconns", "num_threads", "evictions",
                                                                "item_size_max", "idle_timeout")},
                                 {"maxbytes": str(128 << 20), "maxconns": "100", "num_threads": "2",
                                  "evictions": "off", "item_size_max": str(2 << 20), "idle_timeout": "77"})
                client.expect(b"flush_all\r\n", b"CLIENT_ERROR flush_all not allowed\r\n")
                client.expect(b"set k 0 0 1500000\r\n" + b"x" * 1500000 + b"\r\n", b"STORED\r\n")
            self.assertEqual(server.stderr(), "memcached: these change nothing here: -o modern\n")

    def test_addresses_with_ports_of_their_own(self):
        with socket.create_server((HOST, 0)) as other:
            port = other.getsockname()[1]
        with Memcached(self.folder, "-l", f"notls:{HOST}:{port},127.0.0.2") as server:
            self.assertEqual((server.families, server.ports[0]), (["TCP INET", "TCP INET"], port))
            for host, taken in zip((HOST, "127.0.0.2"), server.ports):
                with connect(taken, host) as client:
                    client.expect(b"mn\r\n", b"MN\r\n")

    def test_without_addresses_it_lets_in_this_machine_alone(self):
        with Memcached(self.folder) as server:
            self.assertEqual(server.families[0], "TCP INET")
            with connect(server.ports[0]) as client:
                client.expect(b"mn\r\n", b"MN\r\n")
            with self.assertRaises(ConnectionRefusedError):
                connect(server.ports[0], "127.0.0.3")
            self.assertEqual(server.stderr(),
                             "memcached: lets in this machine alone; -l 0.0.0.0 lets others in as well\n")

    def test_an_address_that_is_named_lets_other_machines_in_with_one_warning(self):
        with Memcached(self.folder, "-l", "0.0.0.0", user="nobody" if IS_ROOT else USER) as server:
            with connect(server.ports[0], "127.0.0.3") as client:
                client.expect(b"mn\r\n", b"MN\r\n")
            self.assertEqual(server.stderr(), "memcached: -l 0.0.0.0 lets other machines in, and nobody has to say "
                                              "who they are (-Y)\n")

    def test_a_unix_socket_takes_the_place_of_tcp(self):
        path = self.folder / "socket"
        with Memcached(self.folder, "-s", path, "-a", "0600") as server:
            self.assertEqual(server.ports, [])
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)
            raw = socket.socket(socket.AF_UNIX)
            raw.connect(str(path))
            with Connection(raw) as client:
                client.expect(b"mn\r\n", b"MN\r\n")

    def test_wrong_values_end_it_with_memcacheds_status(self):
        for status, *flags in ((1, "-c", "0"), (1, "-c", "-1"), (1, "-t", "0"), (64, "-B", "http"), (64, "-m", "junk"),
                               (64, "-I", "1000"), (71, "-l", "256.1.1.1"), (64, "-U", "11211"), (1, "-o", "nonsense")):
            self.refused(status, "-u", USER, "-p", "-1", *flags)
        if IS_ROOT:
            self.assertIn("-u", self.refused(64, "-p", "-1"))
            self.assertIn("no_such_user", self.refused(67, "-p", "-1", "-u", "no_such_user"))

    def test_a_port_in_use_is_a_system_error(self):
        with socket.create_server((HOST, 0)) as other:
            self.refused(71, "-u", USER, "-l", HOST, "-p", other.getsockname()[1])

    def test_help_version_and_license(self):
        self.assertIn("-p, --port=<num>", run(self.program, "-h").stdout)
        self.assertRegex(run(self.program, "-V").stdout, r"\Amemcached 1\.6\.\d+-pelikan-\d+\.\d+\.\d+\n\Z")
        self.assertIn("Apache", run(self.program, "-i").stdout)

    def test_a_daemon_has_a_pid_file(self):
        path = self.folder / "pid"
        with socket.create_server((HOST, 0)) as other:
            port = other.getsockname()[1]
        result = run(self.program, "-d", "-u", USER, "-P", path, "-l", HOST, "-p", port)
        self.assertEqual(result.returncode, 0, result.stderr)
        daemon = int(path.read_text())
        try:
            with connect(port) as client:
                client.expect(b"mn\r\n", b"MN\r\n")
        finally:
            os.kill(daemon, signal.SIGTERM)
        wait_for(lambda: not path.exists(), "the daemon to end")

    def test_our_options_stand_beside_its_flags(self):
        with Memcached(self.folder, "-m", 128, "--worker_threads=3", "--seg_memory", "72MiB") as server:
            with connect(server.ports[0]) as client:
                ours = settings(client)
                self.assertEqual((ours["maxbytes"], ours["num_threads"]), (str(72 << 20), "3"))

    @unittest.skipUnless(IS_ROOT and WRAPPER.exists(), "Debian's wrapper, which only root may use")
    def test_debians_wrapper_starts_it_with_every_line_of_the_default_config(self):
        """Its default file with the lines that are commented out as well, and free ports."""
        wrapper, config = self.folder / "wrapper", self.folder / "memcached.conf"
        wrapper.write_text(WRAPPER.read_text().replace("/usr/bin/memcached", str(self.program)))
        lines = [re.sub(r"^# (-(v|vv|c \d+|k|M|r))$", r"\1", line) for line in DEFAULT_CONFIG.read_text().splitlines()]
        flags = [line for line in lines if line.startswith("-")]
        self.assertGreaterEqual({flag.split()[0] for flag in flags},
                                {"-d", "-v", "-vv", "-m", "-p", "-u", "-l", "-c", "-k", "-M", "-r", "-P"})
        pid_file = self.folder / "pid"
        text = "\n".join(lines).replace("-p 11211", "-p -1").replace("/var/run/memcached/memcached.pid", str(pid_file))
        config.write_text(text + "\n")
        with Memcached(self.folder, command=["/usr/bin/perl", wrapper, config]) as server:
            self.assertEqual(int(pid_file.read_text()), server.process.pid)
            status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
            self.assertRegex(status, rf"\nUid:(\s+{pwd.getpwnam('memcache').pw_uid}){{4}}\n")
            if not SANITIZED:  # there mlockall() does nothing
                locked = not re.search(r"\nVmLck:\s+0 kB\n", status)
                self.assertNotEqual(locked, "memory is not locked" in server.stderr())
            with connect(server.ports[0]) as client:
                ours = settings(client)
                self.assertEqual((ours["maxbytes"], ours["maxconns"], ours["evictions"]),
                                 (str(64 << 20), "1024", "off"))


class InstallTest(unittest.TestCase):
    def test_what_is_installed_has_memcacheds_name_as_well(self):
        with tempfile.TemporaryDirectory(prefix="pelikan-test-") as prefix:
            result = run("cmake", "--install", BIN.parent, "--prefix", prefix)
            self.assertEqual(result.returncode, 0, result.stderr)
            installed = pathlib.Path(prefix) / "bin"
            self.assertEqual(os.readlink(installed / "memcached"), "pelikan_segcache")
            self.assertTrue(run(installed / "memcached", "-V").stdout.startswith("memcached "))
            self.assertTrue(run(installed / "pelikan_segcache", "-v").stdout.startswith("pelikan_segcache "))


if __name__ == "__main__":
    unittest.main()
