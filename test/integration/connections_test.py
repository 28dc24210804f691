"""pelikan_segcache and its connections: kinds of sockets, many idle ones, too many, and clients that do not read."""

import resource
import socket
import unittest

from harness import SANITIZED, Server, wait_for
from hostile_rig import LONG


class SocketsTest(unittest.TestCase):
    def test_tcp_and_unix_socket_serve_one_cache(self):
        server = Server(seg_memory="64MiB")
        path = server.path / "cache.sock"
        server.options["server_unix_path"] = path
        with server, server.connect() as tcp, server.connect_unix(path) as unix:
            tcp.expect(b"set key 5 0 5\r\nvalue\r\n", b"STORED\r\n")
            unix.expect(b"get key\r\n", b"VALUE key 5 5\r\nvalue\r\nEND\r\n")
            unix.expect(b"delete key\r\n", b"DELETED\r\n")
            tcp.expect(b"get key\r\n", b"END\r\n")
            addresses = [line for name, line in server.stats("conns").items() if name.endswith(":addr")]
            self.assertTrue(any(line.startswith("unix:") for line in addresses), addresses)
            self.assertEqual(list(server.stats("conns").values()).count("conn_listening"), 2)
            server.stop()
            self.assertFalse(path.exists(), "the socket's file goes with the server")

    def test_connections_are_dealt_evenly_to_the_workers(self):
        with Server(seg_memory="64MiB", worker_threads=4) as server:
            clients = [server.connect() for _ in range(42)]
            for client in clients:
                client.expect(b"mn\r\n", b"MN\r\n")
            self.assertEqual(int(server.stats()["curr_connections"]), 42 + 1)
            for client in clients:
                client.close()
            wait_for(lambda: int(server.stats()["curr_connections"]) == 1, "the connections to be closed")


class LimitsTest(unittest.TestCase):
    def test_one_connection_too_many_is_told_so(self):
        refusal = b"ERROR Too many open connections\r\n"
        with Server(seg_memory="64MiB", max_connections=5) as server:
            server.expected_log = "refused a connection: max_connections"
            clients = [server.connect() for _ in range(5)]
            for client in clients:
                client.expect(b"get x\r\n", b"END\r\n")
            with server.connect() as refused:
                self.assertEqual(refused.read_to_end(), refusal)
            clients[0].close()

            def served():
                with server.connect() as client:
                    client.send(b"mn\r\n")
                    line = client.read_line()
                self.assertIn(line, (b"MN", refusal.rstrip()))
                return line == b"MN"
            wait_for(served, "the free place to be given away")
            clients[1].close()
            stats = wait_for(lambda: self.stats_if_served(server), "another free place")
            self.assertGreaterEqual(int(stats["rejected_connections"]), 1)
            for client in clients:
                client.close()

    def stats_if_served(self, server):
        try:
            return server.stats()
        except (AssertionError, ValueError, OSError):
            return None

    def test_an_idle_connection_is_closed(self):
        with Server(seg_memory="64MiB", idle_timeout="1s") as server, server.connect() as client:
            client.expect(b"get x\r\n", b"END\r\n")
            self.assertEqual(client.read_to_end(), b"")

    def test_thousands_of_idle_connections_cost_little_memory(self):
        count = 10_000 if LONG else 2000
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 2 * count)), hard))
        with Server(seg_memory="64MiB", max_connections=count + 100) as server:
            warm = [server.connect() for _ in range(10)]
            for client in warm:
                client.expect(b"set key 0 0 5\r\nvalue\r\n", b"STORED\r\n")
            before = server.status_kib("VmRSS")
            clients = [server.connect() for _ in range(count)]
            for client in clients:
                client.expect(b"get key\r\n", b"VALUE key 0 5\r\nvalue\r\nEND\r\n")
            grown = server.status_kib("VmRSS") - before
            if not SANITIZED:
                # An idle connection keeps its session, its events and its conversation, but no buffer.
                self.assertLess(grown, 2 * count, "KiB for so many idle connections")
            for client in clients + warm:
                client.close()


class SlowReaderTest(unittest.TestCase):
    def test_a_client_that_does_not_read_is_not_read_from(self):
        value = b"v" * 100_000
        reply = b"VALUE key 0 100000\r\n" + value + b"\r\nEND\r\n"
        count = 2000  # 200 MB of replies, three times the whole cache
        with Server(seg_memory="64MiB") as server, server.connect() as slow, server.connect() as other:
            other.expect(b"set key 0 0 100000\r\n" + value + b"\r\n", b"STORED\r\n")
            before = server.status_kib("VmRSS")
            slow.send(b"get key\r\n" * count)
            for _ in range(100):  # others are served meanwhile, at full length
                other.expect(b"get key\r\n", reply)
            if not SANITIZED:
                self.assertLess(server.status_kib("VmRSS") - before, 4096, "KiB for the replies nobody reads")
            for i in range(count):
                self.assertEqual(slow.read(len(reply)), reply, f"reply {i}")
            slow.expect(b"mn\r\n", b"MN\r\n")

    def test_a_client_that_never_reads_is_disconnected(self):
        with Server(seg_memory="64MiB", write_timeout="1s") as server, server.connect() as stuck:
            stuck.expect(b"set key 0 0 100000\r\n" + b"v" * 100_000 + b"\r\n", b"STORED\r\n")
            stuck.raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            stuck.send(b"get key\r\n" * 1000)
            wait_for(lambda: int(server.stats()["curr_connections"]) == 1, "the stuck client to be disconnected")


if __name__ == "__main__":
    unittest.main()
