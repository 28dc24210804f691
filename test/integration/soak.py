"""Load for SOAK_MINUTES (default 60) on one pelikan_segcache: clients that send made-up workloads over and over,
and connections that come and go. The server must answer without an error, must not grow once its cache is full,
and must stop cleanly. Not part of `make test`: `make soak` runs it."""

import os
import time

from harness import Server
from load_rounds import LoadRounds

MINUTES = float(os.environ.get("SOAK_MINUTES") or 60)
CLIENTS = 3
WARM_ROUNDS = 2  # of each client, before memory is measured
GROWTH_KIB = 8 * 1024


WORKLOADS = (  # taken in turn
    {"mix": "get:90 set:10", "popularity": "zipf 1.1", "ttl": "list 20s:50,1h:50"},
    {"mix": "get:60 set:35 delete:5", "popularity": "uniform", "value_size": "lognormal 6 1"},
    {"mix": "get:50 gat:20 mget:20:10 cas:10", "popularity": "latest", "ttl": "uniform 1 60"},
)


def workload(client):
    """Of a client by its number: what it does in each of its rounds."""
    def options(number):
        which = number % len(WORKLOADS)
        return {"requests": 1_000_000, "keys": 200_000 * (client + 1), "pipeline": 16 << client, "on_miss": "set",
                "key_prefix": f"{client}.{which}:", **WORKLOADS[which]}
    return options


def soak(server):
    clients = [LoadRounds(server, workload(number)) for number in range(CLIENTS)]
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
