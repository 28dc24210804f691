"""pymemcache drives pelikan_segcache: one client, a pool of connections, and keys spread over three servers."""

import unittest

from pymemcache.client.base import Client, PooledClient
from pymemcache.client.hash import HashClient
from pymemcache.exceptions import MemcacheClientError

from harness import HOST, TIME_FACTOR, Server, wait_for

MEGABYTE = bytes(range(250)) * 4000  # 1,000,000 bytes, every one of them but the last few


class PymemcacheTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(seg_memory="64MiB", worker_threads=4))

    def setUp(self):
        self.client = Client((HOST, self.server.port), timeout=10 * TIME_FACTOR, default_noreply=False)
        self.addCleanup(self.client.close)
        self.client.flush_all()

    def test_set_get_and_delete(self):
        self.assertIs(self.client.set("key", b"value"), True)
        self.assertEqual(self.client.get("key"), b"value")
        self.assertIs(self.client.delete("key"), True)
        self.assertIs(self.client.delete("key"), False)
        self.assertIsNone(self.client.get("key"))

    def test_an_empty_value_is_a_value(self):
        self.client.set("empty", b"")
        self.assertEqual(self.client.get("empty"), b"")

    def test_flags_come_back(self):
        self.client.set("flagged", b"x", flags=4294967295)
        self.client.serde = type("Flags", (), {"serialize": None, "deserialize": lambda _, key, value, flags: flags})()
        self.assertEqual(self.client.get("flagged"), 4294967295)

    def test_add_replace_append_prepend(self):
        self.assertIs(self.client.replace("key", b"b"), False)
        self.assertIs(self.client.add("key", b"b"), True)
        self.assertIs(self.client.add("key", b"c"), False)
        self.assertIs(self.client.append("key", b"c"), True)
        self.assertIs(self.client.prepend("key", b"a"), True)
        self.assertEqual(self.client.get("key"), b"abc")
        self.assertIs(self.client.append("missing", b"c"), False)

    def test_multi_get_returns_the_hits_alone(self):
        values = {f"key:{i}": b"value %d" % i for i in range(1000)}
        self.assertEqual(self.client.set_many(values), [])
        wanted = list(values) + [f"missing:{i}" for i in range(1000)]
        self.assertEqual(self.client.get_many(wanted), values)

    def test_cas_stores_only_what_was_not_changed_meanwhile(self):
        self.client.set("key", b"old")
        value, token = self.client.gets("key")
        self.assertEqual(value, b"old")
        self.assertIs(self.client.cas("key", b"new", token), True)
        self.assertIs(self.client.cas("key", b"newer", token), False)
        self.assertIsNone(self.client.cas("missing", b"new", token))
        self.assertEqual(self.client.get("key"), b"new")
        self.assertEqual({key: value for key, (value, _) in self.client.gets_many(["key", "missing"]).items()},
                         {"key": b"new"})

    def test_incr_and_decr(self):
        self.assertIsNone(self.client.incr("number", 1))
        self.client.set("number", b"18446744073709551614")
        self.assertEqual(self.client.incr("number", 1), 18446744073709551615)
        self.assertEqual(self.client.incr("number", 1), 0)
        self.assertEqual(self.client.incr("number", 10), 10)
        self.assertEqual(self.client.decr("number", 11), 0)
        self.client.set("text", b"abc")
        with self.assertRaises(MemcacheClientError):
            self.client.incr("text", 1)

    def test_an_item_expires(self):
        self.client.set("dead", b"x", expire=-1)
        self.assertIsNone(self.client.get("dead"))
        self.client.set("short", b"x", expire=2)
        self.client.set("long", b"x", expire=1000)
        self.client.set("touched", b"x", expire=2)
        self.assertEqual(self.client.get("short"), b"x")
        self.assertIs(self.client.touch("touched", 1000), True)
        self.assertIs(self.client.touch("missing", 1000), False)
        wait_for(lambda: self.client.get("short") is None, "the item to expire")
        self.assertEqual(self.client.get_many(["short", "long", "touched"]), {"long": b"x", "touched": b"x"})

    def test_a_value_of_a_megabyte(self):
        for i in range(10):
            self.assertIs(self.client.set(f"large:{i}", MEGABYTE[i:] + MEGABYTE[:i]), True)
        for i in range(10):
            self.assertEqual(self.client.get(f"large:{i}"), MEGABYTE[i:] + MEGABYTE[:i])

    def test_noreply_changes_as_well(self):
        self.client.set("key", b"1", noreply=True)
        self.client.incr("key", 1, noreply=True)
        self.client.add("other", b"2", noreply=True)
        self.client.append("other", b"3", noreply=True)
        self.client.set("gone", b"3", noreply=True)
        self.client.delete("gone", noreply=True)
        self.client.touch("key", 1000, noreply=True)
        self.assertEqual(self.client.get_many(["key", "other", "gone"]), {"key": b"2", "other": b"23"})

    def test_flush_all(self):
        self.client.set("key", b"value")
        self.client.flush_all(delay=1000)
        self.assertEqual(self.client.get("key"), b"value")
        self.client.flush_all()
        self.assertIsNone(self.client.get("key"))
        self.client.set("key", b"value")
        self.assertEqual(self.client.get("key"), b"value")

    def test_stats_and_version(self):
        before = self.client.stats()
        self.client.set("key", b"value")
        self.client.get("key")
        self.client.get("missing")
        after = self.client.stats()
        grown = {name: int(after[name]) - int(before[name]) for name in (b"cmd_set", b"get_hits", b"get_misses")}
        self.assertEqual(grown, {b"cmd_set": 1, b"get_hits": 1, b"get_misses": 1})
        self.assertRegex(self.client.version(), rb"^\d+\.\d+\.\d+")

    def test_a_pool_of_connections(self):
        pool = PooledClient((HOST, self.server.port), max_pool_size=4, timeout=10 * TIME_FACTOR)
        self.addCleanup(pool.close)
        for i in range(100):
            pool.set(f"pooled:{i}", b"%d" % i, noreply=False)
        self.assertEqual(len(pool.get_many([f"pooled:{i}" for i in range(100)])), 100)


class ThreeServersTest(unittest.TestCase):
    def test_keys_are_spread_over_three_servers(self):
        servers = [self.enterContext(Server(seg_memory="16MiB")) for _ in range(3)]
        client = HashClient([(HOST, server.port) for server in servers], timeout=10 * TIME_FACTOR)
        self.addCleanup(client.close)
        values = {f"key:{i}": b"%d" % i for i in range(300)}
        client.set_many(values, noreply=False)
        self.assertEqual(client.get_many(list(values)), values)
        items = [int(server.stats()["curr_items"]) for server in servers]
        self.assertEqual(sum(items), 300)
        self.assertGreater(min(items), 0)


if __name__ == "__main__":
    unittest.main()
