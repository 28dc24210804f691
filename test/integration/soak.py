"""Load for SOAK_MINUTES (default 60) on a pelikan_segcache and a pelikan_rds: clients that send made-up workloads over and
over and look at every value, connections that come and go, and clients that want nothing good. The servers must answer
without an error, must not grow once their caches are full, keep no descriptor, and stop cleanly. Not part of
`make test`: `make soak` runs it, with the release build and under AddressSanitizer."""

import contextlib
import os
import statistics
import time

from harness import SANITIZED, wait_for
from hostile_crowd import HostileCrowd
from hostile_rig import make_server
from load_rounds import LoadRounds
from tls_files import TlsFiles

MINUTES = float(os.environ.get("SOAK_MINUTES") or 60)
REQUESTS = int(os.environ.get("SOAK_REQUESTS") or 1_000_000)  # of a client's round
CLIENTS = 2
WARM_ROUNDS = 2  # of each client, before memory is measured, ...
WARM_PART = 1 / 3  # ... and so much of the time: the crowd finds the worst of its moments late
GROWTH_KIB = (24 if SANITIZED else 8) * 1024  # AddressSanitizer's allocator gives back late
GROWTH_KIB_PER_HOUR = 1024  # of the line through the floors of half an hour or more
FLOOR_S = 300  # the least of so many seconds is a floor: what clients need for a while goes again, a leak lifts the floor

WORKLOADS = {  # taken in turn
    "segcache": (
        {"mix": "get:90 set:10", "popularity": "zipf 1.1", "ttl": "list 20s:50,1h:50"},
        {"mix": "get:60 set:35 delete:5", "popularity": "uniform", "value_size": "lognormal 6 1"},
        {"mix": "get:50 gat:20 mget:20:10 cas:10", "popularity": "latest", "ttl": "uniform 1 60"}),
    "rds": (
        {"protocol": "resp2", "mix": "get:90 set:10", "popularity": "zipf 1.1", "ttl": "list 20s:50,1h:50"},
        {"protocol": "resp3", "mix": "get:60 set:35 delete:5", "popularity": "uniform", "value_size": "lognormal 6 1"},
        {"protocol": "resp3", "mix": "get:50 gat:20 mget:20:10 mset:10:4", "popularity": "latest", "ttl": "uniform 1 60"}),
}


class Soak:
    """One server, its clients, and how much memory it takes."""

    def __init__(self, program, files):
        self.workloads, self.tls_files = WORKLOADS[program], files
        self.server = make_server(program, files, seg_memory="128MiB")
        self.sizes = []  # seconds, resident KiB and how much of them are files, once it is warm

    def __enter__(self):
        self.server.start()
        self.start_s = time.monotonic()
        self.files = self.open_files()
        self.clients = [LoadRounds(self.server, self.workload(number)) for number in range(CLIENTS)]
        self.crowd = HostileCrowd(self.server, self.tls_files)
        return self

    def __exit__(self, *error):
        self.crowd.stop()
        for client in self.clients:
            client.stop()
        if error[0] is None:
            wait_for(lambda: self.open_files() == self.files, f"{self.files} descriptors again, not {self.open_files()}", 60)
        self.server.__exit__(*error)

    def workload(self, client):
        """Of a client by its number: what it does in each of its rounds."""
        def options(number):
            which = number % len(self.workloads)
            return {"requests": REQUESTS, "request_timeout": "60s", "connect_timeout": "60s", "keys": 200_000 * (client + 1),
                    "pipeline": 16 << client, "on_miss": "set", "key_prefix": f"{client}.{which}:", **self.workloads[which]}
        return options

    def open_files(self):
        return len(os.listdir(f"/proc/{self.server.process.pid}/fd"))

    def check(self):
        assert self.server.process.poll() is None, self.server.stderr()
        for client in self.clients:
            client.check()
        self.crowd.speakers[0].is_served()
        is_early = time.monotonic() - self.start_s < WARM_PART * MINUTES * 60
        if is_early or min(client.rounds for client in self.clients) < WARM_ROUNDS:
            return
        self.sizes.append((time.monotonic(), self.server.status_kib("VmRSS"), self.server.status_kib("RssFile")))
        first, last = self.sizes[0][1], self.sizes[-1][1]
        assert last <= first + GROWTH_KIB, f"{self.server.program.name} grew from {first} to {last} KiB"

    def floors(self, which):
        """The least of each FLOOR_S of that column of `sizes`, in KiB, but not of the last one, which is shorter."""
        parts = {}
        for row in self.sizes:
            parts.setdefault(int(row[0] - self.sizes[0][0]) // FLOOR_S, []).append(row[which])
        return [min(sizes) for sizes in parts.values()][:-1]

    def grows(self):
        """Says how memory went, and whether that is too much."""
        rounds = [client.rounds for client in self.clients]
        assert len(self.sizes) > 1, f"too short a run to see anything: {rounds} rounds"
        floors = self.floors(1)
        per_hour = 3600 / FLOOR_S * statistics.linear_regression(range(len(floors)), floors).slope if len(floors) > 1 else 0
        minutes = (self.sizes[-1][0] - self.sizes[0][0]) / 60
        print(f"{self.server.program.name}: {rounds} rounds, {sum(self.crowd.done)} hostile clients, {self.sizes[0][1]} KiB when "
              f"warm, {self.sizes[-1][1]} KiB at the end, {per_hour:+.0f} KiB/h over {minutes:.0f} minutes, by the floors {floors}; "
              f"of which files {self.floors(2)}", flush=True)
        return minutes >= 30 and per_hour >= GROWTH_KIB_PER_HOUR


def main():
    files = TlsFiles()
    with contextlib.closing(files), Soak("segcache", files) as segcache, Soak("rds", files) as rds:
        end = time.monotonic() + MINUTES * 60
        while time.monotonic() < end:
            time.sleep(1)
            for soak in (segcache, rds):
                soak.check()
        growing = [soak.server.program.name for soak in (segcache, rds) if soak.grows()]
        assert not growing, f"growing: {growing}"


if __name__ == "__main__":
    main()
