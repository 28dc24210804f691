"""What hostile_test.py says to servers: every protocol with its requests, good and bad, and the ways to reach a server."""

import contextlib
import dataclasses
import socket
import ssl
import struct

from harness import HOST, TIME_FACTOR, Connection, Server, resp_request
from tls_files import TlsFiles

VALUE = bytes(range(256)) * 16  # every byte, 4 KiB
LARGE = 1_000_000  # bytes of a value that is announced and does not come
FORM = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n"


def frame(opcode, key=b"", extras=b"", value=b"", body=None):
    """A request of memcached's binary protocol; `body`: the size it announces, if not what is there."""
    size = len(extras) + len(key) + len(value) if body is None else body
    return struct.pack(">BBHBBHIIQ", 0x80, opcode, len(key), len(extras), 0, 0, size, 0, 0) + extras + key + value


@dataclasses.dataclass(frozen=True)
class Protocol:
    name: str
    program: str
    probe: bytes  # a request that changes nothing ...
    answer: bytes  # ... and how its reply begins
    port: str = "server_port"
    endless: tuple = ()  # a beginning, and what may follow it for ever
    announced: tuple = ()  # requests that announce far more than they bring
    halves: tuple = ()  # beginnings of requests that are waited for

    def store(self, key, value):
        """A request that stores, and its reply; None: the protocol stores nothing."""
        return STORES[self.name](key, value) if self.name in STORES else None

    def fetch(self, key):
        return FETCHES[self.name](key)

    def hit(self, key, value):
        return HITS[self.name](key, value)


STORES = {
    "text": lambda key, value: (b"set %b 0 0 %d\r\n%b\r\n" % (key, len(value), value), b"STORED\r\n"),
    "meta": lambda key, value: (b"ms %b %d\r\n%b\r\n" % (key, len(value), value), b"HD\r\n"),
    "binary": lambda key, value: (frame(1, key, bytes(8), value), b"\x81\x01" + bytes(14)),  # then its token
    "resp2": lambda key, value: (resp_request("SET", key, value), b"+OK\r\n"),
    "resp3": lambda key, value: (resp_request("SET", key, value), b"+OK\r\n"),
}
FETCHES = {
    "text": lambda key: b"get %b\r\n" % key,
    "meta": lambda key: b"mg %b v\r\n" % key,
    "binary": lambda key: frame(0, key),
    "resp2": lambda key: resp_request("GET", key),
    "resp3": lambda key: resp_request("GET", key),
}
HITS = {  # "binary" has a token in the midst, which its reader passes over
    "text": lambda key, value: b"VALUE %b 0 %d\r\n%b\r\nEND\r\n" % (key, len(value), value),
    "meta": lambda key, value: b"VA %d\r\n%b\r\n" % (len(value), value),
    "resp2": lambda key, value: b"$%d\r\n%b\r\n" % (len(value), value),
    "resp3": lambda key, value: b"$%d\r\n%b\r\n" % (len(value), value),
}
MISSES = {"text": b"END\r\n", "meta": b"EN\r\n", "resp2": b"$-1\r\n", "resp3": b"_\r\n",
          "binary": b"\x81\x00" + bytes(4) + b"\x00\x01"}

RESP_BAD = {
    "endless": ((b"", b"x"), (b"*", b"1"), (b"*1\r\n$", b"1"), (b"*2147483647\r\n", b"$99\r\n" + b"x" * 99 + b"\r\n")),
    "announced": (resp_request("SET", "k", b"")[:-5] + b"$%d\r\n" % LARGE, b"*1000000\r\n",
                  b"*2147483647\r\n$3\r\nSET\r\n", b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$536870912\r\nx"),
    "halves": (b"*", b"PIN", b"*2\r\n$3\r\nGET\r\n", b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100000\r\nx",
               b"*100000\r\n" + b"$1\r\nx\r\n" * 20000),
}
PROTOCOLS = (
    Protocol("text", "segcache", b"mn\r\n", b"MN\r\n",
             endless=((b"", b"x"), (b"get ", b"k"), (b"get ", b"k" * 200 + b" "), (b"set k 0 0 ", b"1"), (b"", b"\0")),
             announced=(b"set k 0 0 %d\r\n" % LARGE, b"set k 0 0 %d\r\nx" % LARGE, b"set k 0 0 100000\r\n"),
             halves=(b"ge", b"get k", b"set k 0 0 5\r\nval", b"set k 0 0 100000\r\nx", b"set k 0 0 9000000\r\nx")),
    Protocol("meta", "segcache", b"mn\r\n", b"MN\r\n",
             endless=((b"mg ", b"k"), (b"mg k ", b"v "), (b"ms k 1 ", b"T"), (b"mn ", b"x")),
             announced=(b"ms k %d\r\n" % LARGE, b"ms k %d T0\r\nx" % LARGE),
             halves=(b"mg k", b"ms k 5\r\nval", b"ms k 100000\r\nx")),
    Protocol("binary", "segcache", frame(10), b"\x81\x0a",
             endless=((frame(1, b"k", bytes(8), body=LARGE), b"x"), (frame(99, body=60000), b"x"),
                      (frame(0, b"k", body=0xffffffff), b"x")),
             announced=(frame(1, b"k", bytes(8), body=LARGE), frame(1, b"k", bytes(8), b"x", body=LARGE)),
             halves=(frame(10)[:23], frame(0, b"key")[:-1], frame(1, b"k", bytes(8), b"x", body=100000))),
    Protocol("resp2", "rds", b"*1\r\n$4\r\nPING\r\n", b"+PONG\r\n", **RESP_BAD),
    Protocol("resp3", "rds", b"*1\r\n$4\r\nPING\r\n", b"+PONG\r\n", **RESP_BAD),
    Protocol("ping", "pingserver", b"PING\r\n", b"PONG\r\n", endless=((b"", b"P"), (b"PING", b"\r")),
             halves=(b"P", b"PING\r")),
    Protocol("admin", "pingserver", b"version\r\n", b"VERSION ", port="admin_port",
             endless=((b"", b"x"), (b"stats ", b" ")), halves=(b"stat",)),
    Protocol("http", "pingserver", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", b"HTTP/1.1 200 OK\r\n",
             port="admin_http_port", endless=((b"GET /", b"x"), (b"GET / HTTP/1.1\r\n", b"X: y\r\n"), (b"", b"x")),
             halves=(b"GE", b"GET / HTTP/1.1\r\nHost: loc")),
)
TRANSPORTS = ("tcp", "unix", "tls")


@dataclasses.dataclass(frozen=True)
class Speaker:
    """A protocol, a way to a server, and the server."""

    protocol: Protocol
    transport: str
    server: Server
    files: TlsFiles

    def __str__(self):
        return f"{self.protocol.name} over {self.transport}"

    def connect(self, receive_buffer=None):
        """A connection on which the protocol is spoken."""
        connection = self.reach(receive_buffer)
        if self.protocol.name == "resp3":
            connection.send(resp_request("HELLO", "3"))
            connection.read_until(b"$7\r\nmodules\r\n*0\r\n")
        return connection

    def reach(self, receive_buffer=None, seals=True):
        family = socket.AF_UNIX if self.transport == "unix" else socket.AF_INET
        raw = socket.socket(family, socket.SOCK_STREAM)
        raw.settimeout(20 * TIME_FACTOR)
        if receive_buffer:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if self.transport == "unix":
            raw.connect(str(self.server.options["server_unix_path"]))
        else:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            raw.connect((HOST, self.server.ports["tls_port" if self.transport == "tls" else self.protocol.port]))
        if self.transport == "tls" and seals:
            raw = self.files.context().wrap_socket(raw, server_hostname=HOST)
        return Talk(raw)

    def is_served(self):
        """Asks on a connection of its own."""
        with self.connect() as connection:
            connection.send(self.protocol.probe)
            connection.read_until(self.protocol.answer)

    def write(self, connection, key, value):
        request, reply = self.protocol.store(key, value)
        connection.send(request)
        got = connection.read(24 if self.protocol.name == "binary" else len(reply))
        assert got.startswith(reply), f"{self}: {got!r}"

    def holds(self, connection, key, value):
        """Whether the key is there; if it is, its value has to be this one."""
        connection.send(self.protocol.fetch(key))
        return self.read_hit(connection, key, value)

    def read_hit(self, connection, key, value):
        name = self.protocol.name
        if name == "binary":
            head = connection.read(24)
            body = connection.read(struct.unpack(">I", head[8:12])[0])
            assert head[6:8] != b"\0\0" or body[4:] == value, f"{self}: {body[:100]!r}"
            return head[6:8] == b"\0\0"
        miss, hit = MISSES[name], self.protocol.hit(key, value)
        got = connection.read(len(miss))
        if got == miss:
            return False
        got += connection.read(len(hit) - len(miss))
        assert got == hit, f"{self}: {got[:100]!r}"
        return True


class Talk(Connection):
    """A connection with a client that may end it in any way."""

    def read_until(self, mark):
        while mark not in self.buffer:
            if not self.more():
                raise AssertionError(f"closed, with {self.buffer[:200]!r} left, no {mark!r}")
        head, _, self.buffer = self.buffer.partition(mark)
        return head + mark

    def try_to_send(self, data):
        """False: the server has closed the connection."""
        try:
            self.raw.sendall(data)
        except (ConnectionResetError, BrokenPipeError, ssl.SSLError):
            return False
        return True

    def finish(self):
        """Sends no more; over TLS without a goodbye, as a client that was cut off."""
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self.raw, socket.SHUT_WR)

    def rest(self):
        """Everything until the server closes, by a reset maybe."""
        with contextlib.suppress(ConnectionResetError, ssl.SSLError):
            while self.more():
                pass
        return self.buffer

    def reset(self):
        self.raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.raw.close()
