"""A server that is stopped and started again over its pool keeps its cache; one that was killed starts empty.

PELIKAN_RESTART_MEMORY: seg_memory of the pool that is filled (default 32MiB). PELIKAN_RESTART_ROUNDS: how often a
server is stopped, and how often killed, under load (default 2 each)."""

import os
import pathlib
import random
import socket
import tempfile
import threading
import time
import unittest
import zlib

from harness import HOST, POOL_LOG, Connection, Server, run, wait_for
from memory_test import read_until_end

MEMORY = os.environ.get("PELIKAN_RESTART_MEMORY") or "32MiB"
ROUNDS = int(os.environ.get("PELIKAN_RESTART_ROUNDS") or 2)
CHUNK = 1000
DIRTY_LOG = POOL_LOG + r"|warn .*pool \S+: not closed cleanly"


def mebibytes(text):
    return int(text[:-3]) * (1024 if text.endswith("GiB") else 1)


def value_of(number):
    """From 10 to 1,000 bytes that no other number has; one in 5,000 takes several segments."""
    size = 200_000 if number % 5000 == 77 else 10 + number * 7919 % 990
    seed = b"%d:%d;" % (number, zlib.crc32(b"%d" % number))
    return (seed * (size // len(seed) + 1))[:size]


def connect_admin(server):
    return Connection(socket.create_connection((HOST, server.ports["admin_port"])))


class PoolTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(dir="/dev/shm", prefix="pelikan-")))

    def server(self, name="segcache", expected_log=POOL_LOG, **options):
        server = Server(name, pool_path=self.folder / "pool", worker_threads=2, **{"seg_memory": "32MiB", **options})
        server.expected_log = expected_log
        return server

    def restart(self, server):
        """Stops and starts it; how many seconds the start took."""
        server.stop()
        start = time.monotonic()
        server.start()
        return time.monotonic() - start


class RestartTest(PoolTest):
    def fill(self, client, count):
        for first in range(0, count, CHUNK):
            numbers = range(first, min(first + CHUNK, count))
            client.send(b"".join(b"set key:%d %d %d %d\r\n%b\r\n"
                                 % (i, i % 7, self.ttl(i), len(value_of(i)), value_of(i)) for i in numbers))
            for _ in numbers:
                self.assertEqual(client.read_line(), b"STORED")

    @staticmethod
    def ttl(number):
        return (0, 3600, 1)[number % 3] if number % 100 < 3 else 0

    def check(self, client, count):
        """Every item is as it was written, but for those of a second: they are gone."""
        for first in range(0, count, 100):
            numbers = range(first, min(first + 100, count))
            client.send(b"get " + b" ".join(b"key:%d" % i for i in numbers) + b"\r\n")
            reply = read_until_end(client)
            expected = b"".join(b"VALUE key:%d %d %d\r\n%b\r\n" % (i, i % 7, len(value_of(i)), value_of(i))
                                for i in numbers if self.ttl(i) != 1)
            self.assertEqual(reply, expected, f"items from {first} on")

    def test_everything_is_back_after_a_restart(self):
        # Of an item's memory a fifth is its table and the room that open segments have left.
        count = mebibytes(MEMORY) * (1 << 20) * 7 // 10 // 650
        with self.server(seg_memory=MEMORY, seg_item_mean=512) as server:
            with server.connect() as client:
                self.fill(client, count)
            written = time.monotonic()
            before = server.metrics()
            took = self.restart(server)
            after = server.metrics()
            self.assertEqual(after["seg_attach_item"], before["seg_item_live"])
            self.assertEqual(after["seg_attach_lost"], 0)
            wait_for(lambda: time.monotonic() > written + 1.2, "items of a second to die")
            with server.connect() as client:
                self.check(client, count)
            after = server.metrics()
            self.assertEqual(after["seg_item_corrupt"], 0)
            self.assertEqual(after["seg_evict_item"] + before["seg_evict_item"], 0)
            self.assertEqual(int(server.stats()["curr_items"]), after["seg_item_live"])
            print(f"{count} items in {MEMORY} readable, ready {took * 1000:.0f} ms after the start")

    def test_a_second_restart_finds_what_nobody_read(self):
        with self.server() as server:
            with server.connect() as client:
                self.fill(client, 3000)
            for _ in range(3):
                self.restart(server)
            with server.connect() as client:
                self.check_lasting(client, 3000)

    def check_lasting(self, client, count):
        for number in range(0, count):
            if self.ttl(number) == 1:
                continue
            client.send(b"get key:%d\r\n" % number)
            self.assertIn(value_of(number), read_until_end(client))

    def test_the_admin_ports_shutdown_keeps_the_pool(self):
        with self.server() as server:
            with server.connect() as client:
                client.send(b"set k 3 0 5\r\nvalue\r\n")
                self.assertEqual(client.read_line(), b"STORED")
            with connect_admin(server) as admin:
                admin.send(b"shutdown\r\n")
                self.assertEqual(server.wait(), 0)
            server.start()
            with server.connect() as client:
                client.send(b"gets k\r\n")
                self.assertTrue(client.read_line().startswith(b"VALUE k 3 5 "))
                self.assertEqual(client.read_line(), b"value")

    def test_a_start_that_fails_loses_nothing(self):
        with self.server() as server:
            with server.connect() as client:
                self.fill(client, 500)
            server.stop()
            failed = run(*server.command(), "--auth_file", self.folder / "missing")
            self.assertNotEqual(failed.returncode, 0, failed.stderr)
            server.start()
            with server.connect() as client:
                self.check_lasting(client, 500)

    def test_rds_keeps_values_and_their_time_to_live(self):
        with self.server("rds") as server:
            with server.connect() as client:
                for i in range(2000):
                    client.send(b"SET key:%d value:%d%b\r\n" % (i, i, b" PX 3600500" if i % 2 else b""))
                    self.assertEqual(client.read_line(), b"+OK")
                client.send(b"SET short x PX 1\r\nMSET a 1 b 2\r\n")
                self.assertEqual([client.read_line(), client.read_line()], [b"+OK", b"+OK"])
            self.restart(server)
            with server.connect() as client:
                for i in range(2000):
                    client.send(b"PTTL key:%d\r\nGET key:%d\r\n" % (i, i))
                    left = int(client.read_line()[1:])
                    self.assertTrue(3_000_000 < left <= 3_600_500 if i % 2 else left == -1, left)
                    client.read_line()
                    self.assertEqual(client.read_line(), b"value:%d" % i)
                client.send(b"GET short\r\nINCRBY a 4\r\nDBSIZE\r\n")
                self.assertEqual(client.read_line(), b"$-1")
                self.assertEqual(client.read_line(), b":5")
                self.assertIn(client.read_line(), (b":2002", b":2003"))  # short, until somebody finds it


class Writer(threading.Thread):
    """Sets keys of its own to growing numbers until the server goes; knows what was answered for and what was not."""

    def __init__(self, server, name, numbers):
        super().__init__()
        self.client = server.connect()
        self.name_, self.numbers = name, numbers
        self.random = random.Random(name)
        self.stored, self.sent = {}, {}

    def run(self):
        try:
            for number in self.numbers:
                key = f"{self.name_}:{self.random.randrange(200)}"
                self.sent[key] = number
                self.client.send(b"set %b 0 0 %d\r\n%b\r\n" % (key.encode(), len(b"%d" % number), b"%d" % number))
                assert self.client.read_line() == b"STORED"
                self.stored[key] = number
        except (OSError, AssertionError):
            pass  # the server has gone
        self.client.raw.close()


class UnderLoadTest(PoolTest):
    def write_until(self, server, end):
        """What four writers were told is stored, and what they sent last, when end() has ended the server."""
        writers = [Writer(server, f"w{i}", iter(range(1, 1 << 30))) for i in range(4)]
        for writer in writers:
            writer.start()
        wait_for(lambda: all(len(writer.stored) > 50 for writer in writers), "some writes")
        end()
        for writer in writers:
            writer.join()
        stored, sent = {}, {}
        for writer in writers:
            stored.update(writer.stored)
            sent.update(writer.sent)
        return stored, sent

    def get(self, client, key):
        client.send(b"get %b\r\n" % key.encode())
        lines = read_until_end(client).split(b"\r\n")
        return int(lines[1]) if len(lines) > 2 else None

    def test_a_stop_under_load_keeps_what_was_answered_for(self):
        with self.server() as server:
            for _ in range(ROUNDS):
                stored, sent = self.write_until(server, server.stop)
                server.start()
                with server.connect() as client:
                    for key, number in stored.items():
                        found = self.get(client, key)
                        self.assertTrue(found is not None and number <= found <= sent[key], (key, number, found))

    def test_a_killed_server_starts_empty(self):
        with self.server(expected_log=DIRTY_LOG) as server:
            for _ in range(ROUNDS):
                stored, _ = self.write_until(server, server.kill)
                server.start()
                wait_for(lambda: "not closed cleanly" in server.stderr(), "a line about the pool")
                with server.connect() as client:
                    for key in stored:
                        self.assertIsNone(self.get(client, key))


if __name__ == "__main__":
    unittest.main()
