"""pelikan_load and nutcracker put every key on the same server: what one writes, the other finds."""

import re
import unittest

from harness import BIN, Server, run
from nutcracker_test import Nutcracker

HASHES = ("fnv1a_64", "fnv1_64", "fnv1a_32", "fnv1_32", "crc32", "murmur", "one_at_a_time", "md5")
KEYS = 3_000


class Proxy(Nutcracker):
    """A nutcracker whose servers and hash are given; it never takes one out of the ring."""

    def __init__(self, servers, hash_name):
        self.servers, self.hash_name = servers, hash_name
        super().__init__([], 100)

    def configuration(self, ports, patience):
        lines = [f"listen: 127.0.0.1:{self.port}", f"hash: {self.hash_name}", "distribution: ketama",
                 f"timeout: {int(400 * patience)}", "servers:", *(f"  - {server}" for server in self.servers)]
        return "\n".join(["cache:", *(f"  {line}" for line in lines)]) + "\n"


class KetamaTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pool = [cls.enterClassContext(Server(seg_memory="64MiB")) for _ in range(3)]

    def load(self, *words, **options):
        flags = [word for name, value in options.items() for word in (f"--{name}", value)]
        result = run(BIN / "pelikan_load", "--keys", KEYS, "--key_size", 40, "--popularity", "sequential",
                     "--requests", KEYS, *words, *flags, timeout=120)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def ring(self, servers, hash_name):
        return {"servers": ",".join(servers), "distribution": "ketama", "hash": hash_name, "connections": 6}

    def check_both_ways(self, servers, hash_name):
        gates = ("--assert", "hit=1,errors=0")
        with Proxy([with_weight(server) for server in servers], hash_name) as proxy:
            through = {"servers": f"127.0.0.1:{proxy.port}"}
            self.load(**through, key_prefix=f"{hash_name}-proxy-", mix="set:1")
            self.load(*gates, **self.ring(servers, hash_name), key_prefix=f"{hash_name}-proxy-", mix="get:1")
            self.load(**self.ring(servers, hash_name), key_prefix=f"{hash_name}-direct-", mix="set:1", pipeline=8)
            self.load(*gates, **through, key_prefix=f"{hash_name}-direct-", mix="get:1")

    def items(self):
        return [int(server.stats()["curr_items"]) for server in self.pool]

    def test_every_hash(self):
        names = [f"{server.address}:1 {name}" for server, name in zip(self.pool, ("one", "two", "three"))]
        for hash_name in HASHES:
            with self.subTest(hash_name):
                before = self.items()
                self.check_both_ways(names, hash_name)
                added = [after - earlier for after, earlier in zip(self.items(), before)]
                self.assertEqual(sum(added), 2 * KEYS, "each key is stored once")

    def test_weights_and_servers_without_a_name(self):
        self.check_both_ways([f"{server.address}:{weight}" for server, weight in zip(self.pool, (1, 7, 3))], "md5")

    def test_an_open_loop_prefill_and_fills_use_the_ring(self):
        servers = [f"{server.address} {name}" for server, name in zip(self.pool, ("one", "two", "three"))]
        ring = self.ring(servers, "murmur")
        self.load("--assert", "hit=1,errors=0", **ring, key_prefix="open-", prefill="all", rate="10k", verify="yes",
                  mix="get:1")
        # The first get of a key makes a set: a third of the requests.
        self.load("--requests", 3 * KEYS, **ring, key_prefix="fill-", mix="get:1", on_miss="set", rate="10k", threads=2)
        self.load("--assert", "hit=1,errors=0", **ring, key_prefix="fill-", mix="get:1")

    def test_what_a_ring_cannot_do_is_refused(self):
        def refusal(*words):
            result = run(BIN / "pelikan_load", "-t", "--servers", "127.0.0.1,127.0.0.2", *words)
            self.assertEqual(result.returncode, 78, result.stdout + result.stderr)
            return result.stderr

        ketama = ("--distribution", "ketama")
        self.assertIn("belong to several servers", refusal(*ketama, "--mix", "get:1 mget:1:10"))
        self.assertIn("connection to every server", refusal(*ketama, "--connections", "1"))
        self.assertIn("the protocol has no keys", refusal(*ketama, "--protocol", "ping"))
        self.assertIn("hash: 'crc16' is refused: unknown; allowed: " + "|".join(HASHES), refusal("--hash", "crc16"))
        self.assertIn("only distribution ketama heeds weights", refusal("--servers", "127.0.0.1:7:2"))


def with_weight(server):
    """nutcracker wants a weight behind every port."""
    address, _, name = server.partition(" ")
    if len(re.findall(":", address)) == 1:
        address += ":1"
    return f"{address} {name}".strip()


if __name__ == "__main__":
    unittest.main()
