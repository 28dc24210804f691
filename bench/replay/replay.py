#!/usr/bin/python3
"""Replays every trace of a folder, or workloads like Twitter's clusters, each against a fresh server.

pelikan_load sends the requests as an application does: get, and on a miss set; sets where the trace has them.
It prints for each workload how many requests were measured, their hit ratio, requests a second, and errors; a value
that is not its key's is one. The first quarter of a trace warms the cache and is not measured; a cluster begins with
all its keys stored.

Formats are told by the names: *.u32, *.oracleGeneral (libCacheSim's) and *.sort (Twitter's), each also as .zst or .gz.

Exit status: 0; 3 when there were errors, or a workload could not be replayed."""

import argparse
import json
import math
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HOST = "127.0.0.1"
CLUSTERS = pathlib.Path(__file__).parent / "clusters.csv"
FORMATS = {".u32": ("u32", 4), ".oracleGeneral": ("oracle_general", 24), ".sort": ("twitter", None)}  # bytes of a record
UNPACK = {".zst": ["zstd", "-dcq"], ".gz": ["gzip", "-dcq"], "": ["cat"]}
SIGMA = 0.7  # of the logarithm of a cluster's value sizes, of which the source has only means
LOAD = {"on_miss": "set", "verify": "yes", "pipeline": 64, "duration": "1h"}  # ends with the requests
OURS = "{program} --server_port {port} --admin_port -1 --admin_http_port -1 --seg_memory {megabytes}MiB"
MEMCACHED = "memcached -u {user} -l 127.0.0.1 -p {port} -U 0 -t 4 -m {megabytes}"


class Failure(Exception):
    pass


class Server:
    """A server of its own for one workload; `with Server(options) as server: server.port`."""

    def __init__(self, options):
        with socket.create_server((HOST, 0)) as listener:
            self.port = listener.getsockname()[1]
        command = (MEMCACHED if options.memcached else OURS).format(
            program=options.bin / "pelikan_segcache", port=self.port, megabytes=options.megabytes,
            user="root" if os.getuid() == 0 else os.environ.get("USER"))
        self.process = subprocess.Popen(command.split(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def __enter__(self):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex((HOST, self.port)) == 0:
                    return self
            time.sleep(0.05)
        self.__exit__()
        raise Failure("the server does not listen")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def parts_of(path):
    """Its name, its format's suffix and its packing's; the format's is none when it is no trace."""
    packing = path.suffix if path.suffix in UNPACK else ""
    inner = pathlib.Path(path.name.removesuffix(packing))
    return inner.stem, inner.suffix, packing


def count_requests(path):
    _, suffix, packing = parts_of(path)
    record_bytes = FORMATS[suffix][1]
    amount = 0
    with subprocess.Popen([*UNPACK[packing], path], stdout=subprocess.PIPE) as unpacked:
        while chunk := unpacked.stdout.read(1 << 20):
            amount += len(chunk) if record_bytes else chunk.count(b"\n")
    if unpacked.returncode != 0:
        raise Failure(f"{path.name} cannot be unpacked")
    return amount // (record_bytes or 1)


def load(options, server, work):
    """Runs pelikan_load; returns what it wrote as JSON."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        words = [options.bin / "pelikan_load", "--servers", f"{HOST}:{server.port}", "--quiet", "yes", "--json", report.name]
        for name, value in {**LOAD, **work}.items():
            words += [f"--{name}", value]
        result = subprocess.run([str(word) for word in words], stderr=subprocess.PIPE, text=True)
        if result.returncode != 0:
            raise Failure(result.stderr.strip())
        return json.load(report)


def replay_trace(options, server, path):
    work = {"trace": path, "trace_format": FORMATS[parts_of(path)[1]][0], "trace_speed": "max"}
    warming = count_requests(path) // 4
    if warming:
        load(options, server, {**work, "trace_limit": warming})
    return load(options, server, {**work, "trace_start": warming})


def replay_cluster(options, server, line):
    _, key_bytes, value_bytes, alpha, set_share, ttls = line.split(",")
    # The mean of exp(mu + sigma z) is exp(mu + sigma^2 / 2).
    mu = math.log(float(value_bytes)) - SIGMA**2 / 2
    return load(options, server, {
        "prefill": "all", "keys": options.keys, "requests": options.requests, "key_size": key_bytes, "key_prefix": "",
        "value_size": f"lognormal {mu:.6f} {SIGMA}", "popularity": f"zipf {alpha}", "ttl": "list " + ttls.replace(" ", ","),
        "mix": f"get:{1 - float(set_share):.6f} set:{set_share}"})


def workloads(options):
    """Name, and what replays it against a server."""
    if options.data:
        for path in sorted(options.data.iterdir()):
            name, suffix, _ = parts_of(path)
            if suffix in FORMATS:
                yield name, lambda server, path=path: replay_trace(options, server, path)
        return
    for line in CLUSTERS.read_text().splitlines():
        if not line.startswith("#"):
            yield "cluster" + line.split(",")[0], lambda server, line=line: replay_cluster(options, server, line)


def replay_all(options):
    print(f"{'workload':<16} {'requests':>10} {'hit ratio':>9} {'requests/s':>12} {'errors':>8}")
    is_good = True
    for name, replay in workloads(options):
        try:
            with Server(options) as server:
                run = replay(server)
        except Failure as failure:
            print(f"replay: {name}: {failure}", file=sys.stderr)
            is_good = False
            continue
        print(f"{name:<16} {run['counts']['done']:>10} {run['hit']:>9.4f} {run['rate']:>12.0f} {run['errors']:>8}", flush=True)
        is_good = is_good and run["errors"] == 0
    return 0 if is_good else 3


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin", type=pathlib.Path, help="folder of our programs: build/bin")
    parser.add_argument("--data", type=pathlib.Path, default=os.environ.get("PELIKAN_TRACES") or None,
                        help="folder of traces; default: $PELIKAN_TRACES, and without that the clusters")
    parser.add_argument("--megabytes", type=int, default=64, help="of the server's memory; default: 64")
    parser.add_argument("--memcached", action="store_true", help="against Debian's memcached")
    parser.add_argument("--requests", type=int, default=2_000_000, help="of a cluster; default: 2000000")
    parser.add_argument("--keys", type=int, default=500_000, help="of a cluster; default: 500000")
    options = parser.parse_args()
    options.bin = options.bin.resolve()
    if options.data and not options.data.is_dir():
        parser.error(f"{options.data} is no folder")
    if options.memcached and shutil.which("memcached") is None:
        parser.error("memcached is not here")
    return options


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped
    sys.exit(replay_all(parse_arguments()))
