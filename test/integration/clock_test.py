"""Clocks that jump: the wall clock, which somebody sets, and the boot clock, which goes on while a machine is
suspended. test/shim/clock_shim.cc moves them for one server."""

import mmap
import os
import pathlib
import re
import struct
import tempfile
import time
import unittest

from harness import BIN, POOL_LOG, Server, wait_for

SHIM = BIN.parent / "test/clock_shim.so"
DISTANCES = struct.Struct("=2q")  # of the wall clock and the boot clock, in ms
HOUR = 3600
BEHIND = r"warn .*: pool \S+: the wall clock is \d+ ms behind the last stop; expiry times go on from there"


class MovedServer(Server):
    """A server whose clocks the test moves, before start() or while it runs."""

    def __init__(self, name, **options):
        super().__init__(name, worker_threads=2, seg_memory="16MiB", **options)
        path = self.path / "clocks"
        path.write_bytes(bytes(DISTANCES.size))
        with open(path, "r+b") as file:
            self.distances = mmap.mmap(file.fileno(), DISTANCES.size)
        sanitizer = os.environ.get("ASAN_OPTIONS", "")
        self.environment = [f"LD_PRELOAD={SHIM}", f"PELIKAN_CLOCKS={path}",
                            f"ASAN_OPTIONS={sanitizer}:verify_asan_link_order=0"]

    def command(self):
        return ["/usr/bin/env", *self.environment, *super().command()]

    def move(self, wall=0, boot=0):
        """From now on the clocks are so many seconds off."""
        DISTANCES.pack_into(self.distances, 0, wall * 1000, boot * 1000)


class Memcache:
    """memcached's protocol, as far as these tests need it."""

    server = "segcache"

    @staticmethod
    def store(client, key, ttl):
        client.expect(b"set %b 0 %d 5\r\nvalue\r\n" % (key, ttl), b"STORED\r\n")

    @staticmethod
    def store_until(client, key, moment):
        Memcache.store(client, key, moment)  # above 30 days exptime is a point in time

    @staticmethod
    def left(client, key):
        """Seconds until the key expires, -1: never; None: it is gone."""
        client.send(b"mg %b t v\r\n" % key)
        line = client.read_line()
        if line == b"EN":
            return None
        assert client.read_line() == b"value"
        return int(line.split(b" t")[1])


class Resp:
    """The same of the Redis protocol."""

    server = "rds"

    @staticmethod
    def store(client, key, ttl):
        client.expect(b"SET %b value EX %d\r\n" % (key, ttl) if ttl else b"SET %b value\r\n" % key, b"+OK\r\n")

    @staticmethod
    def store_until(client, key, moment):
        client.expect(b"SET %b value EXAT %d\r\n" % (key, moment), b"+OK\r\n")

    @staticmethod
    def left(client, key):
        client.send(b"GET %b\r\nTTL %b\r\n" % (key, key))
        if client.read_line() == b"$-1":
            return client.read_line() and None
        assert client.read_line() == b"value"
        return int(client.read_line()[1:])


class JumpingClocks:
    """The tests, for each protocol."""

    protocol = None

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(dir="/dev/shm", prefix="pelikan-")))

    def start(self, **options):
        server = self.enterContext(MovedServer(self.protocol.server, **options))
        return server, self.enterContext(server.connect())

    def assert_left(self, client, key, most):
        """As much as `most` seconds are left, or less because the machine is slow; but not an hour more or less."""
        left = self.protocol.left(client, key)
        self.assertIsNotNone(left, key)
        self.assertTrue(most - HOUR / 2 < left <= most, f"{key}: {left} s left, expected {most}")

    def test_a_jump_of_the_wall_clock_changes_no_time_to_live(self):
        server, client = self.start()
        self.protocol.store(client, b"relative", 100)
        self.protocol.store_until(client, b"absolute", int(time.time()) + 100)
        for distance in (HOUR, -HOUR, 30 * 24 * HOUR):
            server.move(wall=distance)
            self.assert_left(client, b"relative", 100)
            self.assert_left(client, b"absolute", 100)

    def test_an_absolute_time_is_one_of_the_wall_clock_as_it_is_set(self):
        server, client = self.start()
        for distance in (HOUR, -HOUR):
            server.move(wall=distance)
            moment = int(time.time()) + distance

            def follows(moment=moment):
                self.protocol.store_until(client, b"key", moment + 2 * HOUR)
                return abs((self.protocol.left(client, b"key") or 0) - 2 * HOUR) < HOUR / 2

            wait_for(follows, "the server to see the wall clock")
            self.protocol.store_until(client, b"key", moment - 100)
            self.assertIsNone(self.protocol.left(client, b"key"))

    def test_the_time_that_a_machine_was_suspended_counts(self):
        server, client = self.start()
        self.store_three(client)
        server.move(boot=HOUR, wall=HOUR)
        wait_for(lambda: self.protocol.left(client, b"short") is None, "the end of 100 s")
        self.assert_left(client, b"long", 2 * HOUR)
        self.assertEqual(self.protocol.left(client, b"ever"), -1)
        self.protocol.store(client, b"short", 100)
        self.assert_left(client, b"short", 100)

    def store_three(self, client):
        for key, ttl in ((b"short", 100), (b"long", 3 * HOUR), (b"ever", 0)):
            self.protocol.store(client, key, ttl)

    def restart(self, before, after, expected_log=POOL_LOG):
        """Stores three keys in a pool, stops, moves the clocks and starts again."""
        server = MovedServer(self.protocol.server, pool_path=self.folder / "pool")
        server.expected_log = expected_log
        server.move(**before)
        self.enterContext(server)
        with server.connect() as client:
            self.store_three(client)
        server.stop()
        server.move(**after)
        server.start()
        client = self.enterContext(server.connect())
        self.assertEqual(self.protocol.left(client, b"ever"), -1)
        return server, client

    def test_within_a_boot_the_wall_clock_does_not_count(self):
        _, client = self.restart({}, {"wall": -HOUR})
        self.assert_left(client, b"short", 100)
        self.assert_left(client, b"long", 3 * HOUR)

    def test_in_another_boot_the_wall_clock_tells_what_has_passed(self):
        _, client = self.restart({"boot": 9 * HOUR}, {"wall": HOUR})
        self.assertIsNone(self.protocol.left(client, b"short"))
        self.assert_left(client, b"long", 2 * HOUR)

    def test_a_wall_clock_set_back_meanwhile_lets_no_time_pass_and_is_warned_of(self):
        server, client = self.restart({"boot": 9 * HOUR}, {"wall": -HOUR}, expected_log=f"{POOL_LOG}|{BEHIND}")
        self.assert_left(client, b"short", 100)
        self.assert_left(client, b"long", 3 * HOUR)
        wait_for(lambda: re.search(BEHIND, server.stderr()), "the warning")


class MemcacheClockTest(JumpingClocks, unittest.TestCase):
    protocol = Memcache


class RespClockTest(JumpingClocks, unittest.TestCase):
    protocol = Resp


if __name__ == "__main__":
    unittest.main()
