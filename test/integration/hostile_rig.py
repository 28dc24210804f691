"""What hostile_test.py and hostile_connections_test.py share: servers, and tests that are made for each protocol and transport."""

import functools
import os
import resource
import unittest

from harness import SANITIZED, Server
from speakers import PROTOCOLS, TRANSPORTS, Speaker
from tls_files import TlsFiles

LONG = bool(os.environ.get("PELIKAN_HOSTILE_LONG"))  # `make soak`: the full numbers
PROGRAMS = ("segcache", "rds", "pingserver")
OPTIONS = {"segcache": {"seg_memory": "64MiB"}, "rds": {"seg_memory": "64MiB", "resp_gather_max": "4MiB"}, "pingserver": {}}


def make_server(program, files, **options):
    """One that speaks over TCP, a unix socket and TLS; with core_dumps its /proc/<pid>/fd is not root's alone."""
    common = {"worker_threads": 2, "max_connections": 4096, "core_dumps": "yes"}
    server = Server(program, **files.options(), **{**common, **OPTIONS[program], **options})
    server.options["server_unix_path"] = server.path / "socket"
    server.expected_log = "TLS handshake with"  # that failed, for a client went away
    return server


def stores(protocol):
    return protocol.store(b"k", b"v") is not None


def for_each(only=None, alone=None):
    """Makes one test of a method: for every protocol over every transport. Servers are those that the class shares, which must
    serve a fresh client behind it; or, when `alone` has their options, one for each."""
    def decorate(check):
        def test(self):
            for protocol in filter(only, PROTOCOLS):
                for transport in TRANSPORTS if protocol.port == "server_port" else ("tcp",):
                    with self.subTest(f"{protocol.name} over {transport}"):
                        self.check_speaker(check, protocol, transport, alone)
        return functools.wraps(check)(test)
    return decorate


class HostileTest(unittest.TestCase):
    """Servers that all tests of a class share."""

    OPTIONS = {}

    @classmethod
    def setUpClass(cls):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 30_000), hard))
        cls.addClassCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        cls.files = TlsFiles()
        cls.addClassCleanup(cls.files.close)
        cls.servers = {program: cls.enterClassContext(make_server(program, cls.files, **cls.OPTIONS)) for program in PROGRAMS}

    def check_speaker(self, check, protocol, transport, alone):
        if alone is None:
            speaker = Speaker(protocol, transport, self.servers[protocol.program], self.files)
            check(self, speaker)
            speaker.is_served()
        else:
            with make_server(protocol.program, self.files, **alone) as server:
                check(self, Speaker(protocol, transport, server, self.files))

    def check_growth(self, server, before_kib, most_kib, what):
        if not SANITIZED:  # whose memory is not ours
            self.assertLessEqual(server.status_kib("VmRSS") - before_kib, most_kib, f"KiB for {what}")
