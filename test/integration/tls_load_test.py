"""pelikan_load over TLS: against servers of ours, with certificates that are good and that are not."""

import json
import tempfile
import unittest

from harness import BIN, HOST, Server, run
from tls_files import TlsFiles

NOT_THERE = 5


class TlsLoadTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = TlsFiles()
        cls.addClassCleanup(cls.files.close)
        cls.server = cls.enterClassContext(Server("segcache", seg_memory="64MiB", **cls.files.options()))
        cls.port = cls.server.ports["tls_port"]

    def load(self, port, status=0, **options):
        """Runs it; returns its JSON and summary, or, when it is to fail, what it says on stderr."""
        options = {"servers": f"{HOST}:{port}", "tls": "yes", "tls_ca": self.files["ca.pem"], "requests": 2000, "keys": 100,
                   "connections": 8, "assert": "errors=0", **options}
        with tempfile.NamedTemporaryFile(suffix=".json") as file:
            result = run(BIN / "pelikan_load", "--json", file.name,
                         *(word for name, value in options.items() for word in (f"--{name}", value)))
            self.assertEqual(result.returncode, status, result.stdout + result.stderr)
            return (json.load(file), result.stdout) if status == 0 else result.stderr

    def test_handshakes_are_counted_and_timed(self):
        before = self.server.metrics()["tls_handshakes"]
        report, summary = self.load(self.port, prefill="all", verify="yes")
        self.assertEqual(report["counts"]["hits"], report["verbs"]["get"]["count"])
        handshakes = report["handshakes"]
        self.assertEqual(handshakes["times"]["count"], 8)
        self.assertGreater(handshakes["times"]["p50"], 0)
        self.assertEqual(handshakes["failed"], 0)
        # As many for the prefill, and those of the conversations beside the load.
        self.assertGreaterEqual(self.server.metrics()["tls_handshakes"] - before, 16)
        self.assertRegex(summary, r"\nhandshakes +8 ")
        self.assertIn("TLS: 8 handshakes", summary)

    def test_connections_that_come_and_go_resume_their_sessions(self):
        resumed = [self.load(self.port, reconnect_every=50, tls_resume=resume)[0]["handshakes"]["resumed"]
                   for resume in ("yes", "no")]
        self.assertGreater(resumed[0], 10)
        self.assertEqual(resumed[1], 0)

    def test_idle_connections_shake_hands_too(self):
        report, _ = self.load(self.port, idle_connections=20, requests=0, duration="1s")
        self.assertEqual(report["handshakes"]["times"]["count"], 28)
        self.assertEqual(report["series"][-1]["connections"], 28)

    def test_other_protocols(self):
        for name, protocol in (("rds", "resp2"), ("rds", "resp3"), ("pingserver", "ping"), ("segcache", "memcache_binary"),
                               ("segcache", "memcache_meta")):
            memory = {} if name == "pingserver" else {"seg_memory": "64MiB"}
            with Server(name, **memory, **self.files.options()) as server:
                report, _ = self.load(server.ports["tls_port"], protocol=protocol, tls_min_version="1.3", rate="2k")
                self.assertEqual(report["counts"]["done"], 2000)

    def test_a_certificate_of_ones_own(self):
        with Server("segcache", seg_memory="64MiB", **self.files.options(tls_verify="required")) as server:
            server.expected_log = "TLS handshake"
            port = server.ports["tls_port"]
            self.load(port, tls_cert=self.files["client.pem"], tls_key=self.files["client.key"])
            self.assertIn("TLS fails: ", self.load(port, NOT_THERE))
            self.assertIn("TLS fails: ", self.load(port, NOT_THERE, tls_cert=self.files["stranger.pem"],
                                                   tls_key=self.files["stranger.key"]))

    def test_a_server_that_is_not_who_it_should_be(self):
        self.server.expected_log = "TLS handshake"
        self.assertIn("certificate verify failed", self.load(self.port, NOT_THERE, tls_ca=self.files["other_ca.pem"]))
        self.assertIn("certificate verify failed", self.load(self.port, NOT_THERE, tls_sni="elsewhere.example"))
        self.load(self.port, tls_sni="localhost")
        self.load(self.port, tls_ca=self.files["other_ca.pem"], tls_verify="no")

    def test_a_port_without_tls(self):
        self.assertIn(f"{HOST}:{self.server.port}: TLS fails: ", self.load(self.server.port, NOT_THERE))

    def test_files_that_are_none(self):
        for option in ("tls_ca", "tls_cert"):
            self.assertIn(option, self.load(self.port, 78, **{option: "/nonexistent.pem"}))


if __name__ == "__main__":
    unittest.main()
