"""The golden tables of test/service over TCP, unix sockets and TLS, each group of cases against a server with the
options it names: whole, cut and pipelined. golden_client.cc is the client. What the tables say of RESP is asked of Debian's redis-server, too."""

import concurrent.futures
import contextlib
import functools
import itertools
import shutil
import subprocess
import unittest

import harness
import peers
from tls_files import TlsFiles

CLIENT = harness.BIN.parent / "test/golden_client"
# Protocols, the programs that speak them, and how many groups and conversations there are at least.
PLAYED = (("memcache", "segcache", 6, 20_000), ("resp2", "rds", 2, 5_000), ("resp3", "rds", 2, 5_000))
MOST_GROUPS = 40  # of a protocol
FILES = TlsFiles()
AT_ONCE = 4  # groups: most of the time somebody waits for somebody to be woken


def read_options(stream):
    """The lines up to the empty one, by name; None when the stream ends before it."""
    options = {}
    for line in stream:
        if line == "\n":
            return options
        name, _, text = line.rstrip("\n").partition(" ")
        options[name] = text
    return None


@contextlib.contextmanager
def ours(name, options):
    """A server's port, socket and TLS port."""
    server = harness.Server(name, seg_memory="64MiB", worker_threads=1, **FILES.options(), **options)
    server.options["server_unix_path"] = server.path / "socket"
    server.expected_log = "."  # the cases say a lot that is wrong, and set the log's level
    with server:
        yield server.port, server.path / "socket", server.ports["tls_port"]


def play(protocol, number, transport, server, *words):
    """Plays a group over "tcp", "unix" or "tls"; returns how many conversations there were, or None when there is no such group."""
    client = subprocess.Popen([CLIENT, protocol, str(number), transport, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True, errors="backslashreplace")
    with client:
        options = read_options(client.stdout)
        if options is None:
            return None
        with server(options) as (port, path, *tls_port):
            output, _ = client.communicate(f"{port} {path} {tls_port[0] if tls_port else 0}\n", timeout=600 * harness.TIME_FACTOR)
    assert client.returncode == 0, f"{protocol}, group {number} over {transport}:\n{output[:5000]}"
    return int(output.splitlines()[-1].split()[0])


def play_all(protocol, server, *words, transports=("tcp", "unix")):
    """The conversations of each group over each transport."""
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        plays = [pool.submit(play, protocol, number, transport, server, *words)
                 for number, transport in itertools.product(range(MOST_GROUPS), transports)]
        counts = [future.result() for future in plays]
    assert counts[-1] is None, f"{protocol} has more groups than {MOST_GROUPS}"
    return [count for count in counts if count is not None]


def tearDownModule():
    FILES.close()


class Golden(unittest.TestCase):
    def test_every_case_is_answered_alike_over_every_transport_however_it_is_cut(self):
        transports = ("tcp", "unix", "tls")
        for protocol, name, groups, least in PLAYED:
            conversations = play_all(protocol, functools.partial(ours, name), transports=transports)
            print(f"golden: {protocol}: {sum(conversations)} conversations in {len(conversations)} runs")
            self.assertGreaterEqual(len(conversations), len(transports) * groups, protocol)
            self.assertGreaterEqual(sum(conversations), least, protocol)

    @unittest.skipUnless(shutil.which("redis-server"), "Debian's redis-server")
    def test_what_the_tables_say_of_resp_is_what_redis_says(self):
        for protocol in ("resp2", "resp3"):
            self.assertGreater(sum(play_all(protocol, peers.redis, "peer")), 500, protocol)


if __name__ == "__main__":
    unittest.main()
