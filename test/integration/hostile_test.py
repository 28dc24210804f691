"""Clients that send what they should not, in every protocol over every transport: it costs little, ends at worst their own
connection, and everybody else is served meanwhile. docs/reference/robustness.md has the whole list."""

import random
import unittest

from hostile_rig import LONG, HostileTest, for_each, stores
from speakers import FORM, VALUE

PIECES = 400 if LONG else 40  # of half a megabyte: what never ends


class InputTest(HostileTest):
    @for_each()
    def test_noise_harms_nobody(self, speaker):
        noises = [random.Random(seed).randbytes(5000) for seed in range(8)]
        noises += [bytes(100_000), b"\xff" * 100_000, b"\r\n" * 5000, b"a" * 100_000, b"*" * 1000, b"\x80" * 1000]
        with speaker.connect() as neighbour:
            for noise in noises:
                with speaker.connect() as noisy:
                    noisy.try_to_send(noise)
                    noisy.finish()
                    noisy.rest()
            if speaker.protocol.name != "http":  # which serves one request a connection
                neighbour.send(speaker.protocol.probe)
                neighbour.read_until(speaker.protocol.answer)

    @for_each()
    def test_a_request_cut_anywhere_does_nothing(self, speaker):
        request = speaker.protocol.probe
        if stores(speaker.protocol):
            request, _ = speaker.protocol.store(b"cut", b"value")
        for size in range(1, len(request)):
            with speaker.connect() as client:
                client.send(request[:size])
                client.finish()
                self.assertNotIn(speaker.protocol.answer, client.rest(), request[:size])
        if stores(speaker.protocol):
            with speaker.connect() as client:
                self.assertFalse(speaker.holds(client, b"cut", b"value"))

    @for_each(stores)
    def test_a_request_in_any_two_pieces_is_one(self, speaker):
        with speaker.connect() as client:
            request, reply = speaker.protocol.store(b"split", b"two\r\npieces")
            for size in range(1, len(request)):
                client.send(request[:size])
                client.send(request[size:])
                reply_size = 24 if speaker.protocol.name == "binary" else len(reply)
                self.assertTrue(client.read(reply_size).startswith(reply), request[:size])
            self.assertTrue(speaker.holds(client, b"split", b"two\r\npieces"))

    @for_each(lambda protocol: protocol.endless)
    def test_what_never_ends_costs_no_memory(self, speaker):
        for begin, endless in speaker.protocol.endless:
            before_kib = speaker.server.status_kib("VmRSS")
            with speaker.connect() as client:
                client.try_to_send(begin)
                piece = endless * (500_000 // len(endless))
                for _ in range(PIECES):
                    if not client.try_to_send(piece):
                        break
                self.check_growth(speaker.server, before_kib, 16 * 1024, f"{PIECES // 2} MB of {begin + endless!r}")

    @for_each(lambda protocol: protocol.announced)
    def test_what_is_announced_and_does_not_come_costs_little_and_evicts_nothing(self, speaker):
        with speaker.connect() as client:
            for number in range(1000):
                speaker.write(client, b"kept%d" % number, VALUE)
            for announcement in speaker.protocol.announced:
                before_kib = speaker.server.status_kib("VmRSS")
                crowd = [speaker.connect() for _ in range(20 if speaker.transport == "tls" else 100)]
                for one in crowd:
                    one.send(announcement)
                self.assertTrue(all(speaker.holds(client, b"kept%d" % number, VALUE) for number in range(1000)))
                # A chunk for the beginning of each, of which the pools keep some.
                self.check_growth(speaker.server, before_kib, 100 * 64 + 2048, f"{announcement[:50]!r}")
                for one in crowd:
                    one.close()

    @for_each(lambda protocol: protocol.name != "http")
    def test_a_form_sent_by_a_browser_is_not_run(self, speaker):
        body = speaker.protocol.probe
        if stores(speaker.protocol):
            body, _ = speaker.protocol.store(b"form", b"value")
        with speaker.reach() as browser:
            browser.try_to_send(FORM + body * 3 + b"\r\nshutdown\r\nSHUTDOWN\r\n")
            answer = browser.rest()  # closed by the server
            self.assertNotIn(speaker.protocol.answer, answer)
        if stores(speaker.protocol):
            with speaker.connect() as client:
                self.assertFalse(speaker.holds(client, b"form", b"value"))

    @for_each()
    def test_a_tls_handshake_on_a_plain_port_is_hung_up_on(self, speaker):
        hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + random.Random(1).randbytes(500)
        with speaker.reach() as client:
            client.send(hello)
            self.assertNotIn(b"\x16\x03", client.rest())

    @for_each(lambda protocol: protocol.name in ("text", "resp2", "resp3"))
    def test_commands_that_could_do_harm_are_refused(self, speaker):
        redis = ("SHUTDOWN", "SHUTDOWN NOSAVE", "DEBUG SLEEP 100", "DEBUG SEGFAULT", "MODULE LOAD /tmp/x.so", "SAVE", "BGSAVE",
                 "CONFIG SET dir /tmp", "CONFIG SET dbfilename x", "CONFIG REWRITE", "REPLICAOF 127.0.0.1 1",
                 "SLAVEOF 127.0.0.1 1", "MIGRATE 127.0.0.1 1 k 0 1", "MONITOR", "ACL SETUSER x", "FAILOVER", "SYNC", "PSYNC ? -1")
        memcached = ("shutdown", "shutdown graceful", "stats junk", "debugtime + 10", "misbehave", "refresh_certs")
        commands, error = (memcached, rb"^(SERVER_|CLIENT_)?ERROR") if speaker.protocol.name == "text" else (redis, rb"^-")
        for command in commands:
            with speaker.connect() as client:
                client.send(command.encode() + b"\r\n")
                self.assertRegex(client.read_line(), error, command)
        self.assertIsNone(speaker.server.process.poll())

    @for_each(lambda protocol: protocol.name in ("text", "meta", "ping"))
    def test_a_flood_of_small_requests_is_answered(self, speaker):
        count = 100_000
        with speaker.connect() as client:
            answers = b""
            for _ in range(10):
                client.send(speaker.protocol.probe * (count // 10))
                answers += client.read(len(speaker.protocol.answer) * (count // 10))
            self.assertEqual(answers, speaker.protocol.answer * count)


if __name__ == "__main__":
    unittest.main()
