"""pelikan_load speaks the Redis protocol, in both versions, with pelikan_rds and with redis-server."""

import json
import pathlib
import re
import shutil
import tempfile
import unittest

import peers
from harness import BIN, HOST, Server, run, wait_for

REDIS = shutil.which("redis-server")
KEYS = 2000


def load(port, *words, status=0, **options):
    flags = [f"--{name}={value}" for name, value in options.items()]
    result = run(BIN / "pelikan_load", *words, f"--servers={HOST}:{port}", f"--keys={KEYS}", "--request_timeout=60s",
                 *flags)
    assert result.returncode == status, result.stdout + result.stderr
    return result


class RespLoad:
    """What the load generator can expect of any server of the protocol."""

    def report(self, *words, **options):
        with tempfile.NamedTemporaryFile() as file:
            load(self.port, *words, json=file.name, **options)
            return json.load(file)

    def test_every_verb_in_both_versions(self):
        mix = "get:40 mget:10:16 set:20 mset:5:8 touch:3 gat:3 add:3 replace:3 delete:2"
        for protocol in ("resp2", "resp3"):
            for pipeline in (1, 16):
                with self.subTest(protocol, pipeline=pipeline):
                    report = self.report("--assert", "errors=0", protocol=protocol, pipeline=pipeline, mix=mix, ttl=600,
                                         prefill="all", requests=8000, verify="yes", key_prefix=f"{protocol}-{pipeline}-")
                    self.assertEqual(report["prefill"]["resident"], 1)
                    verbs = report["verbs"]
                    self.assertEqual(set(verbs), set(re.findall("[a-z]+", mix)))
                    counts = {verb: verbs[verb]["counts"] for verb in verbs}
                    self.assertEqual(counts["mset"]["stored"], 8 * counts["mset"]["done"])
                    self.assertEqual(counts["mget"]["hits"] + counts["mget"]["misses"], 16 * counts["mget"]["done"])
                    self.assertEqual(counts["add"]["stored"] + counts["add"]["not_stored"], counts["add"]["done"])
                    self.assertGreater(report["hit"], 0.8)

    def test_the_server_tells_of_itself(self):
        report = self.report(protocol="resp2", requests=1000, mix="set:1", key_prefix="told-")
        (server,) = report["server"]
        self.assertIn("uptime_in_seconds", server["stats"]["before"])
        self.assertRegex(server["version"], r"^\d+\.\d+\.\d+$")
        done = [int(server["stats"][when]["total_commands_processed"]) for when in ("before", "after")]
        self.assertGreaterEqual(done[1] - done[0], 1000)

    def test_numbers_and_texts_that_grow(self):
        self.report("--assert", "errors=0", protocol="resp3", requests=1000, mix="incr:2 decr:1", key_prefix="number-")
        self.report("--assert", "errors=0", protocol="resp3", requests=1000, mix="append:1", key_prefix="text-")

    def test_a_wrong_type_is_an_error_of_the_client(self):
        self.report(protocol="resp2", requests=KEYS, mix="set:1", popularity="sequential", key_prefix="mixed-")
        report = self.report(protocol="resp2", requests=1000, mix="incr:1", key_prefix="mixed-")
        self.assertEqual(report["verbs"]["incr"]["counts"]["client_errors"], 1000)

    def test_misses_are_filled(self):
        report = self.report("--assert", "errors=0", protocol="resp3", rate="20k", requests=8000, mix="get:1",
                             on_miss="set", verify="yes", popularity="sequential", key_prefix="filled-")
        verbs = report["verbs"]
        self.assertGreater(verbs["get"]["counts"]["hits"], KEYS)
        self.assertEqual(verbs["set"]["counts"]["stored"], verbs["get"]["counts"]["misses"])

    def test_times_to_live_are_given(self):
        self.report("--assert", "hit=0,errors=0", protocol="resp2", requests=200, mix="gat:1", ttl=1, key_prefix="none-")
        self.report(protocol="resp2", requests=KEYS, mix="set:1", popularity="sequential", ttl=1, key_prefix="short-")
        gone = lambda: self.report(protocol="resp2", requests=KEYS, mix="get:1", popularity="sequential",
                                   key_prefix="short-")["hit"] == 0
        wait_for(gone, "the keys' end")

    def test_a_trace_is_replayed(self):
        with tempfile.TemporaryDirectory() as folder:
            trace = pathlib.Path(folder, "trace")
            verbs = ("set", "get", "gets", "cas", "prepend", "append", "delete", "get")
            trace.write_text("".join(f"{at},key-{at % 50},6,30,{at % 4},{verbs[at % 8]},100\n" for at in range(2000)))
            report = self.report("replay", trace, "--trace_speed=max", "--on_miss=set", "--assert=errors=0", protocol="resp2")
        self.assertGreaterEqual(report["counts"]["done"], 2000)

    def test_a_raw_command_that_is_none(self):
        for raw, complaint in (("ZADD {key}", "'ZADD' is no weight"), ("1", "a command is missing"),
                               ("1 GET {kee}", "'{kee}' is no placeholder"), ("1 GET {key", "a brace is not closed")):
            self.assertIn(complaint, load(self.port, protocol="resp2", raw=raw, status=78).stderr)
        self.assertIn("memcache has no raw", load(self.port, raw="1 PING", status=78).stderr)

    def test_what_redis_has_not_is_refused(self):
        for verb in ("gets", "cas", "prepend"):
            result = load(self.port, protocol="resp3", mix=f"get:1 {verb}:1", status=78)
            self.assertIn(f"'get:1 {verb}:1' is refused: resp3 has no {verb}", result.stderr)
        self.assertIn("memcache has no mset", load(self.port, mix="mset:1:2", status=78).stderr)


class PelikanTest(RespLoad, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.port = cls.enterClassContext(Server("rds", seg_memory="64MiB")).port


@unittest.skipUnless(REDIS, "redis-server is not installed")
class RedisTest(RespLoad, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.port, _ = cls.enterClassContext(peers.redis())

    def test_commands_of_ones_own(self):
        raw = "4 ZADD board:{key} {int 1 1000} {value}; 2 ZCARD board:{key}; 1 HSET {key} f {value}; 1 EXPIRE {key} {ttl};" \
              "2 HGETALL {key}; 1 HGET {key} none; 1 PING"
        for protocol in ("resp2", "resp3"):
            report = self.report("--assert", "errors=0", protocol=protocol, mix="", raw=raw, ttl=600, requests=5000,
                                 pipeline=8, key_prefix="own-")
            counts = report["verbs"]["raw"]["counts"]
            self.assertEqual(counts["done"], 5000)
            # The HGETs, and those HGETALLs whose key has not come yet.
            self.assertGreater(counts["misses"], 5000 / 12 - 150)
            self.assertLess(counts["misses"], 3 * 5000 / 12)
        mixed = self.report(protocol="resp3", mix="get:1", raw="1 STRLEN {key}", requests=1000)
        self.assertAlmostEqual(mixed["verbs"]["raw"]["count"], 500, delta=100)


class PasswordTest(unittest.TestCase):
    def check(self, port):
        with tempfile.TemporaryDirectory() as folder:
            right, wrong = pathlib.Path(folder, "right"), pathlib.Path(folder, "wrong")
            right.write_text("secret\n")
            wrong.write_text("guess\n")
            for protocol in ("resp2", "resp3"):
                load(port, "--assert", "errors=0,hit=1", protocol=protocol, auth_password_file=right, prefill="all",
                     requests=2000, reconnect_every=50)
                load(port, "--assert", "errors=0", protocol=protocol, auth_password_file=right, auth_user="default",
                     requests=100)
                refused = load(port, protocol=protocol, auth_password_file=wrong, status=78)
                self.assertIn(f"127.0.0.1:{port} refuses the connection: -WRONGPASS", refused.stderr)

    def test_a_password_is_sent_on_every_connection(self):
        with Server("rds", seg_memory="64MiB", requirepass="secret") as server:
            server.expected_log = "told a wrong name or password"
            self.check(server.port)

    @unittest.skipUnless(REDIS, "redis-server is not installed")
    def test_so_it_is_to_redis(self):
        with peers.redis({"requirepass": "secret"}) as (port, _):
            self.check(port)

    def test_a_password_that_cannot_be_read_or_spoken(self):
        with Server("rds", seg_memory="64MiB") as server:
            port = server.port
            missing = load(port, protocol="resp2", auth_password_file="/nowhere", status=78)
            self.assertIn("auth_password_file: there is no password in '/nowhere'", missing.stderr)
            alone = load(port, protocol="resp2", auth_user="me", status=78)
            self.assertIn("auth_user: 'me' is refused: a password is needed, too", alone.stderr)
            binary = load(port, protocol="memcache_binary", auth_password_file="/etc/hostname", status=78)
            self.assertIn("'memcache_binary' is refused: no passwords are spoken of in it", binary.stderr)


if __name__ == "__main__":
    unittest.main()
