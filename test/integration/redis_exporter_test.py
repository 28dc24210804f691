"""prometheus-redis-exporter scrapes pelikan_rds."""

import shutil
import subprocess
import unittest
import urllib.request

import redis

import peers
from harness import HOST, TIME_FACTOR, Server, wait_for


def scrape(port):
    """The metrics by their names with labels; {} while nobody listens."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/metrics", timeout=10 * TIME_FACTOR) as page:
            lines = page.read().decode().splitlines()
    except OSError:
        return {}
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


@unittest.skipUnless(shutil.which("prometheus-redis-exporter"), "Debian's prometheus-redis-exporter")
class RedisExporterTest(unittest.TestCase):
    def start(self, server, *words):
        """The exporter; returns its port."""
        port = peers.free_port()
        exporter = subprocess.Popen(["prometheus-redis-exporter", "-redis.addr", f"redis://{server.address}",
                                     "-web.listen-address", f"{HOST}:{port}", *words], stderr=subprocess.PIPE, text=True)
        self.addCleanup(exporter.stderr.close)
        self.addCleanup(exporter.wait, 20)
        self.addCleanup(exporter.terminate)
        wait_for(lambda: scrape(port), "the exporter")
        return port

    def test_what_it_tells(self):
        with Server("rds", seg_memory="64MiB", worker_threads=2) as server:
            client = redis.Redis(HOST, server.port)
            self.addCleanup(client.close)
            client.mset({f"key:{i}": "value" for i in range(100)})
            client.expire("key:1", 1000)
            client.get("key:1")
            client.get("missing")
            metrics = scrape(self.start(server))
            self.assertEqual(metrics["redis_up"], 1)
            self.assertEqual(metrics["redis_exporter_last_scrape_error{err=\"\"}"], 0)
            self.assertEqual(metrics['redis_db_keys{db="db0"}'], 100)
            self.assertEqual(metrics['redis_db_keys_expiring{db="db0"}'], 1)
            self.assertEqual(metrics["redis_keyspace_hits_total"], 1)
            self.assertEqual(metrics["redis_keyspace_misses_total"], 1)
            self.assertEqual(metrics['redis_commands_total{cmd="mset"}'], 1)
            self.assertGreater(metrics["redis_memory_used_bytes"], 0)
            self.assertGreaterEqual(metrics["redis_memory_max_bytes"], 64 << 20)
            self.assertGreaterEqual(metrics["redis_connected_clients"], 2)
            self.assertGreater(metrics["redis_commands_processed_total"], 3)
            self.assertGreaterEqual(metrics["redis_uptime_in_seconds"], 0)
            for name in ("redis_evicted_keys_total", "redis_expired_keys_total", "redis_blocked_clients",
                         "redis_rejected_connections_total", "redis_net_input_bytes_total"):
                self.assertIn(name, metrics)
            told = next(name for name in metrics if name.startswith("redis_instance_info{"))
            self.assertRegex(told, r'maxmemory_policy="[a-z-]+"')
            self.assertRegex(told, r'redis_version="7\.4\.')

    def test_a_password(self):
        with Server("rds", seg_memory="64MiB", requirepass="secret") as server:
            server.expected_log = "told a wrong name or password"
            self.assertEqual(scrape(self.start(server, "-redis.password", "secret"))["redis_up"], 1)
            self.assertEqual(scrape(self.start(server, "-redis.password", "wrong"))["redis_up"], 0)


if __name__ == "__main__":
    unittest.main()
