"""Load for SOAK_MINUTES (default 60) on one pelikan_segcache: clients that send made-up workloads over and over,
and connections that come and go. The server must answer without an error, must not grow once its cache is full,
and must stop cleanly. Not part of `make test`: `make soak` runs it."""

import os
import subprocess
import time

from harness import BIN, Server

MINUTES = float(os.environ.get("SOAK_MINUTES") or 60)
CLIENTS = 3
WARM_ROUNDS = 2  # of each client, before memory is measured
GROWTH_KIB = 8 * 1024


WORKLOADS = (  # taken in turn
    {"mix": "get:90 set:10", "popularity": "zipf 1.1", "ttl": "list 20s:50,1h:50"},
    {"mix": "get:60 set:35 delete:5", "popularity": "uniform", "value_size": "lognormal 6 1"},
    {"mix": "get:50 gat:20 mget:20:10 cas:10", "popularity": "latest", "ttl": "uniform 1 60"},
)


class LoadClient:
    """One pelikan_load after the other against the server; every value it gets is checked."""

    def __init__(self, server, number):
        self.server, self.number, self.rounds = server, number, 0
        self.start()

    def start(self):
        workload = self.rounds % len(WORKLOADS)
        options = {"servers": self.server.address, "assert": "errors=0", "requests": 1_000_000, "duration": "1h",
                   "keys": 200_000 * (self.number + 1), "pipeline": 16 << self.number, "on_miss": "set", "verify": "yes",
                   "key_prefix": f"{self.number}.{workload}:", **WORKLOADS[workload]}
        command = [BIN / "pelikan_load", *(word for name, value in options.items() for word in (f"--{name}", value))]
        self.process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True)

    def check(self):
        """Starts the next round when this one is over; fails when it had errors."""
        if self.process.poll() is None:
            return
        with self.process:
            output = self.process.stdout.read()
        assert self.process.returncode == 0, output
        self.rounds += 1
        self.start()

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


def soak(server):
    clients = [LoadClient(server, number) for number in range(CLIENTS)]
    try:
        end = time.monotonic() + MINUTES * 60
        warm_kib = None
        while time.monotonic() < end:
            time.sleep(1)
            for client in clients:
                client.check()
            with server.connect() as passer_by:
                passer_by.expect(b"mn\r\n", b"MN\r\n")
            resident = server.status_kib("VmRSS")
            if warm_kib is None and min(client.rounds for client in clients) >= WARM_ROUNDS:
                warm_kib = resident
                print(f"warm: {resident} KiB resident", flush=True)
            if warm_kib is not None:
                assert resident <= warm_kib + GROWTH_KIB, f"grew from {warm_kib} to {resident} KiB"
        rounds = [client.rounds for client in clients]
        assert warm_kib is not None, f"too short a run to see anything: {rounds} rounds"
        print(f"{MINUTES} minutes, {rounds} rounds, {warm_kib} KiB when warm, {resident} KiB at the end")
        print({name: value for name, value in server.stats().items() if name in ("cmd_get", "cmd_set", "evictions")})
    finally:
        for client in clients:
            client.stop()


if __name__ == "__main__":
    with Server(seg_memory="128MiB", worker_threads=2) as running:
        soak(running)
