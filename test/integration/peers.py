"""The servers that ours are compared with, as Debian has them."""

import contextlib
import pathlib
import socket
import subprocess
import tempfile

import harness


def free_port():
    with socket.create_server((harness.HOST, 0)) as listener:
        return listener.getsockname()[1]


def answers(path):
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(str(path))
        return True
    return False


@contextlib.contextmanager
def redis(options=()):
    """redis-server, which keeps nothing; its port and the path of its socket. `options` are named as in its
    configuration."""
    with tempfile.TemporaryDirectory(prefix="pelikan-test-") as folder:
        port, path = free_port(), pathlib.Path(folder) / "redis.sock"
        words = ["--port", port, "--bind", harness.HOST, "--unixsocket", path, "--dir", folder, "--save", ""]
        for name, value in dict(options).items():
            words += [f"--{name}", value]
        process = subprocess.Popen(["redis-server", *map(str, words)], stdout=subprocess.DEVNULL)
        try:
            harness.wait_for(lambda: answers(path), "redis-server")
            yield port, path
        finally:
            process.terminate()
            process.wait(20)
