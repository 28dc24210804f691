"""The libmemcached tools drive pelikan_segcache, over TCP and over a unix-domain socket."""

import pathlib
import unittest

from harness import Server, run, wait_for


class LibmemcachedToolsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(seg_memory="64MiB", worker_threads=4))

    def setUp(self):
        self.tool("memcflush")

    def tool(self, name, *arguments, status=0):
        """Runs a tool against the server; returns its stdout after checking its exit status."""
        result = run(name, f"--servers={self.server.address}", *arguments)
        self.assertEqual(result.returncode, status, f"{name} {arguments}: {result.stdout}{result.stderr}")
        return result.stdout

    def file(self, name, content):
        path = pathlib.Path(self.server.path) / name
        path.write_bytes(content)
        return path

    def test_memcping_finds_the_server(self):
        self.tool("memcping")

    def test_memccp_sets_and_memccat_gets(self):
        self.tool("memccp", self.file("one", b"first"), self.file("two", b"second"))
        self.assertEqual(self.tool("memccat", "one", "two"), "first\nsecond\n")

    def test_memccp_adds_and_replaces(self):
        path = self.file("key", b"before")
        self.tool("memccp", "--replace", path, status=1)
        self.tool("memccp", "--add", path)
        path.write_bytes(b"after")
        self.tool("memccp", "--add", path, status=1)
        self.assertEqual(self.tool("memccat", "key"), "before\n")
        self.tool("memccp", "--replace", path)
        self.assertEqual(self.tool("memccat", "key"), "after\n")

    def test_flags_come_back(self):
        self.tool("memccp", "--flags=305419896", self.file("flagged", b"x"))
        self.assertIn("305419896", self.tool("memccat", "--flags", "flagged"))

    def test_memcexist_tells_whether_a_key_is_there(self):
        self.tool("memcexist", "key", status=1)
        self.tool("memccp", self.file("key", b"x"))
        self.tool("memcexist", "key")

    def test_memcrm_deletes(self):
        self.tool("memccp", self.file("key", b"x"))
        self.tool("memcrm", "key")
        self.tool("memccat", "key", status=1)
        self.tool("memcrm", "key", status=1)

    def test_memcflush_empties_the_cache(self):
        self.tool("memccp", self.file("key", b"x"))
        self.tool("memcflush")
        self.tool("memccat", "key", status=1)

    def test_an_item_expires_and_memctouch_saves_it(self):
        self.tool("memccp", "--expire=2", self.file("short", b"x"), self.file("touched", b"y"))
        self.tool("memctouch", "--expire=1000", "touched")
        self.tool("memctouch", "--expire=1000", "missing", status=1)
        wait_for(lambda: run("memcexist", f"--servers={self.server.address}", "short").returncode == 1,
                 "the item to expire")
        self.assertEqual(self.tool("memccat", "touched"), "y\n")

    def test_a_value_of_a_megabyte(self):
        content = (b"0123456789abcdef" * 62500)
        self.tool("memccp", self.file("large", content))
        copy = self.server.path / "copy"
        self.tool("memccat", f"--file={copy}", "large")
        self.assertEqual(copy.read_bytes(), content)

    def test_memcstat_shows_the_statistics(self):
        text = self.tool("memcstat")
        for name in ("pid", "uptime", "version", "curr_items", "get_hits", "bytes", "limit_maxbytes", "threads"):
            self.assertIn(f"{name}: ", text)

    def test_memcslap_gets_sets_and_multi_gets(self):
        for load in ("set", "get", "mget"):
            with self.subTest(load=load):
                self.tool("memcslap", f"--test={load}", "--concurrency=4", "--execute-number=500", "--flush")
        stats = self.server.stats()
        self.assertGreaterEqual(int(stats["cmd_set"]), 2000)
        self.assertGreater(int(stats["get_hits"]), 0)

    def test_memcslap_with_noreply_and_without_waiting(self):
        before = int(self.server.stats()["cmd_set"])
        self.tool("memcslap", "--noreply", "--non-blocking", "--test=set", "--concurrency=2", "--execute-number=1000")
        wait_for(lambda: int(self.server.stats()["cmd_set"]) >= before + 2000, "all sets to arrive")

    def test_memccapable_finds_every_command_of_the_text_protocol(self):
        self.assert_capable("-a")

    def test_memccapable_finds_every_command_of_the_binary_protocol(self):
        self.assert_capable("-b")

    def assert_capable(self, protocol):
        host, port = self.server.address.split(":")
        result = run("memccapable", "-h", host, "-p", port, "-t", "10", protocol)
        self.assertEqual((result.stdout.count("[pass]"), result.returncode), (27, 0), result.stdout)

    def test_memcaslap_verifies_what_it_reads(self):
        text = self.tool("memcaslap", "--threads=1", "--concurrency=16", "--execute_number=20000", "--verify=1.0")
        self.assertRegex(text, r"\nverify_misses: 0\n")
        self.assertRegex(text, r"\nverify_failed: 0\n")


class UnixSocketTest(unittest.TestCase):
    def test_the_tools_reach_a_unix_socket(self):
        server = Server(seg_memory="16MiB")
        socket = server.path / "cache.sock"
        server.options["server_unix_path"] = socket
        with server:
            path = server.path / "key"
            path.write_bytes(b"value")
            self.assertEqual(run("memccp", f"--servers={socket}", path).returncode, 0)
            self.assertEqual(run("memccat", f"--servers={socket}", "key").stdout, "value\n")


if __name__ == "__main__":
    unittest.main()
