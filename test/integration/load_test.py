"""pelikan_load against the real servers, and against one that writes down what it is sent."""

import os
import pathlib
import re
import signal
import socket
import tempfile
import threading
import time
import unittest

from harness import BIN, HOST, SANITIZED, Server, run, wait_for

LOAD = BIN / "pelikan_load"


def load(server, *words, timeout=120, **options):
    """Runs pelikan_load against `server` (a Server or an address) to its end."""
    address = server if isinstance(server, str) else server.address
    flags = [word for name, value in options.items() for word in (f"--{name}", value)]
    return run(LOAD, *words, "--servers", address, *flags, timeout=timeout)


class RecordingServer:
    """Answers memcache's get and set, and keeps every byte it was sent."""

    def __enter__(self):
        self.listener = socket.create_server((HOST, 0))
        self.address = f"{HOST}:{self.listener.getsockname()[1]}"
        self.requests = []
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        return self

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        with connection, connection.makefile("rwb") as stream:
            for line in stream:
                words = line.split()
                if words[0] == b"set":
                    self.requests.append(line + stream.read(int(words[4]) + 2))
                    stream.write(b"STORED\r\n")
                elif words[0] == b"get":
                    self.requests.append(line)
                    stream.write(b"END\r\n")
                elif words[0] == b"version":
                    stream.write(b"VERSION 0\r\n")
                else:
                    stream.write(b"END\r\n")
                stream.flush()

    def __exit__(self, *_):
        self.listener.close()


class TrafficTest(unittest.TestCase):
    def check(self, result, status=0):
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        return result.stdout

    def test_a_closed_loop_stores_and_finds(self):
        with Server(seg_memory="64MiB") as server:
            text = self.check(load(server, prefill="all", keys=10_000, verify="yes", requests=20_000,
                                   mix="get:50 set:20 mget:10:7 gets:5 cas:5 add:2 replace:2 touch:2 delete:2 gat:2",
                                   ttl="1h", value_size="uniform 1 3000", pipeline=8))
            self.assertIn("20000 requests", text)
            self.assertIn("errors 0\n", text)
            self.assertIn("closed loop: latency is not comparable with open-loop results", text)
            stats = server.stats()
            self.assertGreaterEqual(int(stats["cmd_set"]), 10_000 + 20_000 * 0.2 * 0.8)
            self.assertGreater(int(stats["cas_hits"]), 500)

    def test_misses_are_filled(self):
        with Server(seg_memory="64MiB") as server:
            text = self.check(load(server, keys=500, requests=5_000, mix="get:1", on_miss="set", verify="yes",
                                   popularity="uniform", backend_delay="1ms"))
            self.assertIn("errors 0\n", text)
            hits = int(re.search(r"hit .*\((\d+) of", text).group(1))
            self.assertGreater(hits, 3000)
            self.assertGreaterEqual(int(server.stats()["curr_items"]), 490)

    def test_an_open_loop_keeps_its_rate(self):
        with Server(seg_memory="64MiB") as server:
            text = self.check(load(server, "--assert", "rate>1900,rate<2100,errors=0", rate="2k", duration="4s", threads=2,
                                   connections=4, arrival="even", keys=1000))
            self.assertRegex(text, r"(?m)^service ")
            self.assertRegex(text, r"(?m)^lag ")

    def test_a_schedule_has_its_phases(self):
        with Server(seg_memory="64MiB") as server:
            text = self.check(load(server, schedule="const 1k 1s; ramp 1k 3k 2s", keys=1000))
            self.assertRegex(text, r"const 1k 1s: (9\d\d|1\.0\dk)/s of 1.00k/s planned")
            self.assertRegex(text, r"ramp 1k 3k 2s: (1\.9\d|2\.0\d)k/s of 2.00k/s planned")

    def test_connections_come_and_go(self):
        with Server(seg_memory="64MiB") as server:
            text = self.check(load(server, requests=2_000, connections=2, reconnect_every=100, keys=100))
            self.assertIn("errors 0\n", text)
            self.assertGreaterEqual(int(server.stats()["total_connections"]), 18)
            text = self.check(load(server, rate="1k", duration="1s", connections=4, churn=40, idle_connections=10,
                                   keys=100))
            self.assertIn("errors 0\n", text)

    def test_unix_sockets_and_several_servers(self):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/cache.sock"
            with Server(seg_memory="64MiB", server_unix_path=path), Server(seg_memory="64MiB") as other:
                servers = f"unix:{path},{other.address}"
                text = self.check(load(servers, requests=4_000, connections=4, keys=100))
                self.assertIn("errors 0\n", text)
                self.assertGreater(int(other.stats()["cmd_get"]), 300)

    def test_connections_take_source_ips_in_turn(self):
        sources = {"127.0.0.2", "127.0.0.3"}
        with Server(seg_memory="64MiB") as server:
            thread = threading.Thread(target=load, args=(server,), kwargs={
                "source_ips": ",".join(sources), "nodelay": "no", "connections": 4, "rate": 100, "duration": "3s"})
            thread.start()

            def peers():
                return sorted(word.split(":")[1] for word in server.stats("conns").values()
                              if word.startswith("tcp:") and word.split(":")[1] in sources)

            wait_for(lambda: peers() == ["127.0.0.2"] * 2 + ["127.0.0.3"] * 2, "the four connections")
            thread.join()

    def test_meta_commands_do_what_classic_ones_do(self):
        with Server(seg_memory="64MiB") as server:
            text = self.check(load(server, protocol="memcache_meta", prefill="all", keys=10_000, verify="yes",
                                   requests=20_000, ttl="1h", value_size="uniform 1 3000", pipeline=8,
                                   mix="get:45 gets:5 mget:10:7 gat:2 touch:2 set:20 cas:5 add:2 replace:2 delete:2"))
            self.assertIn("20000 requests", text)
            self.assertIn("errors 0\n", text)
            self.assertGreater(float(re.search(r"hit ([0-9.]+)%", text).group(1)), 80)
            stats = server.stats()
            self.assertGreaterEqual(int(stats["cmd_meta"]), 10_000 + 20_000)
            self.assertGreater(int(stats["cas_hits"]), 500)

    def test_ping(self):
        with Server("pingserver") as server:
            text = self.check(load(server, protocol="ping", requests=10_000, pipeline=16))
            self.assertIn("10000 requests", text)
            self.assertRegex(text, r"(?m)^ping +10.0k")

    def test_the_binary_protocol(self):
        mix = "get:50 gets:5 mget:5:10 set:20 add:4 replace:4 delete:4 touch:4 cas:4"
        with Server(seg_memory="64MiB") as server:
            text = self.check(load(server, "--ks.default.mix", mix, "--ks.default.verify", "yes",
                                   protocol="memcache_binary", requests=20_000, pipeline=16))
            self.assertIn("20000 requests", text)
            self.assertGreater(int(server.stats()["get_hits"]), 5_000)

    def test_a_server_that_is_stopped_is_charged_for_all_who_wait(self):
        """20,000/s for 20 s, stopped for 1 s in the middle: of 400,000 requests 5 % were planned in that second, and
        only those in flight (16 connections of 64) show it as service time."""
        rate, window = (5_000, 16) if SANITIZED else (20_000, 64)
        with Server(seg_memory="64MiB") as server:
            result = []
            gates = "p99>0.5s,p99<0.9s,p99.9>=0.9s,service.p99<100ms,service.p99.7<500ms,dropped=0"
            thread = threading.Thread(target=lambda: result.append(
                load(server, "--assert", gates, rate=rate, pipeline=window, duration="20s", keys=10_000, strict="yes",
                     prefill="all")))
            thread.start()
            time.sleep(10)
            os.kill(server.process.pid, signal.SIGSTOP)
            time.sleep(1)
            os.kill(server.process.pid, signal.SIGCONT)
            thread.join()
            text = self.check(result[0])
            self.assertRegex(text.splitlines()[0], r"^server stalled (0\.[89]|1\.[0-2]) s$")
            self.assertNotIn("generator was the bottleneck", text)


class ReplayTest(unittest.TestCase):
    """A trace in Twitter's format: 3 clients ask for 40 keys in turn, 600 requests over 3 seconds."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = f"{self.folder.name}/trace.csv"
        self.lines = [f"{100 + i // 200},key{i % 40:03},6,{50 + i % 40},{i % 3},{'set' if i % 10 == 0 else 'get'},600"
                      for i in range(600)]
        with open(self.path, "w", encoding="ascii") as file:
            file.write("\n".join(self.lines) + "\n")

    def replay(self, server, *words, **options):
        return load(server, "replay", self.path, *words, **options)

    def test_it_sends_what_was_recorded_in_each_clients_order(self):
        with RecordingServer() as server:
            result = self.replay(server, connections=3, trace_speed="max")
            self.assertEqual(result.returncode, 0, result.stderr)
            sent = [request.split()[1].decode() for request in server.requests]
            self.assertEqual(sorted(sent), sorted(line.split(",")[1] for line in self.lines))
            sizes = {request.split()[1].decode(): int(request.split()[4]) for request in server.requests
                     if request.startswith(b"set")}
            self.assertEqual(sizes, {f"key{i:03}": 50 + i for i in (0, 10, 20, 30)})

    def test_recorded_times_are_kept_at_a_multiple(self):
        with Server(seg_memory="64MiB") as server:
            result = self.replay(server, "--assert", "rate>450,rate<900,errors=0", trace_speed="3")
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            self.assertRegex(result.stdout, r"(?m)^lag ")

    def test_a_rate_replaces_the_recorded_times(self):
        with Server(seg_memory="64MiB") as server:
            result = self.replay(server, rate="600", arrival="even", on_miss="set")
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            stats = server.stats()
            self.assertEqual((stats["cmd_get"], stats["curr_items"]), ("540", "40"))
            self.assertGreater(int(stats["cmd_set"]), 60)  # the fills as well

    def test_values_that_come_back_are_checked(self):
        with Server(seg_memory="64MiB") as server:
            words = {"trace_speed": "max", "on_miss": "set", "verify": "yes", "connections": 1}
            self.assertIn("errors 0\n", self.replay(server, **words).stdout)
            with server.connect() as other:
                other.expect(b"set key001 0 0 51\r\n" + 51 * b"x" + b"\r\n", b"STORED\r\n")
            asked = sum(",key001," in line for line in self.lines)
            self.assertRegex(self.replay(server, **words).stdout, rf"errors {asked} .*corrupt")

    def test_what_no_client_of_a_cache_sends_is_passed_over_and_said(self):
        lines = ['1700000000.100000 [0 127.0.0.1:5000] "PING"', '1700000000.200000 [0 127.0.0.1:5000] "SET" "k" "v"',
                 '1700000000.300000 [0 127.0.0.1:5000] "INFO" "all"', '1700000000.400000 [0 127.0.0.1:5000] "GET" "k"']
        with open(self.path, "w", encoding="ascii") as file:
            file.writelines(line + "\n" for line in lines)
        with Server(seg_memory="64MiB") as server:
            text = self.replay(server, trace_format="redis_monitor", trace_speed="max", connections=1, pipeline=1).stdout
            self.assertIn("2 requests", text)
            self.assertIn("hit 100.0% (1 of 1)", text)
            self.assertIn("\npassed over 2 commands of the trace", text)

    def test_the_misses_at_the_end_are_filled(self):
        with open(self.path, "w", encoding="ascii") as file:
            file.writelines(f"1,last{i:03},7,10,0,get,600\n" for i in range(200))
        with Server(seg_memory="64MiB") as server:
            self.replay(server, trace_speed="max", on_miss="set", connections=1, pipeline=200)
            self.assertEqual(server.stats()["curr_items"], "200")

    def test_a_trace_that_cannot_be_read_ends_the_replay(self):
        with open(self.path, "a", encoding="ascii") as file:
            file.write("nonsense\n")
        with Server(seg_memory="64MiB") as server:
            result = self.replay(server, trace_speed="max")
            self.assertEqual(result.returncode, 65, result.stdout + result.stderr)
            self.assertIn(f"{self.path}:601: ", result.stderr)

    def test_what_was_logged_can_be_replayed(self):
        with Server(seg_memory="64MiB", klog_file=f"{self.folder.name}/klog", klog_sample=1) as server:
            load(server, requests=2_000, keys=300, prefill="none", on_miss="set")
            wait_for(lambda: pathlib.Path(self.folder.name, "klog").read_text().count("\n") >= 2000, "the log")
        with Server(seg_memory="64MiB") as server:
            result = load(server, "replay", f"{self.folder.name}/klog", trace_format="klog", trace_speed="max")
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            self.assertIn("errors 0\n", result.stdout)


class SameSeedTest(unittest.TestCase):
    def requests(self, seed):
        with RecordingServer() as server:
            result = load(server.address, requests=500, connections=1, seed=seed, keys=1000, pipeline=4)
            self.assertEqual(result.returncode, 0, result.stderr)
            return server.requests

    @staticmethod
    def without_time(request):
        """The first 8 bytes of a value tell when it was stored, and its checksum with them."""
        line, _, value = request.partition(b"\r\n")
        return line, value[16:]

    def test_the_same_seed_makes_the_same_requests(self):
        first, again, other = self.requests(7), self.requests(7), self.requests(8)
        self.assertEqual(len(first), 500)
        self.assertEqual([self.without_time(r) for r in first], [self.without_time(r) for r in again])
        self.assertNotEqual([r.split()[1] for r in first], [r.split()[1] for r in other])


class ExitTest(unittest.TestCase):
    def refused(self, status, message, *words, **options):
        result = load(f"{HOST}:1", *words, **options)
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        self.assertRegex(result.stderr, message)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)

    def test_usage(self):
        self.refused(64, "unknown flag '--rat'; did you mean '--rate'", "--rat", "3")
        self.refused(64, "--rate needs a value", "--rate")
        self.refused(64, "unknown flag '--ks.user.weigth'; did you mean '--ks.user.weight'", "--set", "ks.user.weigth=3")
        self.refused(64, "two config files", "a.conf", "b.conf")

    def test_configuration(self):
        self.refused(78, "--duration: '10x' is not a time", "-t", duration="10x")
        self.refused(78, "rate: '10q' is refused", "-t", rate="10q")
        self.refused(78, "protocol: 'redis' is not spoken; allowed: memcache|memcache_meta|memcache_binary|resp2|resp3|ping|fixed", "-t",
                     protocol="redis")
        self.refused(78, "schedule: .*burst", "-t", schedule="burst 1k 2k 10s 5s 60s")
        self.refused(78, "assert: 'p99' is refused: it compares nothing", "-t", "--assert", "p99")
        self.refused(78, "mix: 'fetch:1' is refused", "-t", mix="fetch:1")
        self.refused(78, "search|rate: '0' is refused: no range", "-t", search="p99<1ms")
        self.refused(78, "cpu_affinity: '0,4096' is refused: no such CPU", "-t", cpu_affinity="0,4096", threads=2)
        self.refused(78, "source_ips: '192.0.2.1' is refused: Cannot assign", "-t", source_ips="192.0.2.1")
        self.refused(78, "prefill: 'some' is refused", "-t", prefill="some")

    def test_a_config_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/load.conf"
            with open(path, "w", encoding="ascii") as file:
                file.write("rate: 10k\nks.user.wait: 3\nvalue_size: 100\n")
            self.refused(78, "load.conf:2: unknown option 'ks.user.wait'", "-t", path)
            with open(path, "w", encoding="ascii") as file:
                file.write("rate: 10k\nks.user.weight: 3\nvalue_size: 100 # bytes\n")
            result = run(LOAD, "-t", path)
            self.assertEqual((result.returncode, result.stdout), (0, "pelikan_load: the configuration is valid\n"))

    def test_the_environment_stands_between_file_and_command_line(self):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/load.conf"
            with open(path, "w", encoding="ascii") as file:
                file.write("protocol: one\n")

            def complaint(*words, **variables):
                return run(LOAD, "-t", *words, env={**os.environ, **variables}).stderr

            self.assertIn("'one'", complaint(path))
            self.assertIn("'two'", complaint(path, PELIKAN_LOAD_PROTOCOL="two"))
            self.assertIn("'three'", complaint(path, "--protocol", "three", PELIKAN_LOAD_PROTOCOL="two"))
            self.assertIn("ks.big_one.value_size: 'x' is refused",
                          complaint(PELIKAN_LOAD_KS_BIG_ONE_VALUE_SIZE="x"))
            self.assertIn("unknown option 'rat'; did you mean 'rate'", complaint(PELIKAN_LOAD_RAT="1"))

    def test_a_server_that_is_not_there(self):
        self.refused(5, rf"cannot connect to {HOST}:1: Connection refused")
        result = run(LOAD, "--servers", "127.0.0.2", "--connect_timeout", "1s")
        self.assertEqual(result.returncode, 5)
        self.assertIn("cannot connect to 127.0.0.2:11211: Connection refused", result.stderr)

    def test_a_server_that_goes_away(self):
        # Long before the end, and so shortly that its connect_timeout does not pass.
        for rate, duration, patience in (("0", "60s", "300ms"), ("2k", "60s", "300ms"), ("0", "3s", "1m")):
            server = Server(seg_memory="64MiB")
            with server:
                result = []
                thread = threading.Thread(target=lambda: result.append(
                    load(server, rate=rate, duration=duration, keys=1000, connect_timeout=patience)))
                thread.start()
                wait_for(lambda: int(server.stats()["cmd_get"]) > 1000, "requests")
                server.kill()
                thread.join()
            self.assertEqual(result[0].returncode, 6, result[0].stdout + result[0].stderr)
            self.assertIn(f"server {server.address} went away in mid-run", result[0].stdout.splitlines()[0])
            self.assertLess(result[0].stderr.count("rps"), 20)  # a line for an interval, also behind the planned end

    def test_assertions(self):
        with Server(seg_memory="64MiB") as server:
            result = load(server, "--assert", "errors=0,hit>0.9,p50<100s", requests=1000, mix="get:1")
            self.assertEqual(result.returncode, 4)
            self.assertIn("met errors=0: 0\n", result.stdout)
            self.assertIn("FAILED hit>0.9: 0\n", result.stdout)

    def test_a_generator_that_cannot_keep_up(self):
        with Server(seg_memory="64MiB") as server:
            words = {"rate": "10M", "duration": "1s", "pipeline": 10000, "keys": 1000}
            self.assertEqual(load(server, **words, strict="yes").returncode, 3)
            result = load(server, **words)
            self.assertEqual(result.returncode, 0)
            self.assertIn("generator was the bottleneck", result.stdout.splitlines()[0])

    def test_a_self_test_needs_no_server(self):
        result = run(LOAD, "--self-test")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"closed loop, 32 in flight +\S+[kM]/s ")
        self.assertRegex(result.stdout, r"open loop at 10k/s +(9\.\d+|10\.\d)k/s ")

    def test_a_search_finds_a_rate(self):
        with Server(seg_memory="64MiB") as server:
            result = load(server, search="p50<20ms,errors=0", rate="500:2k", duration="500ms", keys=1000)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn("search: the highest rate is 2.00k/s", result.stderr)


if __name__ == "__main__":
    unittest.main()
