"""What hostile_test.py and hostile_connections_test.py share: servers, and tests that are made for each protocol and transport."""

import functools
import os
import resource
import unittest

from harness import SANITIZED, Server
from speakers import PROTOCOLS, TRANSPORTS, Speaker

LONG = bool(os.environ.get("PELIKAN_HOSTILE_LONG"))  # `make soak`: the full numbers
PROGRAMS = ("segcache", "rds", "pingserver")
OPTIONS = {"segcache": {"seg_memory": "64MiB"}, "rds": {"seg_memory": "64MiB", "resp_gather_max": "4MiB"}, "pingserver": {}}


def make_server(program, **options):
    server = Server(program, **{"worker_threads": 2, "max_connections": 4096, **OPTIONS[program], **options})
    server.options["server_unix_path"] = server.path / "socket"
    return server


def speakers(servers, only=None):
    for protocol in PROTOCOLS:
        for transport in TRANSPORTS if protocol.port == "server_port" else ("tcp",):
            if only is None or only(protocol):
                yield Speaker(protocol, transport, servers[protocol.program])


def stores(protocol):
    return protocol.store(b"k", b"v") is not None


def for_each(only=None):
    """Makes one test of a method: for every protocol over every transport, behind which a fresh client is served."""
    def decorate(check):
        def test(self):
            for speaker in speakers(self.servers, only):
                with self.subTest(str(speaker)):
                    check(self, speaker)
                    speaker.is_served()
        return functools.wraps(check)(test)
    return decorate


class HostileTest(unittest.TestCase):
    """Servers that all tests of a class share, each of which must serve on behind every test."""

    OPTIONS = {}

    @classmethod
    def setUpClass(cls):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 30_000), hard))
        cls.addClassCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        cls.servers = {program: cls.enterClassContext(make_server(program, **cls.OPTIONS)) for program in PROGRAMS}

    def check_growth(self, server, before_kib, most_kib, what):
        if not SANITIZED:  # whose memory is not ours
            self.assertLessEqual(server.status_kib("VmRSS") - before_kib, most_kib, f"KiB for {what}")
