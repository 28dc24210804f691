"""Dumps of all keys and watchers, by tools and under load (docs/how-to/look-inside.md)."""

import collections
import itertools
import socket
import unittest
import urllib.parse

from harness import BIN, HOST, TIME_FACTOR, Connection, Server, run, wait_for

PHP_KEYS = """
$client = new Memcached();
$client->setOption(Memcached::OPT_BINARY_PROTOCOL, false);
$client->addServer($argv[1], (int)$argv[2]);
$keys = $client->getAllKeys();
if ($keys === false) { fwrite(STDERR, $client->getResultMessage()); exit(1); }
echo implode("\n", $keys), "\n";
"""
VALUE = b"v" * 100


def store(connection, keys):
    """Sets all keys, which must succeed."""
    for some in chunks(keys):
        connection.send(b"".join(b"set %b 0 0 %d\r\n%b\r\n" % (key.encode(), len(VALUE), VALUE) for key in some))
        replies = connection.read(len(b"STORED\r\n") * len(some))
        assert replies == b"STORED\r\n" * len(some), replies[:200]


def present(connection, keys):
    """Those of the keys that are found."""
    found = set()
    for some in chunks(keys):
        connection.send(b"".join(b"mg %b\r\n" % key.encode() for key in some))
        found.update(key for key in some if connection.read_line() == b"HD")
    return found


def chunks(keys, size=500):
    keys = iter(keys)
    return iter(lambda: list(itertools.islice(keys, size)), [])


def connect_with_small_window(server):
    """A connection that holds little of what was sent to it and is not read: the server is to notice."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)  # has to be told before it connects
    raw.settimeout(10 * TIME_FACTOR)
    raw.connect((HOST, server.port))
    return Connection(raw)


def metadump(server, between):
    """The keys that `lru_crawler metadump all` tells, in its order; between() runs after every piece that was read."""
    with connect_with_small_window(server) as connection:
        connection.send(b"lru_crawler metadump all\r\n")
        while not connection.buffer.endswith(b"END\r\n"):
            assert connection.more(), "closed within a dump"
            between()
        lines = connection.buffer.decode().removeprefix("OK\r\n").removesuffix("END\r\n").splitlines()
    return [urllib.parse.unquote(line.split(" ")[0].removeprefix("key=")) for line in lines]


def ends(connection):
    """Whether the server closed it, behind whatever there is to read."""
    try:
        connection.read_to_end()
    except ConnectionResetError:
        pass
    return True


class ToolsTest(unittest.TestCase):
    KEYS = {f"tool:key:{i}" for i in range(2000)}

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(seg_memory="64MiB", worker_threads=2))
        with cls.server.connect() as connection:
            store(connection, cls.KEYS)

    def check(self, result):
        self.assertEqual(result.returncode, 0, result.stderr)
        keys = result.stdout.split()
        self.assertEqual(len(keys), len(self.KEYS))
        self.assertEqual(set(keys), self.KEYS)

    def test_memcdump_lists_all_keys(self):
        self.check(run("memcdump", f"--servers={self.server.address}"))

    def test_php_lists_all_keys(self):
        self.check(run("php", "-r", PHP_KEYS, HOST, self.server.port))


class LoadTest(unittest.TestCase):
    def test_a_dump_during_evictions_tells_what_stays_exactly_once(self):
        fresh = (f"fresh:{i}" for i in range(40_000))
        old = [f"old:{i}" for i in range(160_000)]
        with Server(seg_memory="16MiB", worker_threads=2) as server, server.connect() as writer:
            store(writer, old)
            before, evictions = present(writer, old), int(server.stats()["evictions"])
            self.assertGreater(evictions, 0)
            rounds = 0

            def write_more():
                nonlocal rounds
                store(writer, itertools.islice(fresh, 100))
                rounds += 1

            told = metadump(server, write_more)
            self.assertGreater(rounds, 10)
            self.assertGreater(int(server.stats()["evictions"]), evictions)
            steady = before & present(writer, old)
        self.assertTrue(10_000 < len(steady) < len(before), f"{len(before)} keys, {len(steady)} stayed")
        times = collections.Counter(told)
        wrong = {key: times[key] for key in steady if times[key] != 1}
        self.assertEqual(wrong, {})

    def test_a_watcher_that_never_reads_harms_nobody(self):
        with Server(seg_memory="16MiB", worker_threads=2, write_timeout="1s") as server, \
                connect_with_small_window(server) as watcher:
            watcher.send(b"watch fetchers mutations evictions connevents deletions\r\n")
            self.assertEqual(watcher.read_line(), b"OK")
            wait_for(lambda: server.stats()["log_watchers"] == "1", "the watcher to be counted")

            def lines_were_left_out():
                load = run(BIN / "pelikan_load", "--servers", server.address, "--requests", 100_000, "--duration", "1h",
                           "--keys", 200_000, "--mix", "get:60 set:30 delete:10", "--pipeline", 16,
                           "--assert", "errors=0")
                self.assertEqual(load.returncode, 0, load.stdout + load.stderr)
                return int(server.stats()["log_watcher_skipped"]) > 0

            wait_for(lines_were_left_out, "lines to be left out")
            wait_for(lambda: server.stats()["log_watchers"] == "0", "write_timeout to close the watcher")
            self.assertTrue(ends(watcher))


if __name__ == "__main__":
    unittest.main()
