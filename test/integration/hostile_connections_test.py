"""Clients that do harm by what they do with their connections, in every protocol over every transport: those that never read,
never finish a request, come and go, or are too many. docs/reference/robustness.md has the whole list."""

import os
import pathlib
import resource
import signal
import time
import unittest

from harness import HOST, SANITIZER, TIME_FACTOR, resp_request, run, wait_for
from hostile_rig import LONG, PROGRAMS, HostileTest, for_each, stores
from speakers import VALUE

REFUSALS = {"text": b"ERROR Too many open connections\r\n", "resp2": b"-ERR max number of clients reached\r\n", "ping": b""}
MANY_LARGE = {  # requests for a large value 64 times
    "text": b"get" + b" large" * 64 + b"\r\n",
    "resp2": resp_request("MGET", *["large"] * 64),
    "resp3": resp_request("MGET", *["large"] * 64),
}


class FlowTest(HostileTest):
    @staticmethod
    def crowd_of(speaker):
        """How many clients, and how many requests each sends, for values of 4 KiB."""
        is_whole = LONG or (speaker.protocol.name, speaker.transport) == ("text", "tcp")
        return (32, 100_000) if is_whole else (8, 5000)

    def send_and_never_read(self, speaker):
        """Connections on which requests wait that nobody answers, because nobody reads; how many requests each sent."""
        clients, requests = self.crowd_of(speaker)
        batch = speaker.protocol.fetch(b"flow") * 100
        crowd, sent = [], []
        for _ in range(clients):
            client = speaker.connect(receive_buffer=65536)
            client.raw.setblocking(False)
            crowd.append(client)
            sent.append(0)
        total, quiet = -1, 0
        while quiet < 20:  # until all are stuck
            quiet, total = (quiet + 1, total) if sum(sent) == total else (0, sum(sent))
            for number, client in enumerate(crowd):
                sent[number] += self.send_some(client.raw, batch, sent[number], len(batch) // 100 * requests)
            time.sleep(0.01)
        for client in crowd:
            client.raw.settimeout(20 * TIME_FACTOR)
        return crowd, sent

    @staticmethod
    def send_some(raw, batch, sent, most):
        """Sends until the socket takes no more, or all are sent; how many bytes it took."""
        before = sent
        try:
            while sent < most:
                sent += raw.send(batch[sent % len(batch):])
        except BlockingIOError:
            pass
        return sent - before

    def read_all(self, speaker, client, sent):
        """Sends the rest of the last request, and reads every reply."""
        request = speaker.protocol.fetch(b"flow")
        if sent % len(request):
            client.send(request[sent % len(request):])
        left = -(-sent // len(request))
        if speaker.protocol.name != "binary":  # whose replies have a token
            replies = speaker.protocol.hit(b"flow", VALUE) * 100
            for _ in range(left // 100):
                self.assertEqual(client.read(len(replies)), replies)
            left %= 100
        for number in range(left):
            self.assertTrue(speaker.read_hit(client, b"flow", VALUE), f"the last but {left - number}")

    @for_each(stores)
    def test_clients_that_never_read_cost_little_and_evict_nothing(self, speaker):
        with speaker.connect() as client:
            speaker.write(client, b"flow", VALUE)
            for number in range(2000):
                speaker.write(client, b"kept%d" % number, VALUE)
            before_kib, evicted = speaker.server.status_kib("VmRSS"), speaker.server.metrics()["seg_evict"]
            crowd, sent = self.send_and_never_read(speaker)
            self.check_growth(speaker.server, before_kib, 64 * 1024, f"{len(crowd)} clients that do not read")
            waited_ms = self.time_of_a_fresh_client(speaker)
            print(f"{speaker}: {sum(sent)} bytes sent by {len(crowd)} clients, a fresh one served in {waited_ms:.1f} ms")
            if LONG:
                self.assertLess(waited_ms, 50)
            self.assertTrue(all(speaker.holds(client, b"kept%d" % number, VALUE) for number in range(2000)))
            self.assertEqual(speaker.server.metrics()["seg_evict"], evicted)
            for number, one in enumerate(crowd):
                if LONG or number == 0:
                    self.read_all(speaker, one, sent[number])
                one.close()

    def time_of_a_fresh_client(self, speaker):
        begin = time.monotonic()
        speaker.is_served()
        return (time.monotonic() - begin) * 1000

    @for_each(lambda protocol: protocol.name in MANY_LARGE)
    def test_large_replies_to_small_requests_are_bounded(self, speaker):
        large = VALUE * 200  # 800 KiB
        with speaker.connect() as client:
            speaker.write(client, b"large", large)
            before_kib = speaker.server.status_kib("VmRSS")
            crowd = [speaker.connect(receive_buffer=65536) for _ in range(8)]
            for one in crowd:
                one.send(MANY_LARGE[speaker.protocol.name] * 4)
            self.assertTrue(speaker.holds(client, b"large", large))
            self.check_growth(speaker.server, before_kib, 16 * 1024, "8 times 4 replies of 50 MiB")
            reply = speaker.protocol.hit(b"large", large).removesuffix(b"END\r\n")
            head = b"" if speaker.protocol.name == "text" else b"*64\r\n"
            self.assertEqual(crowd[0].read(len(head)), head)
            for _ in range(64):
                self.assertEqual(crowd[0].read(len(reply)), reply)
            for one in crowd:
                one.close()


class TimeTest(HostileTest):
    OPTIONS = {"request_timeout": "300ms", "admin_timeout": "300ms"}

    @for_each()
    def test_half_a_request_is_not_waited_for_for_ever(self, speaker):
        before = speaker.server.metrics()["worker_close_slow"]
        with speaker.connect() as neighbour:
            crowd = [speaker.connect() for _ in speaker.protocol.halves]
            for half, client in zip(speaker.protocol.halves, crowd):
                client.send(half)
            for client in crowd:
                client.rest()  # closed by the server
                client.close()
            if speaker.protocol.port == "server_port":
                after = before + len(crowd)
                wait_for(lambda: speaker.server.metrics()["worker_close_slow"] == after, "the closes to be counted")
                neighbour.send(speaker.protocol.probe)  # who has begun nothing stays
                neighbour.read_until(speaker.protocol.answer)

    @for_each(lambda protocol: protocol.name != "http")  # whose connections have a whole life of their own
    def test_a_request_that_trickles_in_is_not_waited_for_either(self, speaker):
        with speaker.connect() as client:
            half = speaker.protocol.halves[-1]
            client.send(half)
            client.raw.settimeout(0.05)
            wait_for(lambda client=client, half=half: self.is_closed(client, half[-1:]), f"{speaker} to close", timeout=20)

    @staticmethod
    def is_closed(client, byte):
        """Sends one byte more, and waits a moment for the end."""
        if not client.try_to_send(byte):
            return True
        try:
            return client.more() == b""
        except TimeoutError:
            return False
        except ConnectionResetError:
            return True


class LifeTest(HostileTest):
    @staticmethod
    def descriptors(server):
        return len(list(pathlib.Path(f"/proc/{server.process.pid}/fd").iterdir()))

    def wait_to_be_alone(self, server, descriptors):
        wait_for(lambda: server.metrics()["worker_curr_connections"] == 0, "the connections to be closed")
        wait_for(lambda: self.descriptors(server) <= descriptors, f"{descriptors} descriptors")

    @for_each()
    def test_connections_that_come_and_go_in_any_way_leave_nothing(self, speaker):
        server = speaker.server
        speaker.is_served()
        self.wait_to_be_alone(server, 1000)
        before = self.descriptors(server)
        for number in range(5000 if LONG else 100 if speaker.transport == "tls" else 500):
            client = speaker.connect()
            if number % 5 != 0:
                client.send((speaker.protocol.probe, speaker.protocol.halves[0])[number % 2])
            if number % 7 == 0 and number % 2 == 0 and number % 5 != 0:
                client.read_until(speaker.protocol.answer)
            if number % 3 == 0 and speaker.transport != "unix":
                client.reset()
            else:
                client.close()
        self.wait_to_be_alone(server, before)

    @for_each(stores)
    def test_who_has_finished_sending_gets_every_reply(self, speaker):
        count = 2000
        with speaker.connect() as client:
            speaker.write(client, b"half", VALUE)
            client.send(speaker.protocol.fetch(b"half") * count)
            client.finish()
            for number in range(count):
                self.assertTrue(speaker.read_hit(client, b"half", VALUE), f"reply {number}")
            self.assertEqual(client.rest(), b"")

    def test_nobody_listens_on_udp(self):
        inodes = {line.split()[9] for kind in ("udp", "udp6") for line in pathlib.Path(f"/proc/net/{kind}").read_text().splitlines()[1:]}
        for server in self.servers.values():
            links = [os.readlink(link) for link in pathlib.Path(f"/proc/{server.process.pid}/fd").iterdir()]
            sockets = {link[8:-1] for link in links if link.startswith("socket:[")}
            self.assertTrue(sockets)
            self.assertFalse(sockets & inodes)


class AloneTest(HostileTest):
    """Faults that concern a whole server: most have servers of their own."""

    @for_each(lambda protocol: protocol.name in REFUSALS, alone={"max_connections": 4})
    def test_all_who_are_too_many_are_told(self, speaker):
        speaker.server.expected_log = "max_connections"
        crowd = [speaker.connect() for _ in range(4)]
        for client in crowd:
            client.send(speaker.protocol.probe)
            client.read_until(speaker.protocol.answer)
        for _ in range(64):
            with speaker.reach(seals=False) as refused:  # over TLS nobody shakes hands with who will not be served
                words = b"" if speaker.transport == "tls" else REFUSALS[speaker.protocol.name]
                self.assertEqual(refused.rest(), words)
        for client in crowd:
            client.close()
        wait_for(lambda speaker=speaker: speaker.server.metrics()["worker_curr_connections"] == 0, "room again")
        speaker.is_served()

    @unittest.skipIf(SANITIZER == "address", "UBSan asks a pipe whether an address is good: without descriptors none is")
    @for_each(lambda protocol: protocol.name in ("text", "resp2", "ping"), alone={})
    def test_without_descriptors_it_serves_whom_it_has_and_accepts_when_there_are_some(self, speaker):
        server = speaker.server
        server.expected_log = "cannot accept connections for the moment: Too many open files|TLS handshake"
        with speaker.connect() as served:
            served.send(speaker.protocol.probe)
            served.read_until(speaker.protocol.answer)
            files = len(list(pathlib.Path(f"/proc/{server.process.pid}/fd").iterdir()))
            soft, hard = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
            # One is left for whoever asks for metrics.
            resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (files + 1, hard))
            waiting = [speaker.reach(seals=False) for _ in range(20)]
            wait_for(lambda server=server: "cannot accept" in server.stderr(), "accepting to pause")
            for _ in range(100):
                served.send(speaker.protocol.probe)
                served.read_until(speaker.protocol.answer)
            resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (soft, hard))
            for client in waiting:
                if speaker.transport != "tls":
                    client.send(speaker.protocol.probe)
                    client.read_until(speaker.protocol.answer)
                client.close()
            speaker.is_served()
        pauses = server.metrics()["server_accept_pauses"]
        self.assertGreater(pauses, 0)
        self.assertLess(server.metrics()["server_accept_pauses"] - pauses, 2)  # it does not spin

    @for_each(stores, alone={})
    def test_replies_on_their_way_are_delivered_after_sigterm(self, speaker):
        count = 500  # requests in one send and one record: they are received together, and answered if one is
        with speaker.connect(receive_buffer=65536) as client:
            speaker.write(client, b"last", VALUE)
            client.send(speaker.protocol.fetch(b"last") * count)
            self.assertTrue(speaker.read_hit(client, b"last", VALUE))
            speaker.server.process.send_signal(signal.SIGTERM)
            for number in range(1, count):
                self.assertTrue(speaker.read_hit(client, b"last", VALUE), f"reply {number}")
            self.assertEqual(client.rest(), b"")
            self.assertEqual(speaker.server.wait(), 0)

    def test_a_second_server_on_a_port_is_refused(self):
        for program in PROGRAMS:
            first = self.servers[program]
            others = {**self.files.options(), "server_port": 0, "admin_port": 0, "admin_http_port": 0}
            taken = [(name, port, f"{HOST}:{port}: Address already in use") for name, port in first.ports.items()]
            path = first.options["server_unix_path"]
            for name, value, words in (*taken, ("server_unix_path", path, str(path))):
                result = run(first.program, *(word for option in {**others, name: value}.items() for word in ("--" + option[0], option[1])))
                self.assertEqual(result.returncode, os.EX_OSERR, result.stderr)
                self.assertIn(words, result.stderr)


if __name__ == "__main__":
    unittest.main()
