"""A short piece of expiring_load.py: values and ends to the millisecond while memory is full, and what is left of them."""

import unittest

import expiring_load
from harness import SANITIZED, Server

ROUNDS = 40 if SANITIZED else 120


class ExpiringTest(unittest.TestCase):
    def test_no_wrong_value_and_none_after_its_end_at_full_memory(self):
        with Server("rds", seg_memory="8MiB", worker_threads=2) as server:
            clients = [expiring_load.Client(server, number, 10_000) for number in range(expiring_load.CONNECTIONS)]
            for client in clients:
                self.addCleanup(client.connection.close)
            for _ in range(ROUNDS):
                for client in clients:
                    client.batch()
            counts = expiring_load.print_result(server, clients, server.status_kib("VmRSS"))
            self.assertGreater(server.metrics()["seg_evict"], 0)
            self.assertGreater(counts["hits"], counts["gets"] / 20)
            self.assertGreater(counts["expired"], 0)
            self.assertGreater(expiring_load.check_accounting(server), 0)


if __name__ == "__main__":
    unittest.main()
