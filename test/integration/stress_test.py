"""Four connections write and read self-describing values on a small server with four workers, so that eviction never
rests: no wrong, torn, expired or resurrected value may come back. stress_client.cc is the client."""

import unittest

import harness

CLIENT = harness.BIN.parent / "test/stress_client"
ROUNDS = 10_000 if harness.SANITIZED else 40_000


class Stress(unittest.TestCase):
    def test_no_wrong_torn_expired_or_resurrected_value_is_read_under_eviction(self):
        options = {"seg_memory": "8MiB", "seg_segment_size": "2KiB", "seg_item_max": "64KiB"}
        with harness.Server(worker_threads=4, **options) as server:
            client = harness.run(CLIENT, server.port, ROUNDS, timeout=300)
            self.assertEqual((client.returncode, client.stderr), (0, ""))
            counts = {name: int(count) for name, count in (line.split() for line in client.stdout.splitlines())}
            evicted = server.metrics()["seg_evict"]
            print(f"stress: {counts}, {evicted} segments evicted")
            self.assertGreaterEqual(counts["hits"], 0.5 * counts["gets"])
            self.assertGreaterEqual(evicted, 10_000)


if __name__ == "__main__":
    unittest.main()
