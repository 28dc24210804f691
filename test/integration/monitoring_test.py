"""What watches memcached today watches pelikan_segcache: collectd's plugin and munin's."""

import os
import pathlib
import subprocess
import unittest

from harness import HOST, TIME_FACTOR, Server, run, wait_for

MUNIN_PLUGIN = pathlib.Path("/usr/share/munin/plugins/memcached_")
# What collectd's dashboards draw; the plugin leaves out what the server does not name.
COLLECTD_FILES = ("df-cache", "memcached_command-flush", "memcached_command-get", "memcached_command-set",
                  "memcached_command-touch", "memcached_connections-current", "memcached_items-current",
                  "memcached_octets", "memcached_ops-evictions", "memcached_ops-hits", "memcached_ops-incr_hits",
                  "memcached_ops-misses", "ps_count", "ps_cputime", "total_events-listen_disabled", "uptime")
COLLECTD_CONFIG = """
Hostname "here"
FQDNLookup false
BaseDir "{folder}"
PIDFile "{folder}/pid"
Interval 0.2
LoadPlugin csv
LoadPlugin memcached
<Plugin csv>
  DataDir "{folder}/csv"
</Plugin>
<Plugin memcached>
  <Instance "cache">
    Host "{host}"
    Port "{port}"
  </Instance>
</Plugin>
"""


class MonitoringTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(seg_memory="64MiB"))
        with cls.server.connect() as client:
            client.expect(b"set a 0 0 1\r\nx\r\nset b 0 0 1\r\nx\r\nget a\r\nget missing\r\n",
                          b"STORED\r\nSTORED\r\nVALUE a 0 1\r\nx\r\nEND\r\nEND\r\n")

    def test_collectd_writes_every_series_it_has_for_memcached(self):
        folder = self.server.path / "collectd"
        folder.mkdir()
        config = folder / "collectd.conf"
        config.write_text(COLLECTD_CONFIG.format(folder=folder, host=HOST, port=self.server.port))
        series = folder / "csv/here/memcached-cache"
        with open(folder / "log", "wb") as log:
            collectd = subprocess.Popen(["collectd", "-f", "-C", config], stdout=log, stderr=log)
        try:
            items = wait_for(lambda: self.last_of(series, "memcached_items-current"), "collectd to write")
            self.assertEqual(float(items), 2)
            for name in COLLECTD_FILES:
                wait_for(lambda name=name: self.last_of(series, name), f"collectd to write {name}")
        finally:
            collectd.terminate()
            collectd.wait(20 * TIME_FACTOR)

    @staticmethod
    def last_of(series, name):
        """The last value of a series; "" while there is none."""
        lines = [line for file in series.glob(f"{name}-*") for line in file.read_text().splitlines()]
        return lines[-1].split(",")[1] if len(lines) > 1 else ""

    def test_munin_draws_its_three_graphs(self):
        expected = {"rates": {"memcache_cmd_set": 2, "memcache_cache_hits": 1, "memcache_cache_misses": 1},
                    "bytes": {"memcache_bytes_read": None, "memcache_bytes_written": None},
                    "counters": {"memcache_bytes_allocated": None, "memcache_curr_items": 2}}
        for graph, wanted in expected.items():
            plugin = self.server.path / f"memcached_{graph}"
            plugin.symlink_to(MUNIN_PLUGIN)
            result = run(plugin, env={**os.environ, "host": HOST, "port": str(self.server.port)})
            values = dict(line.split(".value ") for line in result.stdout.splitlines())
            for name, value in wanted.items():
                self.assertIn(name, values, result.stdout + result.stderr)
                if value is not None:
                    self.assertEqual(int(values[name]), value, name)


if __name__ == "__main__":
    unittest.main()
