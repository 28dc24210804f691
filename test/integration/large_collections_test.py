"""Large collections of pelikan_rds: they are whole or gone, whatever else is done to their keys, and what they take of
seg_memory comes back."""

import threading
import time
import unittest

import redis

from harness import HOST, TIME_FACTOR, Server, wait_for

MIB = 1 << 20


class LargeCollectionsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server("rds", seg_memory="16MiB", worker_threads=4))

    def setUp(self):
        self.client = self.connect()
        self.client.flushall()
        self.wait_for_memory()

    def connect(self):
        client = redis.Redis(HOST, self.server.port, socket_timeout=20 * TIME_FACTOR, decode_responses=True)
        self.addCleanup(client.close)
        return client

    def bytes_outside_segments(self):
        return self.server.metrics()["seg_handle_byte"]

    def wait_for_memory(self):
        wait_for(lambda: self.bytes_outside_segments() == 0, "their memory comes back")

    def fill(self, key, fields, size=20):
        values = {f"field:{i}": f"{i}:".ljust(size, "v") for i in range(fields)}
        items = list(values.items())
        for at in range(0, fields, 1000):
            self.client.hset(key, mapping=dict(items[at:at + 1000]))
        return values

    def test_memory_comes_back_when_keys_go(self):
        for end in (lambda: self.client.delete("key"), lambda: self.client.set("key", "text"), self.client.flushall,
                    lambda: self.client.pexpire("key", 1), lambda: self.client.hdel("key", *values)):
            values = self.fill("key", 5000)
            self.assertGreater(self.bytes_outside_segments(), 5000 * 30)
            end()
            self.wait_for_memory()
            self.client.delete("key")

    def test_a_key_keeps_its_expiry_and_its_collection(self):
        values = self.fill("key", 1000)
        self.assertTrue(self.client.expire("key", 100))
        self.client.hset("key", "more", "value")
        self.assertIn(self.client.ttl("key"), (99, 100))
        self.assertEqual(self.client.hlen("key"), 1001)
        self.client.persist("key")
        self.assertEqual(self.client.ttl("key"), -1)
        self.assertEqual(self.client.hgetall("key"), {**values, "more": "value"})

    def test_rename_moves_and_copy_copies(self):
        values = self.fill("key", 1000)
        self.client.expire("key", 100)
        before = self.bytes_outside_segments()
        self.client.rename("key", "other")
        self.assertEqual(self.bytes_outside_segments(), before)
        self.assertEqual(self.client.exists("key"), 0)
        self.assertTrue(self.client.copy("other", "copy"))
        self.client.hset("other", "field:0", "changed")
        self.assertEqual(self.client.hgetall("copy"), values)
        self.assertIn(self.client.ttl("copy"), (99, 100))
        self.assertFalse(self.client.renamenx("other", "copy"))
        self.client.rename("other", "copy")
        self.assertEqual(self.client.hget("copy", "field:0"), "changed")
        self.assertGreater(self.client.memory_usage("copy"), 30_000)

    def test_a_full_store_lets_whole_collections_go(self):
        fields = 500
        for i in range(700):  # two and a half times what there is room for
            self.fill(f"key:{i}", fields, size=40)
            self.assertLessEqual(self.server.metrics()["seg_memory_byte"], 17 * MIB)
        sizes = [self.client.hlen(f"key:{i}") for i in range(700)]
        self.assertEqual(set(sizes), {0, fields})
        self.assertGreater(sizes.count(fields), 150)
        self.assertEqual(sizes[-1], fields)

    def test_one_that_outgrows_the_memory_is_refused_or_begins_anew_but_is_never_cut(self):
        for i in range(10_000):
            try:
                self.client.hset("key", mapping={f"{i}:{j}": "v" * 200 for j in range(100)})
            except redis.exceptions.ResponseError as error:
                self.assertIn("used memory > 'maxmemory'", str(error))
                self.assertIn(self.client.hlen("key"), (0, 100 * i))
                return
            fields = self.client.hlen("key")
            if fields != 100 * (i + 1):
                self.assertEqual(fields, 100)
                return
        self.fail("it takes more memory than there is")

    def test_many_clients_change_what_others_move_and_delete(self):
        is_over = threading.Event()
        failures = []

        def change(number):
            client = self.connect()
            while not is_over.is_set():
                client.hset("key", mapping={f"{number}:{i}": "v" * 30 for i in range(200)})
                client.hdel("key", *(f"{number}:{i}" for i in range(200)))

        def move():
            client = self.connect()
            while not is_over.is_set():
                try:
                    client.rename("key", "other")
                    client.rename("other", "key")
                    client.copy("key", "copy", replace=True)
                except redis.exceptions.ResponseError as error:
                    if "no such key" not in str(error):
                        raise
                client.delete("key", "copy")

        def read():
            client = self.connect()
            while not is_over.is_set():
                for value in client.hgetall("key").values():
                    if value != "v" * 30:
                        failures.append(value)

        def guarded(act, *args):
            try:
                act(*args)
            except Exception as error:  # a thread's end is told here
                failures.append(error)

        threads = [threading.Thread(target=guarded, args=args) for args in
                   [(change, 1), (change, 2), (change, 3), (move,), (read,)]]
        for thread in threads:
            thread.start()
        time.sleep(2)
        is_over.set()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        self.client.flushall()
        self.wait_for_memory()


if __name__ == "__main__":
    unittest.main()
