"""What the integration tests share: a server that is started and stopped, raw connections, and waiting.

Environment: PELIKAN_BIN, the folder of the programs (build/bin); PELIKAN_TIME_FACTOR, how much longer
everything may take (sanitizer builds); PELIKAN_SANITIZED, set when the build is one: its memory is not ours."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BIN = pathlib.Path(os.environ.get("PELIKAN_BIN") or ROOT / "build/bin")
TIME_FACTOR = float(os.environ.get("PELIKAN_TIME_FACTOR") or 1)
SANITIZER = os.environ.get("PELIKAN_SANITIZED") or ""  # address or thread
SANITIZED = bool(SANITIZER)
HOST = "127.0.0.1"
ROOT_LOG = r"^\S+ warn \S+: runs as root; "  # what every server says of that on a loopback address
POOL_LOG = r"^\S+ info \S+: pool "  # what a server with a pool says of it: for `expected_log`

# Debian keeps some daemons, nutcracker among them, where only root's PATH looks.
os.environ["PATH"] += ":/usr/sbin"


def wait_for(condition, what, timeout=10.0):
    """Waits until condition() is true and returns what it returned; fails after `timeout` seconds."""
    deadline = time.monotonic() + timeout * TIME_FACTOR
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.01)


def run(*command, timeout=60.0, **options):
    """Runs a program to its end; returns it with stdout and stderr as text."""
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False,
                          timeout=timeout * TIME_FACTOR, **options)


def resp_request(*words):
    """A request of the Redis protocol; what is not bytes goes as text."""
    parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in parts)


def surprises_in(stderr, expected_log=None):
    """The lines of a server's stderr that match neither the regular expression nor what each says as root, nor what counts
    lines for `make coverage` says in a server that has become another user."""
    expected = "|".join(filter(None, ("^profiling:", ROOT_LOG if os.geteuid() == 0 else None, expected_log)))
    return [line for line in stderr.splitlines() if not re.search(expected, line)]


class Server:
    """A running pelikan_<name>. Options are given by their names; ports not given are any free ones.

        with Server("segcache", seg_memory="64MiB") as server:
            server.port ...

    Leaving the block stops it by SIGTERM and asserts exit status 0, and that every line on stderr, where the log
    goes, matches the regular expression `expected_log`; by default nothing may be there."""

    def __init__(self, name="segcache", **options):
        self.program = BIN / f"pelikan_{name}"
        self.folder = tempfile.TemporaryDirectory(prefix="pelikan-test-")
        self.path = pathlib.Path(self.folder.name)  # for a test's own files: sockets, logs
        self.options = {"server_port": 0, "admin_port": 0, "admin_http_port": 0, **options}
        self.process = None
        self.ports = {}
        self.expected_log = None

    def command(self):
        words = [str(self.program), "--ports_file", str(self.path / "ports")]
        for name, value in self.options.items():
            words += [f"--{name}", str(value)]
        return words

    def start(self):
        self.ended = False  # by this test
        (self.path / "ports").unlink(missing_ok=True)
        with open(self.path / "stdout", "wb") as out, open(self.path / "stderr", "wb") as err:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        try:
            self.ports = wait_for(self.read_ports, f"{self.program.name} to listen", timeout=30)
        except AssertionError:
            self.kill()
            raise
        return self

    def read_ports(self):
        """The ports the server says it listens on, by their options' names; {} while it has not said so."""
        if self.process.poll() is not None:
            raise AssertionError(f"{self.program.name} ended with {self.process.returncode}: {self.stderr()}")
        try:
            lines = (self.path / "ports").read_text().splitlines()
        except FileNotFoundError:
            return {}
        return {name: int(port) for name, port in (line.split(": ") for line in lines)}

    def stderr(self):
        return (self.path / "stderr").read_text(errors="replace")

    def stop(self):
        """SIGTERM; the server ends with status 0 and has had nothing to complain about."""
        self.process.send_signal(signal.SIGTERM)
        status = self.wait()
        assert status == 0, f"exit status {status} after SIGTERM: {self.stderr()}"
        surprises = surprises_in(self.stderr(), self.expected_log)
        assert not surprises, f"on stderr: {surprises}"

    def wait(self, timeout=20.0):
        try:
            self.ended = True
            return self.process.wait(timeout * TIME_FACTOR)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.program.name} did not end") from None

    def kill(self):
        self.ended = True
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, error, trace):
        try:
            if not self.ended:
                status = self.process.poll()
                assert status is None, f"ended by itself with {status}: {self.stderr()}"
                if kind is None:
                    self.stop()
        finally:
            self.kill()
            self.folder.cleanup()

    @property
    def port(self):
        return self.ports["server_port"]

    @property
    def address(self):
        return f"{HOST}:{self.port}"

    def connect(self):
        return Connection(socket.create_connection((HOST, self.port), timeout=10 * TIME_FACTOR))

    def connect_unix(self, path):
        raw = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        raw.settimeout(10 * TIME_FACTOR)
        raw.connect(str(path))
        return Connection(raw)

    def stats(self, which=""):
        """What the data port answers to `stats <which>`, as a dictionary of texts."""
        with self.connect() as connection:
            connection.send(f"stats {which}".rstrip().encode() + b"\r\n")
            lines = iter(lambda: connection.read_line().decode(), "END")
            return dict(line.split(" ", 2)[1:] for line in lines)

    def metrics(self):
        """All metrics by name, from the admin HTTP port."""
        url = f"http://{HOST}:{self.ports['admin_http_port']}/vars.json"
        with urllib.request.urlopen(url, timeout=60 * TIME_FACTOR) as answer:
            return json.load(answer)

    def status_kib(self, field):
        """A line of /proc/<pid>/status: VmRSS, ..."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1])
        raise AssertionError(f"/proc/<pid>/status has no {field}")


class Connection:
    """A raw connection: bytes out, lines or so many bytes in. Every wait is bounded."""

    def __init__(self, raw):
        self.raw = raw
        self.buffer = b""

    def send(self, data):
        self.raw.sendall(data)

    def more(self):
        data = self.raw.recv(1 << 20)
        self.buffer += data
        return data

    def read_line(self):
        """The next line without its CRLF; b"" only for an empty line: the end of the stream is an error."""
        while b"\r\n" not in self.buffer:
            if not self.more():
                raise AssertionError(f"closed, with {self.buffer!r} left")
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line

    def read(self, size):
        pieces, missing = [self.buffer[:size]], size - len(self.buffer[:size])
        self.buffer = self.buffer[size:]
        while missing > 0:
            data = self.raw.recv(min(missing, 1 << 20))
            if not data:
                raise AssertionError(f"closed, {missing} bytes early")
            pieces.append(data)
            missing -= len(data)
        return b"".join(pieces)

    def read_to_end(self):
        """Everything until the server closes."""
        while self.more():
            pass
        rest, self.buffer = self.buffer, b""
        return rest

    def expect(self, request, reply):
        """Sends, and asserts that exactly `reply` comes back."""
        self.send(request)
        answer = self.read(len(reply))
        assert answer == reply, f"{request[:100]!r} was answered {answer!r}, expected {reply!r}"

    def close(self):
        self.raw.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
