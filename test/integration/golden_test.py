"""The golden tables of test/service over TCP and over a unix socket, each group of cases against a server with the
options it names. golden_client.cc is the client."""

import subprocess
import unittest

import harness

CLIENT = harness.BIN.parent / "test/golden_client"


def read_options(stream):
    """The lines up to the empty one, by name; None when the stream ends before it."""
    options = {}
    for line in stream:
        if line == "\n":
            return options
        name, _, text = line.rstrip("\n").partition(" ")
        options[name] = text
    return None


def play(number):
    """Plays a group; returns the client's status and what it wrote, or None when there is no such group."""
    client = subprocess.Popen([CLIENT, str(number)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                              errors="backslashreplace")
    with client:
        options = read_options(client.stdout)
        if options is None:
            return None
        server = harness.Server(seg_memory="64MiB", worker_threads=1, **options)
        server.options["server_unix_path"] = server.path / "socket"
        server.expected_log = "."  # the cases say a lot that is wrong, and set the log's level
        with server:
            output, _ = client.communicate(f"{server.port} {server.path / 'socket'}\n",
                                           timeout=600 * harness.TIME_FACTOR)
        return client.returncode, output


class Golden(unittest.TestCase):
    def test_every_case_is_answered_alike_over_tcp_and_unix_sockets_however_it_is_cut(self):
        conversations = 0
        for number in range(100):
            outcome = play(number)
            if outcome is None:
                break
            status, output = outcome
            self.assertEqual(status, 0, f"group {number}:\n{output[:5000]}")
            conversations += int(output.splitlines()[-1].split()[0])
        print(f"golden: {conversations} conversations in {number} groups")
        self.assertGreaterEqual(number, 6)
        self.assertGreaterEqual(conversations, 20_000)


if __name__ == "__main__":
    unittest.main()
