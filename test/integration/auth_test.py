"""Authentication: what auth_file asks of clients, and what SIGHUP changes."""

import os
import pwd
import signal
import unittest

from harness import BIN, Server, run, wait_for
from restart_test import connect_admin
from tls_files import TlsFiles

OWN_NAME = pwd.getpwuid(os.geteuid()).pw_name  # root lets other machines in only if it names somebody


class AuthServer(Server):
    """A server with names and passwords."""

    def __init__(self, users, **options):
        super().__init__(seg_memory="8MiB", **options)
        self.users = self.path / "users"
        self.write(users)
        self.options["auth_file"] = self.users

    def write(self, users):
        self.users.write_text(users)
        os.chmod(self.users, 0o600)

    def answer(self, user, password):
        with self.connect() as client:
            token = f"{user} {password}".encode()
            client.send(b"set auth 0 0 %d\r\n%s\r\n" % (len(token), token))
            return client.read_line()


class AuthTest(unittest.TestCase):
    def test_a_client_that_knows_a_password_is_served(self):
        with AuthServer("user:pass\n") as server, server.connect() as client:
            client.expect(b"get k\r\nset k 0 0 9\r\nuser pass\r\nget k\r\nversion\r\n",
                          b"CLIENT_ERROR unauthenticated\r\nSTORED\r\nEND\r\n")
            self.assertTrue(client.read_line().startswith(b"VERSION "))
            client.expect(b"set k 0 0 1\r\nv\r\n", b"STORED\r\n")
            with server.connect() as other:  # what one client has said does not count for another
                other.expect(b"get k\r\n", b"CLIENT_ERROR unauthenticated\r\n")

    def test_attempts_are_counted(self):
        with AuthServer("user:pass\n") as server, server.connect() as client:
            client.expect(b"set a 0 0 9\r\nuser word\r\nset a 0 0 9\r\nuser pass\r\n",
                          b"CLIENT_ERROR authentication failure\r\nSTORED\r\n")
            client.send(b"stats\r\nstats settings\r\nquit\r\n")
            stats = client.read_to_end().split(b"\r\n")
            self.assertIn(b"STAT auth_cmds 2", stats)
            self.assertIn(b"STAT auth_errors 1", stats)
            self.assertIn(b"STAT auth_enabled_ascii yes", stats)

    def test_sighup_reads_the_file_anew(self):
        with AuthServer("user:old\n") as server, server.connect() as inside:
            inside.expect(b"set a 0 0 8\r\nuser old\r\n", b"STORED\r\n")
            server.write("user:new\n")
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda: server.answer("user", "new") == b"STORED", "the new password")
            self.assertEqual(server.answer("user", "old"), b"CLIENT_ERROR authentication failure")
            inside.expect(b"mn\r\n", b"MN\r\n")

    def test_a_bad_file_at_sighup_keeps_the_old_one(self):
        with AuthServer("user:old\n") as server:
            server.expected_log = "error .*: auth_file .* line 1: is not user:password; the names and passwords stay"
            server.write("nonsense\n")
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda: "stay as they were" in server.stderr(), "the error")
            self.assertEqual(server.answer("user", "old"), b"STORED")

    def test_a_bad_file_at_the_start_is_refused(self):
        server = AuthServer("user:pass\nnonsense\n")
        self.addCleanup(server.folder.cleanup)
        result = run(*server.command())
        self.assertEqual(result.returncode, 78)
        self.assertIn(f"auth_file {server.users}: line 2: is not user:password", result.stderr)

    def test_a_server_that_authenticates_may_listen_to_other_machines(self):
        with AuthServer("user:pass\n", server_host="0.0.0.0", user=OWN_NAME) as server:
            server.expected_log = "runs as root, and server_host 0.0.0.0 lets other machines in"
            self.assertEqual(server.answer("user", "pass"), b"STORED")

    def test_who_guesses_waits_and_nobody_else_does(self):
        wrong, failure = b"set a 0 0 9\r\nuser word\r\n", b"CLIENT_ERROR authentication failure\r\n"
        files = TlsFiles()
        self.addCleanup(files.close)
        with AuthServer("user:pass\n", worker_threads=1, **files.options()) as server:
            self.guess(server, files, wrong, failure, right=b"set a 0 0 9\r\nuser pass\r\n", welcome=b"STORED\r\n",
                       ping=b"mn\r\n", pong=b"MN\r\n", metric="memcache_auth_hold")
        with Server("rds", seg_memory="8MiB", requirepass="pass", worker_threads=1, **files.options()) as server:
            server.expected_log = "warn .* told a wrong name or password"
            self.guess(server, files, b"AUTH word\r\n", b"-WRONGPASS invalid username-password pair or user is disabled.\r\n",
                       right=b"AUTH pass\r\n", welcome=b"+OK\r\n", ping=b"PING\r\n", pong=b"+PONG\r\n",
                       metric="resp_auth_hold")

    def test_no_listing_shows_a_password(self):
        with Server("rds", seg_memory="8MiB", requirepass="pass") as server, connect_admin(server) as admin:
            admin.send(b"stats settings\r\nquit\r\n")
            settings = admin.read_to_end().split(b"\r\n")
            self.assertIn(b"STAT requirepass (not shown)", settings)

    def guess(self, server, files, wrong, failure, right, welcome, ping, pong, metric):
        with server.connect() as plain, files.connect(server) as tls, server.connect() as other:
            other.expect(right, welcome)
            for guesser in (plain, tls):
                guesser.expect(wrong * 4, failure * 3)
            other.expect(ping * 1000, pong * 1000)
            for guesser in (plain, tls):
                self.assertEqual(guesser.read(len(failure)), failure)
        self.assertEqual(server.metrics()[metric], 4)

    def test_pelikan_load_logs_in(self):
        with AuthServer("user:pass\n") as server:
            password = server.path / "password"
            words = ["--servers", server.address, "--auth_user", "user", "--auth_password_file", password,
                     "--requests", 1000, "--keys", 100, "--prefill", "all", "--assert", "hit=1,errors=0"]
            password.write_text("pass\n")
            result = run(BIN / "pelikan_load", *words)
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            password.write_text("word\n")
            refused = run(BIN / "pelikan_load", *words)
            self.assertEqual(refused.returncode, 78)
            self.assertIn("refuses the connection: CLIENT_ERROR authentication failure", refused.stderr)


if __name__ == "__main__":
    unittest.main()
