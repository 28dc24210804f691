"""Four connections write and read self-describing values on a small server with four workers, so that eviction never
rests: no wrong, torn, expired or resurrected value may come back. stress_client.cc is the client."""

import json
import unittest
import urllib.request

import harness

CLIENT = harness.BIN.parent / "test/stress_client"
ROUNDS = 10_000 if harness.SANITIZED else 40_000


class Stress(unittest.TestCase):
    def variables(self, server):
        url = f"http://{harness.HOST}:{server.ports['admin_http_port']}/vars.json"
        with urllib.request.urlopen(url, timeout=10 * harness.TIME_FACTOR) as answer:
            return json.load(answer)

    def test_no_wrong_torn_expired_or_resurrected_value_is_read_under_eviction(self):
        options = {"seg_memory": "8MiB", "seg_segment_size": "2KiB", "seg_item_max": "64KiB"}
        with harness.Server(worker_threads=4, **options) as server:
            client = harness.run(CLIENT, server.port, ROUNDS, timeout=300)
            self.assertEqual((client.returncode, client.stderr), (0, ""))
            counts = {name: int(count) for name, count in (line.split() for line in client.stdout.splitlines())}
            evicted = self.variables(server)["seg_evict"]
            print(f"stress: {counts}, {evicted} segments evicted")
            self.assertGreaterEqual(counts["hits"], 0.5 * counts["gets"])
            self.assertGreaterEqual(evicted, 10_000)


if __name__ == "__main__":
    unittest.main()
