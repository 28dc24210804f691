"""Servers with a pool that are killed at any moment: under load, while they stop, while they start. The next start has
everything or nothing: never an older value, and never a deleted key.

PELIKAN_KILL_ROUNDS says how many rounds; 200 take some minutes."""

import os
import pathlib
import random
import signal
import subprocess
import tempfile
import threading
import time
import unittest

from harness import Server

ROUNDS = int(os.environ.get("PELIKAN_KILL_ROUNDS") or 9)
KEYS = 2000
BATCH = 20
DELETED = 0  # as a version


class Load(threading.Thread):
    """Sets and deletes random keys, versions ever rising, until its server is gone. `held` is what was answered for;
    `asked` what a key may have become meanwhile."""

    def __init__(self, server, held, first_version, seed):
        super().__init__()
        self.connection = server.connect()
        self.held = dict(held)
        self.asked = {}
        self.version = first_version
        self.random = random.Random(seed)

    def run(self):
        try:
            while True:
                self.one_batch()
        except (OSError, AssertionError):  # the server is gone, or closed in the middle of a reply
            self.connection.close()

    def one_batch(self):
        requests, changes = [], []
        for _ in range(BATCH):
            key = self.random.randrange(KEYS)
            if self.random.random() < 0.2:
                requests.append(b"delete key%d\r\n" % key)
                changes.append((key, DELETED))
                continue
            self.version += 1
            value = value_of(key, self.version)
            requests.append(b"set key%d 0 0 %d\r\n%s\r\n" % (key, len(value), value))
            changes.append((key, self.version))
        for key, version in changes:
            self.asked.setdefault(key, set()).add(version)
        self.connection.send(b"".join(requests))
        for key, version in changes:
            self.connection.read_line()
            self.held[key] = version
        self.asked.clear()


def value_of(key, version):
    return b"%d of %d " % (version, key) + b"x" * (version % 300)


def content(server):
    """The version of every key that is there. Fails when a value is not one that was ever written."""
    found = {}
    with server.connect() as connection:
        for key in range(KEYS):
            connection.send(b"get key%d\r\n" % key)
            header = connection.read_line()
            if header == b"END":
                continue
            value = connection.read(int(header.split()[3]))
            assert connection.read(7) == b"\r\nEND\r\n"
            version = int(value.split()[0])
            assert value == value_of(key, version), f"key{key} is {value!r}"
            found[key] = version
    return found


class KillTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="pelikan-pool-", dir="/dev/shm")
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "pool"
        self.random = random.Random(6)

    def server(self):
        server = Server(pool_path=self.path, seg_memory="16MiB", shutdown_timeout="10ms")
        server.expected_log = ": pool "
        return server

    def pause(self, longest_ms):
        """The moment of the kill is any: nothing that is asserted depends on it."""
        time.sleep(self.random.uniform(0, longest_ms) / 1000)

    def kill_under_load(self, server):
        self.pause(150)
        server.kill()

    def kill_while_it_stops(self, server):
        self.pause(50)
        server.process.send_signal(signal.SIGTERM)
        self.pause(40)
        server.kill()

    def kill_while_the_next_starts(self, server):
        self.pause(50)
        server.process.send_signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0, server.stderr())
        next_server = self.server()
        self.addCleanup(next_server.folder.cleanup)
        with subprocess.Popen(next_server.command(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as next_one:
            self.pause(40)
            next_one.kill()

    def one_round(self, held, first_version, kill):
        """Returns the load, and what the server after the killed one holds."""
        with self.server() as server:
            self.assertEqual(content(server), held)
            load = Load(server, held, first_version, self.random.random())
            load.start()
            kill(server)
            load.join()
        with self.server() as server:
            return load, content(server)

    def check(self, load, found):
        if not found:
            return
        for key in range(KEYS):
            allowed = {load.held.get(key, DELETED)} | load.asked.get(key, set())
            self.assertIn(found.get(key, DELETED), allowed, f"key{key}")

    def test_after_any_kill_there_is_everything_or_nothing(self):
        kills = (self.kill_under_load, self.kill_while_it_stops, self.kill_while_the_next_starts)
        held, version, with_content = {}, 1, 0
        for number in range(ROUNDS):
            load, held = self.one_round(held, version, kills[number % len(kills)])
            self.check(load, held)
            version = load.version
            with_content += bool(held)
        print(f"{ROUNDS} kills, {with_content} of them left the content of a clean stop")


if __name__ == "__main__":
    unittest.main()
