"""TLS beside the plain port of every server: versions, certificates of either side, sessions that are resumed, files
that are replaced while it runs, and clients that do not keep to it."""

import resource
import signal
import socket
import ssl
import subprocess
import unittest

import redis

from harness import BIN, HOST, SANITIZED, TIME_FACTOR, Connection, Server, resp_request, run, wait_for
from hostile_rig import LONG
from tls_files import TlsFiles

IDLE = 10_000 if LONG else 200
FIRST = 200  # connections that a server has once had: what it takes for those is not theirs
V12, V13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
FAILURES = r"^\S+ info \S+: TLS handshake with tcp:127\.0\.0\.1:\d+ failed: "
GET = b"get key\r\n"
MISS = b"END\r\n"


def metric(server, name):
    return server.metrics()[name]


class TlsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = TlsFiles()
        cls.addClassCleanup(cls.files.close)

    def server(self, name="segcache", **options):
        if name != "pingserver":
            options.setdefault("seg_memory", "64MiB")
        return Server(name, **self.files.options(**options))


class ServingTest(TlsTest):
    def test_every_server_speaks_both_versions_beside_the_plain_port(self):
        for name, request, reply in (("pingserver", b"PING\r\n", b"PONG\r\n"), ("segcache", GET, MISS),
                                     ("rds", resp_request("PING"), b"+PONG\r\n")):
            with self.server(name) as server, server.connect() as plain:
                for version in (V12, V13):
                    with self.files.connect(server, version=version) as client:
                        self.assertEqual(client.raw.version(), version.name.replace("_", "."))
                        client.expect(request, reply)
                plain.expect(request, reply)
                self.assertEqual(metric(server, "tls_handshakes"), 2)

    def test_what_one_port_has_stored_the_other_has(self):
        with self.server() as server, server.connect() as plain, self.files.connect(server) as client:
            client.expect(b"set key 5 0 5\r\nvalue\r\n", b"STORED\r\n")
            plain.expect(GET, b"VALUE key 5 5\r\nvalue\r\nEND\r\n")
            rows = server.stats("conns")
            ports = sorted(row.rpartition(":")[2] for name, row in rows.items() if name.endswith(":listen_addr"))
            self.assertIn(str(server.ports["tls_port"]), ports)

    def test_pipelines_with_values_of_every_size_are_answered(self):
        with self.server() as server, self.files.connect(server) as client:
            for size in (1, 100, 16_300, 16_384, 16_400, 65_536, 500_000, 1_000_000):
                value = (b"%08d" % size * (size // 8 + 1))[:size]
                reply = b"STORED\r\nVALUE key 0 %d\r\n%b\r\nEND\r\n" % (size, value)
                client.expect(b"set key 0 0 %d\r\n%b\r\n" % (size, value) + GET, reply)

    def test_a_pipeline_is_answered_wherever_it_is_split_into_records(self):
        script = b"set key 0 0 5\r\nvalue\r\nget key\r\nmn\r\n"
        with self.server() as server:
            for version in (V12, V13):
                with self.files.connect(server, version=version) as client:
                    for cut in range(1, len(script)):
                        client.send(script[:cut])
                        client.send(script[cut:])
                        client.expect(b"", b"STORED\r\nVALUE key 0 5\r\nvalue\r\nEND\r\nMN\r\n")

    def test_a_client_that_does_not_read_gets_every_reply_later(self):
        value, count = b"v" * 10_000, 2_000
        with self.server() as server, self.files.connect(server) as client, server.connect() as other:
            client.expect(b"set key 0 0 %d\r\n%b\r\n" % (len(value), value), b"STORED\r\n")
            client.send(GET * count)
            wait_for(lambda: metric(server, "worker_pauses") > 0, "the server to stop reading")
            other.expect(b"get missing\r\n", MISS)
            client.expect(b"", (b"VALUE key 0 %d\r\n%b\r\nEND\r\n" % (len(value), value)) * count)

    def test_replies_come_before_the_goodbye(self):
        with self.server() as server, self.files.connect(server) as client:
            client.send(GET + b"quit\r\n")
            self.assertEqual(client.read_to_end(), MISS)

    def test_a_stopping_server_answers_and_says_goodbye(self):
        with self.server() as server, self.files.connect(server) as client:
            client.expect(GET, MISS)
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual(client.read_to_end(), b"")
            self.assertEqual(server.wait(), 0)

    def test_idle_connections_are_cheap(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 2 * IDLE)), hard))
        with self.server(max_connections=IDLE + FIRST + 10) as server:
            context, clients = self.files.context(), []

            def fill(count):
                for _ in range(count):
                    raw = socket.create_connection((HOST, server.ports["tls_port"]), timeout=10 * TIME_FACTOR)
                    clients.append(context.wrap_socket(raw, server_hostname=HOST))
                wait_for(lambda: metric(server, "worker_curr_connections") == len(clients), "the connections")
                return server.status_kib("VmRSS")
            each = -(fill(FIRST) - fill(IDLE)) / IDLE
            print(f"{each:.1f} KiB for each of {IDLE} idle connections")
            if not SANITIZED:
                self.assertLessEqual(each, 24)
            for client in clients:
                client.close()


class CertificatesOfClientsTest(TlsTest):
    def refused(self, server, name):
        with self.assertRaises((ssl.SSLError, ConnectionError, AssertionError)):
            with self.files.connect(server, name) as client:
                client.expect(GET, MISS)

    def test_a_required_certificate_has_to_be_there_and_good(self):
        with self.server(tls_verify="required") as server:
            server.expected_log = FAILURES
            with self.files.connect(server, "client") as client:
                client.expect(GET, MISS)
            self.refused(server, None)
            self.refused(server, "stranger")
            wait_for(lambda: metric(server, "tls_handshakes_failed") == 2, "the failures to be counted")
            for why in ("peer did not return a certificate", "certificate verify failed"):
                wait_for(lambda: why in server.stderr(), f"the log to say: {why}")

    def test_an_optional_certificate_has_to_be_good(self):
        with self.server(tls_verify="optional") as server:
            server.expected_log = FAILURES
            for name in (None, "client"):
                with self.files.connect(server, name) as client:
                    client.expect(GET, MISS)
            self.refused(server, "stranger")


class SessionsTest(TlsTest):
    def resumed(self, server, version):
        """Whether s_client's second connection resumes the session of the first."""
        file = self.files["session"]
        file.unlink(missing_ok=True)
        said = []
        for option in ("-sess_out", "-sess_in"):
            client = subprocess.run(
                ["openssl", "s_client", "-connect", f"{HOST}:{server.ports['tls_port']}", version, option, file,
                 "-CAfile", self.files["ca.pem"], "-ign_eof"], input=b"get key\r\nquit\r\n", stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, timeout=20 * TIME_FACTOR, check=False)
            said.append(client.stdout.decode(errors="replace"))
        self.assertIn("New, TLSv1", said[0])
        return "Reused, TLSv1" in said[1]

    def test_sessions_are_resumed(self):
        with self.server() as server:
            self.assertTrue(self.resumed(server, "-tls1_2"))
            self.assertTrue(self.resumed(server, "-tls1_3"))
            self.assertEqual(metric(server, "tls_resumed"), 2)

    def test_sessions_are_not_resumed_without_tickets(self):
        with self.server(tls_session_tickets="no") as server:
            self.assertFalse(self.resumed(server, "-tls1_2"))
            self.assertEqual(metric(server, "tls_resumed"), 0)

    def test_renegotiation_is_refused(self):
        with self.server() as server:
            client = subprocess.Popen(
                ["openssl", "s_client", "-connect", f"{HOST}:{server.ports['tls_port']}", "-tls1_2", "-legacy_renegotiation"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            out, _ = client.communicate(b"R\nQ\n", timeout=20 * TIME_FACTOR)
            self.assertIn(b"no renegotiation", out)


class HostileTest(TlsTest):
    def test_who_does_not_speak_tls_is_closed_without_a_word(self):
        with self.server() as server:
            server.expected_log = FAILURES
            for text in (GET, b"GET / HTTP/1.1\r\n\r\n", resp_request("PING"), b"\x80", b"\0"):
                with socket.create_connection((HOST, server.ports["tls_port"]), timeout=10 * TIME_FACTOR) as raw:
                    raw.sendall(text)
                    self.assertEqual(Connection(raw).read_to_end(), b"")
            wait_for(lambda: metric(server, "tls_handshakes_failed") == 5, "the failures to be counted")
            wait_for(lambda: "failed: not TLS" in server.stderr(), "the log to say so")

    def test_silence_and_half_a_hello_are_closed_while_others_are_served(self):
        with self.server(tls_handshake_timeout="300ms") as server:
            server.expected_log = FAILURES
            guests = [socket.create_connection((HOST, server.ports["tls_port"]), timeout=10 * TIME_FACTOR)
                      for _ in range(20)]
            for guest in guests[::2]:
                guest.sendall(b"\x16\x03\x01\x02\x00\x01")
            with self.files.connect(server) as client:
                client.expect(GET, MISS)
            for guest in guests:
                self.assertEqual(guest.recv(100), b"")
                guest.close()
            wait_for(lambda: metric(server, "tls_handshake_timeouts") == 20, "the timeouts to be counted")
            self.assertEqual(metric(server, "tls_handshaking"), 0)

    def test_those_that_shake_hands_count_as_connections_and_make_way(self):
        with self.server(max_connections=8) as server:
            server.expected_log = FAILURES + "|refused a connection"
            silent = [socket.create_connection((HOST, server.ports["tls_port"]), timeout=10 * TIME_FACTOR)
                      for _ in range(5)]
            wait_for(lambda: metric(server, "tls_handshake_timeouts") == 3, "all but a quarter to make way")
            clients = [self.files.connect(server) for _ in range(2)]
            for client in clients:
                client.expect(GET, MISS)
            for client in clients + silent:
                client.close()

    def test_a_changed_record_closes_that_connection_alone(self):
        with self.server() as server, self.files.connect(server) as other:
            context, (ours, theirs) = self.files.context(), (ssl.MemoryBIO(), ssl.MemoryBIO())
            client = context.wrap_bio(ours, theirs, server_hostname=HOST)
            with socket.create_connection((HOST, server.ports["tls_port"]), timeout=10 * TIME_FACTOR) as raw:
                while True:
                    try:
                        client.do_handshake()
                        break
                    except ssl.SSLWantReadError:
                        raw.sendall(theirs.read())
                        ours.write(raw.recv(1 << 16))
                client.write(GET)
                sealed = bytearray(theirs.read())
                sealed[-1] ^= 1
                raw.sendall(sealed)
                while raw.recv(1 << 16):
                    pass
            other.expect(GET, MISS)
            self.assertEqual(metric(server, "worker_close_protocol"), 1)


class FilesTest(TlsTest):
    def refused(self, **options):
        words = [word for name, value in self.files.options(**options).items() for word in (f"--{name}", value)]
        ended = run(BIN / "pelikan_pingserver", "--server_port", 0, "--admin_port", -1, "--admin_http_port", -1, *words)
        self.assertEqual(ended.returncode, 78, ended.stderr)
        return ended.stderr

    def test_files_that_do_not_do_end_the_start_with_a_sentence(self):
        self.assertIn("tls_cert /nonexistent: No such file or directory", self.refused(tls_cert="/nonexistent"))
        self.assertIn("tls_cert is empty", self.refused(tls_cert=""))
        self.assertIn("key values mismatch", self.refused(tls_key=self.files["client.key"]))
        self.assertIn("tls_ca is empty", self.refused(tls_verify="required", tls_ca=""))
        self.assertIn("tls_ciphers NONE: no cipher match", self.refused(tls_ciphers="NONE"))

    def test_a_configuration_is_tested_with_its_files(self):
        options = self.files.options(tls_key=self.files["client.key"])
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        tested = run(BIN / "pelikan_pingserver", "-t", *words)
        self.assertEqual(tested.returncode, 78)
        self.assertIn("key values mismatch", tested.stderr)

    def reloaded(self, server):
        with Connection(socket.create_connection((HOST, server.ports["admin_port"]), timeout=10 * TIME_FACTOR)) as admin:
            admin.send(b"reload\r\n")
            return admin.read_line()

    def test_new_files_are_for_new_handshakes_and_open_connections_stay(self):
        for file in ("pem", "key"):
            self.files[f"live.{file}"].write_bytes(self.files[f"server.{file}"].read_bytes())
        self.files["live.key"].chmod(0o600)
        with self.server("pingserver", tls_cert=self.files["live.pem"], tls_key=self.files["live.key"]) as server:
            server.expected_log = r"TLS certificate and key were read anew|the certificate expires in [23] days|" \
                                  r"TLS goes on with the old certificate: tls_cert .*: no start line"
            clients = [self.files.connect(server) for _ in range(50)]
            old = clients[0].raw.getpeercert()["serialNumber"]
            self.files.make("live", "ca", days=3)
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda: metric(server, "tls_reloads") == 1, "the files to be read")
            with self.files.connect(server) as client:
                self.assertNotEqual(client.raw.getpeercert()["serialNumber"], old)
                fresh = client.raw.getpeercert()
            self.assertEqual(metric(server, "tls_certificate_expires"), ssl.cert_time_to_seconds(fresh["notAfter"]))
            self.assertEqual(self.reloaded(server), b"OK")
            self.files["live.pem"].write_text("garbage")
            self.assertEqual(self.reloaded(server),
                             b"SERVER_ERROR tls_cert %b: no start line" % bytes(self.files["live.pem"]))
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda: metric(server, "tls_reloads_failed") == 2, "the files to be refused")
            with self.files.connect(server) as client:
                self.assertEqual(client.raw.getpeercert()["serialNumber"], fresh["serialNumber"])
            for client in clients:
                client.expect(b"PING\r\n", b"PONG\r\n")
                client.close()


class ClientsTest(TlsTest):
    def test_redis_clients(self):
        with self.server("rds", tls_verify="required") as server:
            port = server.ports["tls_port"]
            client = redis.Redis(HOST, port, ssl=True, ssl_ca_certs=str(self.files["ca.pem"]),
                                 ssl_certfile=str(self.files["client.pem"]), ssl_keyfile=str(self.files["client.key"]))
            self.assertTrue(client.set("key", b"v" * 100_000))
            self.assertEqual(client.get("key"), b"v" * 100_000)
            client.close()
            cli = run("redis-cli", "-h", HOST, "-p", port, "--tls", "--cacert", self.files["ca.pem"],
                      "--cert", self.files["client.pem"], "--key", self.files["client.key"], "strlen", "key")
            self.assertEqual(cli.stdout, "100000\n", cli.stderr)


if __name__ == "__main__":
    unittest.main()
