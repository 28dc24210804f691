#!/usr/bin/python3
"""What a dump of all keys costs those who use the server meanwhile.

A server of one worker is filled. Then come pairs of runs, one with a client that reads one `lru_crawler metadump all`
after the other, one without; every other pair begins with the one without. pelikan_load sends at a rate, so response
times count from when a request was due. The server has a CPU, load and dumping client share another, where the load
goes first. Printed are each pair's p99 and their ratio, the median of the ratios, and the CPU time of the dumps' steps
as the server counts it (memcache_dump_step).

Beside it stand the times of as many loops of about the same length that do nothing but count, on the server's CPU
while it is loaded without dumps, by the same clock: interrupts and what a hypervisor does meanwhile are charged to
whoever runs. What the longest steps have above the longest of these is the server's.

Exit status: 0; 1 when a goal is missed; 3 when something was answered wrongly."""

import json
import os
import pathlib
import statistics
import sys
import threading
import time
import urllib.request

from load_runs import CLIENT_CPU, SERVER_CPU, WrongAnswer, harness, pairs_parser, run_load

LOAD = {"key_size": 32, "value_size": 64, "popularity": "uniform", "mix": "get:10 set:1", "connections": 50}


class Dumper:
    """Dumps on a connection of its own, again and again, while the block runs."""

    def __init__(self, server, keys):
        self.server, self.keys = server, keys
        self.dumps = 0
        self.failure = None
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))  # this thread alone
        try:
            with self.server.connect() as connection:
                while not self.is_over.is_set():
                    self.dump(connection.raw)
        except (OSError, WrongAnswer) as failure:
            self.failure = failure

    def dump(self, raw):
        """Reads one to its end, unless the block ends first; every key must be in it."""
        raw.sendall(b"lru_crawler metadump all\r\n")
        lines, tail = 0, b""
        while not self.is_over.is_set():
            data = raw.recv(1 << 18)
            lines += data.count(b"\n")
            tail = (tail + data)[-5:]
            if tail == b"END\r\n":
                self.dumps += 1
                if lines != self.keys + 2:  # and OK, and END
                    raise WrongAnswer(f"{lines - 2} keys in a dump of {self.keys}")
                return
            if not data:
                raise WrongAnswer("closed within a dump")

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()
        if self.failure:
            raise WrongAnswer(str(self.failure))


def measure_pairs(server, options):
    """The ratios of p99 with dumps to p99 without."""
    ratios = []
    print(f"{'pair':>4} {'p99 us':>9} {'with dumps':>11} {'ratio':>6} {'dumps':>6}")
    for pair in range(options.pairs):
        p99 = {}
        for with_dumps in (True, False) if pair % 2 == 0 else (False, True):
            work = {**LOAD, "keys": options.keys, "rate": options.rate, "warmup": "500ms",
                    "duration": options.duration, "seed": pair + 1}
            if with_dumps:
                with Dumper(server, options.keys) as dumper:
                    p99[True] = run_load(server, **work)
            else:
                p99[False] = run_load(server, **work)
        ratios.append(p99[True] / p99[False])
        print(f"{pair + 1:>4} {p99[False]:9.1f} {p99[True]:11.1f} {ratios[-1]:6.2f} {dumper.dumps:6}", flush=True)
    return ratios


def spin(rounds):
    """The CPU time that so many rounds of nothing take this thread, in ns."""
    begin = time.thread_time_ns()
    for _ in range(rounds):
        pass
    return time.thread_time_ns() - begin


def spin_on_server_cpu(ns, count, times):
    """Appends the times of so many loops, each of about `ns`."""
    os.sched_setaffinity(0, {SERVER_CPU})  # this thread alone
    rounds = 100_000
    rounds = rounds * ns // statistics.median_low(spin(rounds) for _ in range(9))
    times += (spin(rounds) for _ in range(count))


def measure_noise(server, options, step):
    """As many loops as there were steps, as long as their median; their figures, named as the server's are."""
    times = []
    spinner = threading.Thread(target=spin_on_server_cpu, args=(step["p50_ns"], step["count"], times))
    spinner.start()
    while spinner.is_alive():
        run_load(server, **LOAD, keys=options.keys, rate=options.rate, duration=options.duration)
    times.sort()
    shares = {"p50": 0.5, "p99": 0.99, "p9999": 0.9999, "max": 1}
    return {"count": len(times)} | {
        name + "_ns": times[min(int(share * len(times)), len(times) - 1)] for name, share in shares.items()}


def steps(server):
    """memcache_dump_step: its figures by their names' ends."""
    url = f"http://{harness.HOST}:{server.ports['admin_http_port']}/vars.json"
    with urllib.request.urlopen(url) as page:
        prefix = "memcache_dump_step_"
        return {name.removeprefix(prefix): value for name, value in json.load(page).items() if name.startswith(prefix)}


def parse_arguments():
    parser = pairs_parser(__doc__, rate="50k", duration="3s")
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--most-step", type=float, default=100, help="goal of 99.99 %% of the steps, in us of CPU time")
    return parser.parse_args()


def main():
    options = parse_arguments()
    harness.BIN = options.bin.resolve()
    os.sched_setaffinity(0, {SERVER_CPU})  # inherited by what is started next
    try:
        with harness.Server(seg_memory="1GiB", worker_threads=1) as server:
            os.sched_setaffinity(0, {CLIENT_CPU})
            run_load(server, **LOAD, keys=options.keys, prefill="all", requests=1)
            ratio = statistics.median(measure_pairs(server, options))
            step = steps(server)
            noise = measure_noise(server, options, step)
    except WrongAnswer as failure:
        print(f"dump_under_load: {failure}", file=sys.stderr)
        return 3
    print(f"median ratio {ratio:.2f}; us of CPU:")
    for what, times in (("steps", step), ("loops that count", noise)):
        print(f"{times['count']:>8} {what + ':':18}",
              ", ".join(f"{name} {times[name + '_ns'] / 1e3:.1f}" for name in ("p50", "p99", "p9999", "max")))
    return 0 if ratio <= options.most_ratio and step["p9999_ns"] <= options.most_step * 1e3 else 1


if __name__ == "__main__":
    sys.exit(main())
