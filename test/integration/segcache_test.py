"""What pelikan_segcache has beyond any server of the framework (server_test.py has that): its memory, its replies
when it is told to stop, and its statistics on both ports."""

import signal
import socket
import unittest

from harness import HOST, TIME_FACTOR, Connection, Server, run


class MemoryBudgetTest(unittest.TestCase):
    def test_a_budget_this_machine_does_not_have_is_refused(self):
        result = run(*Server(seg_memory="1TiB").command())
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("seg_memory", result.stderr)

    def test_a_budget_too_small_for_the_workers_is_refused(self):
        result = run(*Server(seg_memory="8MiB", seg_segment_size="2MiB", worker_threads=4).command())
        self.assertEqual(result.returncode, 78)
        self.assertIn("seg_memory", result.stderr)

    def test_a_port_in_use_is_told_before_memory_is_taken(self):
        for option in ("server_port", "admin_port", "admin_http_port"):
            with self.subTest(option), socket.create_server((HOST, 0)) as other:
                taken = other.getsockname()[1]
                result = run(*Server(seg_memory="1TiB", **{option: taken}).command())
                self.assertEqual(result.returncode, 71)
                self.assertIn(f"cannot listen on {HOST}:{taken}: Address already in use", result.stderr)


class StopTest(unittest.TestCase):
    def test_a_client_may_take_its_replies_after_sigterm(self):
        value = b"v" * 100_000
        reply = b"VALUE key 0 100000\r\n" + value + b"\r\nEND\r\n"
        with Server(seg_memory="64MiB") as server, server.connect() as client:
            client.expect(b"set key 0 0 100000\r\n" + value + b"\r\n", b"STORED\r\n")
            client.send(b"get key\r\n" * 100)  # ten megabytes of replies, more than any socket buffer takes
            first = client.read(1)
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual(first + client.read_to_end(), reply * 100)
            self.assertEqual(server.wait(), 0)

    def test_idle_clients_do_not_hold_the_end(self):
        with Server(seg_memory="64MiB", shutdown_timeout="1h") as server, server.connect() as idle:
            idle.expect(b"get nothing\r\n", b"END\r\n")
            server.stop()
            self.assertEqual(idle.read_to_end(), b"")


class StatisticsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(seg_memory="64MiB", worker_threads=2))

    def admin_stats(self):
        address = (HOST, self.server.ports["admin_port"])
        with Connection(socket.create_connection(address, timeout=10 * TIME_FACTOR)) as admin:
            admin.send(b"stats\r\nquit\r\n")
            lines = admin.read_to_end().decode().splitlines()
        self.assertEqual(lines[-1], "END")
        return dict(line.split(" ", 2)[1:] for line in lines[:-1])

    def test_both_ports_tell_the_same_counts(self):
        with self.server.connect() as client:
            client.expect(b"set key 0 0 1\r\nx\r\n", b"STORED\r\n")
            client.expect(b"get key missing\r\n", b"VALUE key 0 1\r\nx\r\nEND\r\n")
            client.expect(b"delete key\r\n", b"DELETED\r\n")
        data, admin = self.server.stats(), self.admin_stats()
        for name, count in (("cmd_get", 2), ("cmd_set", 1), ("get_hits", 1), ("get_misses", 1), ("delete_hits", 1),
                            ("curr_items", 0), ("total_items", 1), ("threads", 2)):
            self.assertEqual((data[name], admin[name]), (str(count), str(count)), name)
        self.assertEqual(int(data["limit_maxbytes"]), 64 << 20)

    def test_the_names_that_exporters_need_are_there(self):
        wanted = """pid uptime time version pointer_size rusage_user rusage_system max_connections curr_connections
            total_connections rejected_connections cmd_get cmd_set cmd_flush cmd_touch get_hits get_misses get_expired
            get_flushed delete_hits delete_misses incr_hits incr_misses decr_hits decr_misses cas_hits cas_misses
            cas_badval touch_hits touch_misses store_too_large store_no_memory bytes_read bytes_written limit_maxbytes
            accepting_conns threads hash_bytes bytes curr_items total_items evictions reclaimed expired_unfetched
            evicted_unfetched""".split()
        self.assertEqual([name for name in wanted if name not in self.server.stats()], [])
        settings = self.server.stats("settings")
        self.assertEqual([name for name in ("maxconns", "item_size_max", "cas_enabled", "evictions", "maxbytes")
                          if name not in settings], [])


if __name__ == "__main__":
    unittest.main()
