"""redis-py drives pelikan_rds. Debian's version speaks RESP2 alone; node's clients speak RESP3 (node_redis_test.py)."""

import threading
import time
import unittest

import redis
from redis.exceptions import DataError, LockError, LockNotOwnedError, ResponseError

from harness import HOST, TIME_FACTOR, Server, wait_for

LARGE = bytes(range(250)) * 3000  # 750,000 bytes, every one of them but the last few


class RedisPyTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server("rds", seg_memory="64MiB", worker_threads=4))

    def setUp(self):
        self.client = self.connect()
        self.client.flushall()

    def connect(self, **options):
        client = redis.Redis(HOST, self.server.port, socket_timeout=10 * TIME_FACTOR, **options)
        self.addCleanup(client.close)
        return client

    def test_set_get_and_delete(self):
        self.assertIs(self.client.set("key", "value"), True)
        self.assertEqual(self.client.get("key"), b"value")
        self.assertEqual(self.client.delete("key", "missing"), 1)
        self.assertIsNone(self.client.get("key"))

    def test_options_of_set(self):
        self.assertIsNone(self.client.set("key", "v", xx=True))
        self.assertIs(self.client.set("key", "v", nx=True, px=100_000), True)
        self.assertIsNone(self.client.set("key", "w", nx=True))
        self.assertEqual(self.client.set("key", "w", keepttl=True, get=True), b"v")
        self.assertIn(self.client.ttl("key"), (99, 100))
        self.assertIs(self.client.set("key", "x", exat=2_100_000_000), True)
        self.assertEqual(self.client.expiretime("key"), 2_100_000_000)
        self.assertEqual(self.client.getex("key", persist=True), b"x")
        self.assertEqual(self.client.ttl("key"), -1)
        with self.assertRaisesRegex(ResponseError, "^syntax error"):
            self.client.set("key", "v", ex=1, px=1)
        with self.assertRaises(DataError):
            self.client.set("key", None)

    def test_many_keys(self):
        values = {f"key:{i}": f"value {i}" for i in range(1000)}
        self.assertIs(self.client.mset(values), True)
        self.assertEqual(self.client.mget([*values, "missing"]), [*map(str.encode, values.values()), None])
        self.assertIs(self.client.msetnx({"key:0": "x", "new": "y"}), False)
        self.assertEqual(self.client.exists(*values, "new"), 1000)
        self.assertEqual(self.client.dbsize(), 1000)
        self.assertEqual(sorted(self.client.keys("key:99?")), [b"key:99%d" % i for i in range(10)])
        self.assertEqual(set(self.client.scan_iter(count=17)), set(map(str.encode, values)))
        self.assertEqual(set(self.client.scan_iter(match="*:5*", _type="STRING")),
                         {key.encode() for key in values if ":5" in key})
        self.assertEqual(self.client.unlink(*values), 1000)
        self.assertIsNone(self.client.randomkey())

    def test_strings_and_numbers(self):
        self.assertEqual(self.client.append("text", "Hello"), 5)
        self.assertEqual(self.client.setrange("text", 7, "World"), 12)
        self.assertEqual(self.client.getrange("text", -7, -1), b"\0\0World")
        self.assertEqual(self.client.strlen("text"), 12)
        self.assertEqual(self.client.incr("number", 5), 5)
        self.assertEqual(self.client.decr("number"), 4)
        self.assertEqual(self.client.incrbyfloat("number", 0.1), 4.1)
        self.assertEqual(self.client.getset("number", "x"), b"4.1")
        self.assertEqual(self.client.getdel("number"), b"x")
        with self.assertRaisesRegex(ResponseError, "not an integer"):
            self.client.incr("text")

    def test_bitmaps(self):
        self.assertEqual([self.client.setbit("bits", i * i, 1) for i in range(100)], [0] * 100)
        self.assertEqual(self.client.bitcount("bits"), 100)
        self.assertEqual(self.client.bitpos("bits", 1, 1), 9)
        self.assertEqual(self.client.getbit("bits", 81), 1)
        self.assertEqual(self.client.bitop("NOT", "other", "bits"), self.client.strlen("bits"))
        self.assertEqual(self.client.bitop("AND", "none", "bits", "other"), self.client.strlen("bits"))
        self.assertEqual(self.client.bitcount("none"), 0)

    def test_expiry(self):
        self.client.set("soon", "v", px=50)
        self.client.set("later", "v", ex=100)
        self.assertIs(self.client.expire("later", 1000, gt=True), True)
        self.assertIs(self.client.pexpire("later", 5000, gt=True), False)
        wait_for(lambda: self.client.get("soon") is None, "the key to expire")
        self.assertEqual(self.client.pttl("soon"), -2)
        self.assertIs(self.client.persist("later"), True)
        self.assertEqual(self.client.ttl("later"), -1)

    def test_copies_and_new_names(self):
        self.client.set("a", "1", ex=100)
        self.assertIs(self.client.copy("a", "b"), True)
        self.assertIs(self.client.copy("a", "b"), False)
        self.assertIs(self.client.rename("b", "c"), True)
        self.assertIs(self.client.renamenx("a", "c"), False)
        self.assertIn(self.client.ttl("c"), (99, 100))
        self.assertEqual(self.client.type("c"), b"string")

    def test_hashes(self):
        fields = {f"field:{i}": f"value {i}" for i in range(300)}
        self.assertEqual(self.client.hset("hash", mapping=fields), 300)
        self.assertEqual(self.client.hgetall("hash"), {name.encode(): value.encode() for name, value in fields.items()})
        self.assertEqual(self.client.hmget("hash", "field:7", "missing"), [b"value 7", None])
        self.assertEqual(self.client.hdel("hash", *list(fields)[2:], "missing"), 298)
        self.assertEqual(self.client.hincrby("hash", "n", 42), 42)
        self.assertEqual(self.client.hincrbyfloat("hash", "n", 0.5), 42.5)
        self.assertIs(self.client.hexists("hash", "field:0"), True)
        self.assertEqual((self.client.hlen("hash"), self.client.hstrlen("hash", "field:1")), (3, 7))
        self.assertEqual(sorted(self.client.hkeys("hash")), [b"field:0", b"field:1", b"n"])
        self.assertEqual(dict(self.client.hscan_iter("hash", match="field*")), {b"field:0": b"value 0", b"field:1": b"value 1"})
        self.assertEqual(set(self.client.hrandfield("hash", 9, withvalues=True)),
                         {b"field:0", b"value 0", b"field:1", b"value 1", b"n", b"42.5"})
        with self.assertRaisesRegex(ResponseError, "^WRONGTYPE"):
            self.client.get("hash")

    def test_fields_that_expire(self):
        ask = self.client.execute_command
        self.client.hset("hash", mapping={"soon": "1", "later": "2", "never": "3"})
        self.assertEqual(ask("HPEXPIRE", "hash", 50, "FIELDS", 1, "soon"), [1])
        self.assertEqual(ask("HEXPIRE", "hash", 100, "FIELDS", 2, "later", "missing"), [1, -2])
        self.assertEqual(ask("HTTL", "hash", "FIELDS", 2, "later", "never"), [100, -1])
        self.assertEqual(ask("HSETEX", "hash", "EX", 100, "FIELDS", 1, "new", "4"), 1)
        self.assertEqual(ask("HGETEX", "hash", "PERSIST", "FIELDS", 1, "new"), [b"4"])
        wait_for(lambda: self.client.hget("hash", "soon") is None, "the field to expire")
        self.assertEqual(self.client.hgetall("hash"), {b"later": b"2", b"never": b"3", b"new": b"4"})

    def test_lists(self):
        elements = [b"element %d" % i for i in range(300)]
        self.assertEqual(self.client.rpush("list", *elements), 300)
        self.assertEqual(self.client.lrange("list", 0, -1), elements)
        self.assertEqual(self.client.lpop("list", 2), elements[:2])
        self.assertEqual(self.client.rpop("list"), elements[-1])
        self.assertIs(self.client.ltrim("list", 0, 9), True)
        self.assertEqual(self.client.linsert("list", "BEFORE", elements[2], "first"), 11)
        self.assertIs(self.client.lset("list", 1, "second"), True)
        self.assertEqual(self.client.lpos("list", "second"), 1)
        self.assertEqual(self.client.lmove("list", "other", "LEFT", "RIGHT"), b"first")
        self.assertEqual(self.client.lrem("list", 0, elements[5]), 1)
        self.assertEqual((self.client.llen("list"), self.client.lindex("list", -1)), (9, elements[11]))
        self.assertIsNone(self.client.lpop("missing"))

    def test_sets(self):
        members = {b"member %d" % i for i in range(300)}
        self.assertEqual(self.client.sadd("set", *members), 300)
        self.assertEqual(self.client.smembers("set"), members)
        self.assertEqual(set(self.client.sscan_iter("set", count=7)), members)
        self.assertEqual(self.client.sadd("other", "member 7", "alone"), 2)
        self.assertEqual(self.client.sinter("set", "other"), {b"member 7"})
        self.assertEqual(self.client.sdiff("other", "set"), {b"alone"})
        self.assertEqual(self.client.sunionstore("all", "set", "other"), 301)
        self.assertEqual(self.client.smismember("all", ["alone", "missing"]), [1, 0])
        popped = self.client.spop("all", 100)
        self.assertEqual((len(set(popped)), self.client.scard("all")), (100, 201))
        self.assertIs(self.client.smove("set", "other", "member 8"), True)
        self.assertLessEqual(set(self.client.srandmember("set", 10)), members)

    def test_sorted_sets(self):
        scores = {f"player {i}": i * 1.5 for i in range(300)}
        self.assertEqual(self.client.zadd("scores", scores), 300)
        self.assertEqual(self.client.zrevrange("scores", 0, 1, withscores=True), [(b"player 299", 448.5), (b"player 298", 447.0)])
        self.assertEqual(self.client.zrange("scores", 2, 4, byscore=True, withscores=True), [(b"player 2", 3.0)])
        self.assertEqual(self.client.zincrby("scores", 1000, "player 0"), 1000.0)
        self.assertEqual(self.client.zrevrank("scores", "player 0"), 0)
        self.assertEqual(self.client.zadd("scores", {"player 1": 0.1}, lt=True, ch=True), 1)
        self.assertEqual(self.client.zmscore("scores", ["player 1", "missing"]), [0.1, None])
        self.assertEqual(self.client.zremrangebyscore("scores", 10, "(100"), 60)
        self.assertEqual(self.client.zcount("scores", "-inf", "+inf"), 240)
        self.assertEqual(self.client.zpopmin("scores", 2), [(b"player 1", 0.1), (b"player 2", 3.0)])
        self.assertEqual(len(dict(self.client.zscan_iter("scores"))), 238)
        self.client.zadd("other", {"player 3": 1, "new": 2})
        self.assertEqual(self.client.zunionstore("all", {"scores": 1, "other": 10}), 239)
        self.assertEqual(self.client.zscore("all", "player 3"), 14.5)
        self.assertEqual(self.client.zinter(["scores", "other"]), [b"player 3"])

    def test_large_values(self):
        for i in range(10):
            self.assertIs(self.client.set(f"large:{i}", LARGE[i:] + LARGE[:i]), True)
        self.assertEqual(self.client.mget([f"large:{i}" for i in range(10)]),
                         [LARGE[i:] + LARGE[:i] for i in range(10)])

    def test_a_value_that_is_too_large_is_refused_and_the_old_one_goes(self):
        self.client.set("key", "old")
        with self.assertRaisesRegex(ResponseError, "too large"):
            self.client.set("key", b"x" * (80 << 20))
        self.assertIsNone(self.client.get("key"))
        self.assertIs(self.client.ping(), True)

    def test_pipelines(self):
        with self.client.pipeline(transaction=False) as pipeline:
            for i in range(1000):
                pipeline.set(f"key:{i}", i).incr(f"key:{i}")
            pipeline.get("key:999").execute_command("NONSENSE")
            answers = pipeline.execute(raise_on_error=False)
        self.assertEqual(answers[:-2], [answer for i in range(1000) for answer in (True, i + 1)])
        self.assertEqual(answers[-2], b"1000")
        self.assertRegex(str(answers[-1]), "^unknown command 'NONSENSE'")

    def test_texts_are_decoded(self):
        client = self.connect(decode_responses=True, client_name="decoder")
        client.set("clé", "été")
        self.assertEqual(client.get("clé"), "été")
        self.assertEqual(client.client_getname(), "decoder")

    def test_what_the_server_tells_of_itself(self):
        before = self.client.info()
        self.client.set("key", "value", ex=100)
        self.client.get("key")
        self.client.get("missing")
        after = self.client.info()
        grown = {name: after[name] - before[name] for name in ("keyspace_hits", "keyspace_misses")}
        self.assertEqual(grown, {"keyspace_hits": 1, "keyspace_misses": 1})
        self.assertEqual((after["db0"]["keys"], after["db0"]["expires"]), (1, 1))
        self.assertGreaterEqual(after["total_commands_processed"], before["total_commands_processed"] + 3)
        self.assertEqual(after["role"], "master")
        self.assertEqual(self.client.config_get("appendonly"), {"appendonly": "no"})
        self.assertLess(abs(self.client.time()[0] - time.time()), 10)
        self.assertGreater(self.client.memory_usage("key"), len("key") + len("value"))
        self.assertIn(self.client.client_id(), [int(row["id"]) for row in self.client.client_list()])
        self.assertEqual(self.client.slowlog_get(), [])
        self.assertIn("get", self.client.command())
        self.assertEqual(self.client.command_count(), len(self.client.command()))

    def test_connections_are_killed(self):
        other = self.connect(single_connection_client=True)
        number = other.client_id()
        self.assertEqual(self.client.client_kill_filter(_id=number), 1)
        wait_for(lambda: number not in [int(row["id"]) for row in self.client.client_list()], "the connection to end")
        with self.assertRaises(redis.ConnectionError):
            other.ping()
        self.assertNotEqual(other.client_id(), number)  # it has connected anew

    def test_threads_share_a_pool(self):
        def count():
            for _ in range(200):
                self.client.incr("counter")

        threads = [threading.Thread(target=count) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.client.get("counter"), b"1600")

    def test_transactions_are_refused_as_unknown(self):
        with self.assertRaisesRegex(ResponseError, "^unknown command 'MULTI'"):
            self.client.execute_command("MULTI")


class LockTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server("rds", seg_memory="64MiB", worker_threads=4))

    def setUp(self):
        self.client = redis.Redis(HOST, self.server.port, socket_timeout=10 * TIME_FACTOR)
        self.addCleanup(self.client.close)
        self.client.flushall()

    def test_a_lock_is_held_by_one(self):
        lock, other = self.client.lock("lock", timeout=100), self.client.lock("lock", timeout=100)
        self.assertIs(lock.acquire(blocking=False), True)
        self.assertIs(other.acquire(blocking=False), False)
        self.assertTrue(lock.locked() and lock.owned() and not other.owned())
        lock.release()
        self.assertIs(other.acquire(blocking=False), True)
        other.release()
        self.assertFalse(lock.locked())

    def test_a_lock_of_another_is_not_released(self):
        lock = self.client.lock("lock", timeout=100)
        lock.acquire()
        self.client.set("lock", "somebody else's")
        with self.assertRaises(LockNotOwnedError):
            lock.release()
        self.assertEqual(self.client.get("lock"), b"somebody else's")

    def test_a_lock_is_extended(self):
        lock = self.client.lock("lock", timeout=100)
        lock.acquire()
        self.assertIs(lock.extend(1000), True)
        self.assertGreater(self.client.pttl("lock"), 1_000_000)
        self.assertIs(lock.extend(50, replace_ttl=True), True)
        self.assertLessEqual(self.client.pttl("lock"), 50_000)
        self.assertIs(lock.reacquire(), True)
        self.assertGreater(self.client.pttl("lock"), 50_000)
        self.client.delete("lock")
        with self.assertRaises(LockNotOwnedError):
            lock.extend(10)
        with self.assertRaises(LockError):
            self.client.lock("lock", timeout=100).release()

    def test_a_lock_that_expires_is_free(self):
        lock, other = self.client.lock("lock", timeout=0.05), self.client.lock("lock", timeout=100, sleep=0.01)
        lock.acquire()
        self.assertIs(other.acquire(blocking_timeout=10 * TIME_FACTOR), True)
        with self.assertRaises(LockNotOwnedError):
            lock.release()

    def test_threads_take_turns(self):
        inside, most = [], []

        def work():
            for _ in range(10):
                with self.client.lock("lock", timeout=100, sleep=0.001):
                    inside.append(1)
                    most.append(len(inside))
                    inside.pop()

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual((len(most), max(most)), (40, 1))


if __name__ == "__main__":
    unittest.main()
