"""redis-cli and redis-benchmark drive pelikan_rds."""

import os
import pty
import re
import select
import subprocess
import time
import unittest

from harness import HOST, TIME_FACTOR, Server, run, wait_for

STRING_TESTS = ("PING_INLINE", "PING_MBULK", "SET", "GET", "INCR", "MSET (10 keys)")
COLLECTION_TESTS = ("LPUSH", "RPUSH", "LPOP", "RPOP", "SADD", "HSET", "SPOP", "ZADD", "ZPOPMIN",
                    "LPUSH (needed to benchmark LRANGE)", "LRANGE_100 (first 100 elements)", "LRANGE_300 (first 300 elements)",
                    "LRANGE_500 (first 500 elements)", "LRANGE_600 (first 600 elements)")


class Terminal:
    """A program that believes it talks to somebody at a terminal."""

    def __init__(self, *command):
        self.file, other = pty.openpty()
        self.process = subprocess.Popen([str(word) for word in command], stdin=other, stdout=other, stderr=other,
                                        env={**os.environ, "TERM": "dumb", "REDISCLI_HISTFILE": "/dev/null"})
        os.close(other)
        self.text = ""

    def type(self, line):
        self.text = ""
        os.write(self.file, line.encode() + b"\n")

    def wait_for(self, pattern):
        """Reads until the text since the last line typed has the pattern; returns its match."""
        deadline = time.monotonic() + 20 * TIME_FACTOR
        while not (match := re.search(pattern, self.text)):
            ready, _, _ = select.select([self.file], [], [], deadline - time.monotonic())
            assert ready, f"waited in vain for {pattern!r} in {self.text!r}"
            self.text += os.read(self.file, 1 << 16).decode(errors="replace")
        return match

    def close(self):
        self.process.terminate()
        self.process.wait(20)
        os.close(self.file)


class RedisCliTest(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Server("rds", seg_memory="64MiB", worker_threads=2))

    def cli(self, *words, status=0, **options):
        result = run("redis-cli", "-h", HOST, "-p", self.server.port, *words, **options)
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        return result.stdout

    def fill(self, keys):
        lines = "".join(f"SET key:{number} {'v' * (number % 100 + 1)}\r\n" for number in range(keys))
        return self.cli("--pipe", input=lines)

    def test_one_command(self):
        self.assertEqual(self.cli("SET", "key", "two words"), "OK\n")
        self.assertEqual(self.cli("GET", "key"), "two words\n")
        self.assertEqual(self.cli("--no-raw", "MGET", "key", "missing"), '1) "two words"\n2) (nil)\n')
        self.assertEqual(self.cli("-3", "--no-raw", "GET", "missing"), "(nil)\n")
        self.assertIn("1# \"appendonly\" => \"no\"", self.cli("-3", "--no-raw", "CONFIG", "GET", "appendonly"))
        self.assertRegex(self.cli("-3", "INFO", "server"), "redis_version:7.4")
        self.assertEqual(self.cli("-e", "INCR", "key", status=1), "")
        self.assertEqual(self.cli("-r", "3", "INCR", "number"), "1\n2\n3\n")
        self.assertEqual(self.cli("-x", "SET", "key", input="from stdin"), "OK\n")
        self.assertEqual(self.cli("STRLEN", "key"), "10\n")

    def test_at_a_terminal(self):
        terminal = Terminal("redis-cli", "-h", HOST, "-p", self.server.port)
        self.addCleanup(terminal.close)
        terminal.wait_for(f"{HOST}:{self.server.port}> ")
        for line, answer in (("set key 'two words'", "OK"), ("get key", '"two words"'), ("incr key", r"\(error\) ERR value"),
                             ("del key missing", r"\(integer\) 1"), ("hello 3", '1# "server" => "redis"'),
                             ("get key", r"\(nil\)"), ("nonsense", r"\(error\) ERR unknown command 'nonsense'"),
                             ("help set", "group:.* string"), ("3 incr number", r"\(integer\) 3")):
            terminal.type(line)
            terminal.wait_for(answer)
        terminal.type("quit")
        self.assertEqual(terminal.process.wait(20 * TIME_FACTOR), 0)

    def test_mass_insertion_and_scan(self):
        self.assertRegex(self.fill(5000), r"errors: 0, replies: 5000\n")
        keys = self.cli("--scan").split()
        self.assertEqual(sorted(keys), sorted(f"key:{number}" for number in range(5000)))
        self.assertEqual(sorted(self.cli("--scan", "--pattern", "key:99?").split()), [f"key:99{i}" for i in range(10)])

    def test_mass_insertion_tells_errors(self):
        answer = self.cli("--pipe", input="SET key v\r\nINCR key\r\nSET other v\r\n", status=1)
        self.assertIn("errors: 1, replies: 3\n", answer)

    def test_big_keys(self):
        self.fill(1000)
        self.cli("SET", "large", "x" * 5000)
        report = self.cli("--bigkeys")
        self.assertIn("Sampled 1001 keys in the keyspace!", report)
        self.assertRegex(report, r"Biggest string found '\"large\"' has 5000 bytes")
        self.assertRegex(self.cli("--memkeys"), r"Biggest string found '\"large\"' has \d{4,} bytes")

    def test_big_keys_of_every_type(self):
        lines = "".join(f"HSET hash:{size} {' '.join(f'field:{i} v' for i in range(size))}\r\n"
                        f"RPUSH list:{size} {' '.join(map(str, range(size)))}\r\n"
                        f"SADD set:{size} {' '.join(f'member:{i}' for i in range(size))}\r\n"
                        f"ZADD zset:{size} {' '.join(f'{i} member:{i}' for i in range(size))}\r\n" for size in (3, 500))
        self.assertIn("errors: 0, replies: 8\n", self.cli("--pipe", input=lines))
        report = self.cli("--bigkeys")
        for kind, unit in (("hash", "fields"), ("list", "items"), ("set", "members"), ("zset", "members")):
            self.assertRegex(report, rf"Biggest +{kind} found '\"{kind}:500\"' has 500 {unit}")
            self.assertRegex(report, rf"2 \w+ with 503 {unit}")
        self.assertRegex(self.cli("--memkeys"), r"Biggest +zset found '\"zset:500\"' has \d{4,} bytes")

    def test_statistics(self):
        self.fill(1000)
        terminal = Terminal("redis-cli", "-h", HOST, "-p", self.server.port, "-i", "0.01", "--stat")
        self.addCleanup(terminal.close)
        memory, clients = terminal.wait_for(r"\n1000 +(\S+) +(\d+) +").groups()
        self.assertRegex(memory, r"^[\d.]+[KMG]$")
        self.assertGreaterEqual(int(clients), 1)

    def test_latency(self):
        terminal = Terminal("redis-cli", "-h", HOST, "-p", self.server.port, "--latency")
        self.addCleanup(terminal.close)
        terminal.wait_for(r"min: \d+, max: \d+, avg: [\d.]+ \(\d+ samples\)")


class RedisBenchmarkTest(unittest.TestCase):
    def benchmark(self, server, *words):
        result = run("redis-benchmark", "-h", HOST, "-p", server.port, "-t", "ping,set,get,incr,mset", "--csv", *words)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
        rows = [[word.strip('"') for word in line.split('","')] for line in result.stdout.splitlines()[1:]]
        self.assertEqual([name for name, *_ in rows], list(STRING_TESTS))
        self.assertTrue(all(float(rate) > 0 for _, rate, *_ in rows))

    def test_strings(self):
        with Server("rds", seg_memory="64MiB", worker_threads=2) as server:
            self.benchmark(server, "-n", 2000, "-c", 10)
            self.benchmark(server, "-n", 10_000, "-c", 20, "-P", 16, "-r", 1000, "-d", 100)
            self.benchmark(server, "-n", 2000, "-c", 10, "-3", "--threads", 2)
            calls = run("redis-cli", "-p", server.port, "INFO", "commandstats").stdout
            self.assertEqual([int(re.search(rf"cmdstat_{name}:calls=(\d+)", calls)[1]) for name in ("set", "get", "mset")],
                             [14_000] * 3)
            self.assertNotRegex(calls, r"cmdstat_(set|get|incr|mset|ping):[^\n]*failed_calls=[1-9]")

    def test_all_it_has(self):
        """Without -t: the default set."""
        with Server("rds", seg_memory="64MiB", worker_threads=2) as server:
            result = run("redis-benchmark", "-h", HOST, "-p", server.port, "-n", 2000, "-c", 10, "-P", 4, "--csv")
            self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
            names = [line.split('","')[0].strip('"') for line in result.stdout.splitlines()[1:]]
            self.assertEqual([name for name in names if name not in STRING_TESTS], list(COLLECTION_TESTS))
            calls = run("redis-cli", "-p", server.port, "INFO", "commandstats").stdout
            self.assertNotRegex(calls, r"(rejected|failed)_calls=[1-9]")


if __name__ == "__main__":
    unittest.main()
