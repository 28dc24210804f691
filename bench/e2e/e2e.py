#!/usr/bin/python3
"""Whole servers against a floor that does nothing, and against memcached and redis-server where they are
installed.

Servers are driven one at a time by pelikan_load, in rounds whose order turns every time, so that a machine that
grows faster or slower does so for all. The figure to judge by is the server's CPU time per request (schedstat of
all its threads): it means something even when the load generator or the network is what limits the rate. `floor` is
the ratio to echo_floor: the median of the rounds' ratios, and of the best rounds (`best`), which is the steadier one on a
machine with neighbours.

A round in which other tasks held a CPU (run-queue wait of server or load, or time stolen by a hypervisor, above
--max-noise) is run again, at most --retries times, and the least disturbed run counts.

Exit status: 0; 3 when a server answered wrongly or not at all."""

import argparse
import os
import pathlib
import shlex
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

HOST = "127.0.0.1"
FLOOR = "echo"
FLOOR_WORK = {"protocol": "fixed"}
SMALL = {"key_size": 32, "value_size": 64, "popularity": "uniform", "mix": "get:10 set:1", "connections": 50}
LARGE = {**SMALL, "value_size": 1024}
WORKLOADS = {  # name -> (keys, options of pelikan_load)
    "small-d1": (1_000_000, {**SMALL, "pipeline": 1}),
    "small-d32": (1_000_000, {**SMALL, "pipeline": 32}),
    "zipf-d32": (1_000_000, {**SMALL, "popularity": "zipf 0.99", "pipeline": 32}),
    "large-d32": (400_000, {**LARGE, "pipeline": 32}),
    "mget32": (1_000_000, {**SMALL, "mix": "mget:1:32", "pipeline": 1}),
    "small-20k": (1_000_000, {**SMALL, "rate": "20k"}),
    "resp-d1": (1_000_000, {**SMALL, "protocol": "resp2", "pipeline": 1}),
    "resp-d32": (1_000_000, {**SMALL, "protocol": "resp2", "pipeline": 32}),
    "ping-d1": (0, {"protocol": "ping", "connections": 50, "pipeline": 1}),
    "ping-d32": (0, {"protocol": "ping", "connections": 50, "pipeline": 32}),
}
# A workload speaks one protocol; the servers that speak it, and the floor, take part. {bin} is the folder of our
# programs, {port} the port to listen on.
OURS = "--server_port {port} --worker_threads 1 --admin_port -1 --admin_http_port -1"
SERVERS = [  # name, protocol, command
    ("segcache", "memcache", "{bin}/pelikan_segcache --seg_memory 2GiB " + OURS),
    ("memcached", "memcache", "memcached -u {user} -l 127.0.0.1 -p {port} -U 0 -t 1 -R 1000 -m 2048"),
    ("rds", "resp2", "{bin}/pelikan_rds --seg_memory 2GiB " + OURS),
    ("redis", "resp2", "redis-server --bind 127.0.0.1 --port {port} --save '' --appendonly no"),
    ("pingserver", "ping", "{bin}/pelikan_pingserver " + OURS),
]


class WrongAnswer(Exception):
    pass


@dataclass
class Round:
    requests: int
    rate: float
    hits: str
    cpu_us: float  # of the server, per request
    latency_us: dict  # "p50" and so on
    noise: float  # share of the time in which a CPU was not ours


def on_cpu(cpu, nice):
    """What a child does before it becomes a server or a load: it takes its CPU, and its priority.

    A nice value counts only within a scheduler autogroup, so the child gets one of its own."""
    def prepare():
        os.sched_setaffinity(0, {cpu})
        if nice == 0:
            return
        os.setsid()
        os.setpriority(os.PRIO_PROCESS, 0, nice)
        try:
            pathlib.Path("/proc/self/autogroup").write_text(str(nice))
        except OSError:
            pass  # a kernel without autogroups has nothing to overcome
    return prepare


def schedule_times(pid):
    """Seconds that the process's threads ran, and that they waited for a CPU."""
    ran = waited = 0
    for path in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            words = path.read_text().split()
        except OSError:
            continue  # the thread ended meanwhile
        ran, waited = ran + int(words[0]), waited + int(words[1])
    return ran / 1e9, waited / 1e9


def stolen_seconds():
    return int(pathlib.Path("/proc/stat").read_text().split()[8]) / os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.create_server((HOST, 0)) as listener:
        return listener.getsockname()[1]


class Server:
    def __init__(self, name, protocol, command, options):
        self.name, self.protocol, self.port = name, protocol, free_port()
        self.prefilled = None
        words = command.format(bin=options.bin, port=self.port, user="root" if os.getuid() == 0 else os.environ.get("USER"))
        self.process = subprocess.Popen(shlex.split(words), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        preexec_fn=on_cpu(options.server_cpu, options.nice))

    def wait_until_it_listens(self):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex((HOST, self.port)) == 0:
                    return
            time.sleep(0.05)
        raise WrongAnswer(f"{self.name} does not listen")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def run_load(words, options):
    """Runs a load generator on its CPU to its end. Returns its exit status and what it wrote, and the seconds that it waited
    for the CPU."""
    waited = 0
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          preexec_fn=on_cpu(options.load_cpu, options.nice)) as process:
        while True:
            try:
                out, err = process.communicate(timeout=0.2)
                return process.returncode, out, err, waited
            except subprocess.TimeoutExpired:
                waited = max(waited, schedule_times(process.pid)[1])


class Watch:
    """A server from now on until figures()."""

    def __init__(self, server):
        self.pid = server.process.pid
        self.began, self.stolen, self.times = time.monotonic(), stolen_seconds(), schedule_times(self.pid)

    def figures(self, load_waited):
        """CPU seconds of the server, and the noise: the share of the time in which a CPU was not ours."""
        ran, waited = (now - then for now, then in zip(schedule_times(self.pid), self.times))
        seconds = time.monotonic() - self.began
        steal_share = (stolen_seconds() - self.stolen) / seconds / os.cpu_count()
        return ran, max(waited, load_waited) / seconds + steal_share


def least_disturbed(measure_once, options):
    """What measure_once() returns, again while a round is too noisy: the one with the least `noise`."""
    runs = []
    for _ in range(1 + options.retries):
        runs.append(measure_once())
        if runs[-1].noise <= options.max_noise:
            break
    return min(runs, key=lambda run: run.noise)


class Load:
    """pelikan_load on its CPU, run to its end."""

    def __init__(self, options):
        self.options = options

    def run(self, server, work):
        """Returns its summary, and how long it waited for a CPU."""
        words = [str(self.options.bin / "pelikan_load"), "--servers", f"{HOST}:{server.port}", "--color", "no"]
        for name, value in work.items():
            words += [f"--{name}", str(value)]
        status, out, err, waited = run_load(words, self.options)
        if status != 0 or "errors 0\n" not in out:
            raise WrongAnswer(f"{server.name}: status {status}\n{out}{err}")
        return out, waited


def nanoseconds(text):
    for unit, factor in (("ns", 1), ("us", 1e3), ("ms", 1e6), ("s", 1e9)):
        if text.endswith(unit):
            return float(text.removesuffix(unit)) * factor
    raise ValueError(text)


def read_summary(text):
    """Requests, seconds, hits and percentiles of a summary."""
    line = next(line for line in text.splitlines() if " requests in " in line)
    words = line.split()
    hits = words[words.index("hit") + 1] if "hit" in words else "-"
    head, *rows = text[text.index("\nlatency "):].strip().split("\n\n")[0].splitlines()
    names = head.split()
    # The last row is of all requests, but for an open loop's two more and that of TLS.
    row = [row.split() for row in rows if not row.startswith(("service", "lag", "handshakes"))][-1]
    latency_us = {name: nanoseconds(cell) / 1e3 for name, cell in zip(names, row) if name.startswith("p")}
    return int(words[0]), float(words[3]), hits, latency_us


class Bench:
    def __init__(self, options):
        self.options = options
        self.load = Load(options)
        self.servers = []

    def start(self):
        table = [(FLOOR, "", "{bin}/echo_floor {port}"), *SERVERS]
        for name, protocol, command in table:
            program = command.format(bin=self.options.bin, port=0, user="").split()[0]
            if shutil.which(program) is None:
                print(f"# {name} is not here")
                continue
            self.servers.append(Server(name, protocol, command, self.options))
        for server in self.servers:
            server.wait_until_it_listens()

    def stop(self):
        for server in self.servers:
            server.stop()

    def prefill(self, server, work):
        stored = {name: work[name] for name in ("keys", "key_size", "value_size")}
        if server.prefilled != stored:
            self.load.run(server, {**stored, "protocol": server.protocol, "prefill": "all", "requests": 1})
            server.prefilled = stored

    def measure_once(self, server, work):
        watch = Watch(server)
        text, load_waited = self.load.run(server, work)
        cpu_s, noise = watch.figures(load_waited)
        requests, measured_s, hits, latency_us = read_summary(text)
        if requests == 0:
            raise WrongAnswer(f"{server.name} answered nothing")
        return Round(requests, requests / measured_s, hits, cpu_s / requests * 1e6, latency_us, noise)

    def measure(self, server, work):
        return least_disturbed(lambda: self.measure_once(server, work), self.options)

    def compare(self, name):
        keys, options = WORKLOADS[name]
        work = {"protocol": "memcache", **options, "duration": f"{self.options.seconds}s"}
        if keys:
            work["keys"] = self.options.keys or keys
        floor_work = {**{key: work[key] for key in work if key in ("connections", "pipeline", "rate", "duration")},
                      **FLOOR_WORK}
        some = [server for server in self.servers if server.protocol in ("", work["protocol"])]
        rounds = {server.name: [] for server in some}
        for number in range(self.options.rounds):
            for server in some if number % 2 == 0 else reversed(some):
                if server.name != FLOOR and keys:
                    self.prefill(server, work)
                own = floor_work if server.name == FLOOR else {**work, "seed": number + 1}
                rounds[server.name].append(self.measure(server, own))
        print_table(name, rounds)


def print_table(name, rounds):
    """A row for each server: medians of its rounds, and ratios to the floor."""
    print(f"\n{name:<12}{'requests/s':>12}{'cpu us':>9}{'best':>9}{'floor':>8}{'best':>8}{'p50 us':>9}{'p99 us':>9}"
          f"{'p99.9 us':>10}{'hit':>8}{'noise':>8}")
    floor = rounds.get(FLOOR)
    for server, runs in rounds.items():
        def median(figure):
            return statistics.median(figure(run) for run in runs)
        best = min(run.cpu_us for run in runs)
        ratios = f"{'-':>8}{'-':>8}"
        if floor:
            ratio = statistics.median(run.cpu_us / base.cpu_us for run, base in zip(runs, floor))
            ratios = f"{ratio:8.2f}{best / min(base.cpu_us for base in floor):8.2f}"
        print(f"{server:<12}{median(lambda run: run.rate):12.0f}{median(lambda run: run.cpu_us):9.3f}{best:9.3f}{ratios}"
              f"{median(lambda run: run.latency_us['p50']):9.1f}{median(lambda run: run.latency_us['p99']):9.1f}"
              f"{median(lambda run: run.latency_us['p99.9']):10.1f}{runs[-1].hits:>8}{median(lambda run: run.noise):8.3f}",
              flush=True)


def make_parser(doc):
    """Arguments that every measure of servers against one another has: our programs, and where servers and load run."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin", type=lambda path: pathlib.Path(path).resolve(), help="folder of our programs: build/bin")
    parser.add_argument("--server-cpu", type=int, default=0)
    parser.add_argument("--load-cpu", type=int, default=1)
    return parser


def add_noise_arguments(parser):
    """How a machine that is busy with other things is dealt with: on_cpu(), least_disturbed()."""
    parser.add_argument("--nice", type=int, default=-20 if os.getuid() == 0 else 0, help="of servers and load; default: "
                        "-20 as root, else 0")
    parser.add_argument("--max-noise", type=float, default=0.05)
    parser.add_argument("--retries", type=int, default=2)


def parse_arguments():
    parser = make_parser(__doc__)
    parser.add_argument("--workload", action="append", choices=WORKLOADS, help="may be repeated; default: all")
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("ROUNDS") or 3), help="default: $ROUNDS or 3")
    parser.add_argument("--seconds", type=int, default=2, help="of a round")
    parser.add_argument("--keys", type=int, help="in place of the workload's own number")
    add_noise_arguments(parser)
    return parser.parse_args()


def main():
    options = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    bench = Bench(options)
    try:
        bench.start()
        for name in options.workload or WORKLOADS:
            bench.compare(name)
    except WrongAnswer as error:
        print(f"e2e: {error}", file=sys.stderr)
        return 3
    finally:
        bench.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
