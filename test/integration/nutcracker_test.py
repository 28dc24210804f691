"""Clients reach three pelikan_segcache through nutcracker (twemproxy), which spreads keys with ketama; one of
the three dies, or hangs, and the service goes on. The configuration is that of docs/how-to/nutcracker.md."""

import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from pymemcache.client.base import Client
from pymemcache.exceptions import MemcacheError

from harness import HOST, POOL_LOG, ROOT, TIME_FACTOR, Server, run, wait_for

PAGE = (ROOT / "docs/how-to/nutcracker.md").read_text()
CONFIGURATION = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL).group(1)
RETRY_S = int(re.search(r"server_retry_timeout: (\d+)", CONFIGURATION).group(1)) / 1000


def free_port():
    with socket.create_server((HOST, 0)) as listener:
        return listener.getsockname()[1]


class Nutcracker:
    """A running nutcracker in front of the given ports; `with Nutcracker(ports) as proxy: proxy.port`.

    Its timeout is the page's times `patience`: where nothing hangs, a busy machine must not look like it."""

    def __init__(self, ports, patience):
        self.folder = tempfile.TemporaryDirectory(prefix="pelikan-nutcracker-")
        self.path = pathlib.Path(self.folder.name)
        self.port, self.stats_port = free_port(), free_port()
        (self.path / "nutcracker.yml").write_text(self.configuration(ports, patience * TIME_FACTOR))

    def configuration(self, ports, patience):
        """The page's, with our ports and more patience."""
        text = CONFIGURATION.replace("22121", str(self.port))
        for documented, port in zip((11211, 11212, 11213), ports):
            text = text.replace(f":{documented}:", f":{port}:")
        return re.sub(r" timeout: (\d+)", lambda m: f" timeout: {int(int(m.group(1)) * patience)}", text)

    def __enter__(self):
        command = ["nutcracker", "-c", self.path / "nutcracker.yml", "-o", self.path / "log", "-a", HOST,
                   "-s", self.stats_port, "-p", self.path / "pid"]
        self.process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        wait_for(self.listens, "nutcracker to listen")
        return self

    def listens(self):
        assert self.process.poll() is None, "nutcracker ended: " + (self.path / "log").read_text()
        with socket.socket() as probe:
            return probe.connect_ex((HOST, self.port)) == 0

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.folder.cleanup()


class Reader(threading.Thread):
    """Asks for all keys again and again as an application does: a request that fails is made once more. A wrong
    value is a failure, so is a second error, and a miss while nothing is being restarted."""

    def __init__(self, port, values):
        super().__init__()
        self.client = Client((HOST, port), timeout=10 * TIME_FACTOR)
        self.values = values
        self.may_miss = False
        self.passes, self.failure, self.stops = 0, None, False

    def run(self):
        while not self.stops and not self.failure:
            for key, value in self.values.items():
                may_miss = self.may_miss
                found = self.get(key)
                if found != value and not (found is None and (may_miss or self.may_miss)):
                    self.failure = f"{key} is {found}"
            self.passes += 1
        self.client.close()

    def get(self, key):
        try:
            return self.client.get(key)
        except (MemcacheError, OSError):
            pass
        try:
            return self.client.get(key)
        except (MemcacheError, OSError) as error:
            self.failure = repr(error)
            return None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stops = True
        self.join()


class NutcrackerTest(unittest.TestCase):
    def setUp(self):
        self.start_servers([Server(seg_memory="64MiB") for _ in range(3)])

    def start_servers(self, servers):
        self.servers = [self.enterContext(server) for server in servers]
        self.start_proxy()

    def start_proxy(self, patience=100):
        self.proxy = self.enterContext(Nutcracker([server.port for server in self.servers], patience))
        self.client = Client((HOST, self.proxy.port), timeout=10 * TIME_FACTOR, default_noreply=False)
        self.addCleanup(self.client.close)

    def fill(self, count):
        values = {f"some:longer:key:{i}": b"%d" % i for i in range(count)}
        for key, value in values.items():
            self.client.set(key, value)
        return values

    def ask_each(self, keys):
        """Gets every key alone; returns how many were hits, misses and errors."""
        hits = misses = errors = 0
        for key in keys:
            try:
                if self.client.get(key) is None:
                    misses += 1
                else:
                    hits += 1
            except (MemcacheError, OSError):
                errors += 1
        return hits, misses, errors

    def test_every_command_passes(self):
        client = self.client
        values = self.fill(300)
        self.assertEqual(client.get_many(list(values)), values)
        items = [int(server.stats()["curr_items"]) for server in self.servers]
        self.assertEqual(sum(items), 300)
        self.assertGreater(min(items), 50, "the keys are spread")
        self.assertIs(client.add("key", b"1"), True)
        self.assertIs(client.replace("key", b"2"), True)
        self.assertIs(client.append("key", b"3"), True)
        self.assertIs(client.prepend("key", b"1"), True)
        self.assertEqual(client.incr("key", 2), 125)
        self.assertEqual(client.decr("key", 5), 120)
        value, token = client.gets("key")
        self.assertEqual(value, b"120")
        self.assertIs(client.cas("key", b"x", token), True)
        self.assertIs(client.cas("key", b"y", token), False)
        self.assertIs(client.touch("key", -1), True)
        self.assertIsNone(client.get("key"))
        self.assertIs(client.delete("key"), False)
        client.set("quiet", b"1", noreply=True)
        client.delete("quiet", noreply=True)
        self.assertIsNone(client.get("quiet"))
        client.set("large", b"x" * 1_000_000)
        self.assertEqual(client.get("large"), b"x" * 1_000_000)

    def test_php_memcached_through_the_proxy(self):
        result = run("php", pathlib.Path(__file__).parent / "php_client.php", HOST, self.proxy.port, "proxy")
        self.assertEqual((result.stderr, result.returncode), ("", 0), result.stdout)

    def test_one_server_dies_and_comes_back_empty(self):
        values = self.fill(300)
        dead = self.servers[0]
        lost = int(dead.stats()["curr_items"])
        start = time.monotonic()
        dead.kill()
        hits, misses, errors = self.ask_each(values)
        # One request meets the failure, and one more at each attempt to reach the server again.
        allowed = 1 + int((time.monotonic() - start) / RETRY_S)
        self.assertLessEqual(errors, allowed)
        self.assertEqual(hits, 300 - lost)
        self.assertEqual(misses + errors, lost)

        self.fill_despite_retries(values)
        self.assertGreater(sum(int(server.stats()["curr_items"]) for server in self.servers[1:]), 300 - lost)

        port = dead.port
        dead.options["server_port"] = port
        dead.start()
        wait_for(lambda: self.reached(dead), "the proxy to use the server again")
        self.assertEqual(self.ask_each(values)[2], 0)

    def test_a_server_that_hangs_costs_one_timeout(self):
        self.start_proxy(patience=5)
        values = self.fill(300)
        hung = self.servers[1]
        hung.process.send_signal(signal.SIGSTOP)
        start = time.monotonic()
        try:
            hits, _, errors = self.ask_each(values)
        finally:
            hung.process.send_signal(signal.SIGCONT)
        allowed = 1 + int((time.monotonic() - start) / RETRY_S)
        self.assertGreaterEqual(errors, 1)
        self.assertLessEqual(errors, allowed)
        self.assertGreater(hits, 100)
        wait_for(lambda: self.ask_each(values)[2] == 0, "the service to be whole again")

    def test_a_rolling_restart_with_pools_loses_nothing(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(dir="/dev/shm", prefix="pelikan-")))
        self.start_servers([Server(seg_memory="64MiB", pool_path=folder / str(i)) for i in range(3)])
        values = self.fill(300)
        for server in self.servers:
            server.expected_log = POOL_LOG
            server.options["server_port"] = server.port
        with Reader(self.proxy.port, values) as reader:
            for server in self.servers:
                reader.may_miss = True
                server.stop()
                server.start()
                wait_for(lambda: self.ask_each(values) == (300, 0, 0), "every key to be found again", timeout=30)
                reader.may_miss = False
                passes = reader.passes
                wait_for(lambda: reader.passes > passes + 1 or reader.failure, "the reader to ask for all once more")
        self.assertIsNone(reader.failure)

    def fill_despite_retries(self, values):
        """Cache-aside after the loss: what is missing is set again, on the servers that are left."""
        for key, value in values.items():
            try:
                if self.client.get(key) is None:
                    self.client.set(key, value)
            except (MemcacheError, OSError):
                pass  # the proxy tried the dead server again

    def reached(self, server):
        self.fill_despite_retries({f"some:longer:key:{i}": b"new" for i in range(300)})
        return int(server.stats()["curr_items"]) > 0


if __name__ == "__main__":
    unittest.main()
