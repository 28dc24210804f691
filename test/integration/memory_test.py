"""What fits into a budget: small items offered beyond it, and how many of them can be read back."""

import unittest

from harness import SANITIZED, Server

VALUE = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN"  # 50 bytes
CHUNK = 2000  # keys in one send; their replies fit the socket buffers
KEYS_PER_GET = 100


def key(number):
    return b"key:%016d" % number  # 20 bytes


def store(connection, count):
    """Offers so many items; pipelined, and every reply is looked at."""
    for start in range(0, count, CHUNK):
        numbers = range(start, min(start + CHUNK, count))
        connection.send(b"".join(b"set %b 0 0 50\r\n%b\r\n" % (key(i), VALUE) for i in numbers))
        replies = connection.read(len(b"STORED\r\n") * len(numbers))
        assert replies == b"STORED\r\n" * len(numbers), f"around item {start}: {replies[:200]!r}"


def count_readable(connection, count):
    """How many of the items are hits, each with the right value."""
    hits = 0
    for start in range(0, count, CHUNK):
        gets = range(start, min(start + CHUNK, count), KEYS_PER_GET)
        connection.send(b"".join(b"get " + b" ".join(key(i) for i in range(first, first + KEYS_PER_GET)) + b"\r\n"
                                 for first in gets))
        for _ in gets:
            reply = read_until_end(connection)
            found = reply.count(VALUE + b"\r\n")
            assert found == reply.count(b"VALUE key:"), reply
            hits += found
    return hits


def read_until_end(connection):
    while b"END\r\n" not in connection.buffer:
        assert connection.more(), "closed"
    reply, _, connection.buffer = connection.buffer.partition(b"END\r\n")
    return reply


class MemoryTest(unittest.TestCase):
    def test_small_items_in_256_mib(self):
        budget_mib, offered, wanted = 256, 5_000_000, 2_600_000
        if SANITIZED:  # a tenth of it, so that it ends; memory is the sanitizer's there
            budget_mib, offered, wanted = 32, 500_000, 200_000
        with Server(seg_memory=f"{budget_mib}MiB", seg_item_mean="80", worker_threads=2) as server, \
                server.connect() as client:
            store(client, offered)
            readable = count_readable(client, offered)
            self.assertGreaterEqual(readable, wanted)
            resident = server.status_kib("VmRSS")
            if not SANITIZED:
                self.assertLessEqual(resident, (1.1 * budget_mib + 20) * 1024, "KiB resident")
            print(f"{readable} of {offered} items readable, {resident // 1024} MiB resident")


if __name__ == "__main__":
    unittest.main()
