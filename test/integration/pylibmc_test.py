"""pylibmc, libmemcached under Python: typed values in flag bits, behaviours, many keys at once."""

import unittest

import pylibmc

from harness import Server


class PylibmcTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(seg_memory="64MiB", worker_threads=4))

    def setUp(self):
        self.client = self.connect()
        self.client.flush_all()

    def connect(self, **behaviors):
        client = pylibmc.Client([self.server.address], behaviors=behaviors)
        self.addCleanup(client.disconnect_all)
        return client

    def test_values_come_back_with_their_types(self):
        for value in (b"bytes", "text", 7, -(1 << 62), {"pickled": [1, 2]}, b""):
            self.assertTrue(self.client.set("key", value))
            self.assertEqual(self.client.get("key"), value)
            self.assertIs(type(self.client.get("key")), type(value))

    def test_compressed_values(self):
        value = b"compressible " * 20000
        self.assertTrue(self.client.set("key", value, min_compress_len=100))
        self.assertEqual(self.client.get("key"), value)

    def test_many_keys_at_once(self):
        values = {f"key{i}": i for i in range(3000)}
        self.assertEqual(self.client.set_multi(values), [])
        self.assertEqual(self.client.get_multi([*values, "missing"]), values)
        self.assertTrue(self.client.delete_multi([*values]))
        self.assertEqual(self.client.get_multi([*values]), {})

    def test_add_replace_append_prepend(self):
        self.assertFalse(self.client.replace("key", b"x"))
        self.assertTrue(self.client.add("key", b"b"))
        self.assertFalse(self.client.add("key", b"x"))
        self.assertTrue(self.client.append("key", b"c") and self.client.prepend("key", b"a"))
        self.assertEqual(self.client.get("key"), b"abc")

    def test_cas(self):
        client = self.connect(cas=True)
        client.set("key", 1)
        value, unique = client.gets("key")
        self.assertTrue(client.cas("key", value + 1, unique))
        self.assertFalse(client.cas("key", value + 9, unique))
        self.assertEqual(client.get("key"), 2)

    def test_counting_and_touching(self):
        with self.assertRaises(pylibmc.NotFound):
            self.client.incr("n", 1)
        self.client.set("n", 10)
        self.assertEqual((self.client.incr("n", 5), self.client.decr("n", 14)), (15, 1))
        self.assertTrue(self.client.touch("n", 1000))
        self.assertFalse(self.client.touch("missing", 1000))

    def test_noreply_and_buffered_writes_arrive(self):
        client = self.connect(_noreply=True, buffer_requests=True)
        for i in range(2000):
            client.set(f"key{i}", i)
        self.assertEqual(client.get("key1999"), 1999)  # flushes what waits
        self.assertEqual(len(self.client.get_multi([f"key{i}" for i in range(2000)])), 2000)

    def test_statistics(self):
        (name, statistics), = self.client.get_stats()
        self.assertIn(self.server.address, name.decode())
        self.assertEqual(statistics["pid"].decode(), str(self.server.process.pid))


if __name__ == "__main__":
    unittest.main()
