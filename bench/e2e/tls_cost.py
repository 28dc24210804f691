#!/usr/bin/python3
"""What TLS costs: CPU time of the server per request, with and without it, and beside redis-server where that is installed.

Servers have one worker and are driven one at a time by pelikan_load, in rounds whose order turns every time, as in
e2e.py, which has the details. Handshakes are in the figures: a round begins with one for each of its connections.

Exit status: 0; 1 when a goal is missed; 3 when a server answered wrongly or not at all."""

import pathlib
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass, field

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "test/integration"))
import e2e
from tls_files import TlsFiles

WORK = {**e2e.SMALL, "pipeline": 32}
MOST_OF_PLAIN, MOST_OF_REDIS = 1.6, 0.6  # goals
REDIS = ["redis-server", "--bind", e2e.HOST, "--port", "0", "--save", "", "--tls-auth-clients", "no"]


@dataclass
class Door:
    """A port of a server, as e2e.py's functions take servers."""

    name: str
    protocol: str
    port: int
    process: subprocess.Popen
    work: dict = field(default_factory=dict)  # options of the load for it


class Servers:
    def __init__(self, options, files):
        self.options, self.files, self.doors = options, files, []
        self.sealed = {"tls": "yes", "tls_ca": files["ca.pem"]}

    def start(self, words):
        silent = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen([str(word) for word in words], **silent,
                                preexec_fn=e2e.on_cpu(self.options.server_cpu, self.options.nice))

    def start_ours(self, name, protocol):
        plain, sealed = e2e.free_port(), e2e.free_port()
        tls = (word for item in self.files.options(tls_port=sealed).items() for word in (f"--{item[0]}", item[1]))
        common = ["--seg_memory", "2GiB", *e2e.OURS.format(port=plain).split()]
        process = self.start([self.options.bin / f"pelikan_{name}", *common, *tls])
        self.doors += [Door(name, protocol, plain, process), Door(f"{name}-tls", protocol, sealed, process, self.sealed)]

    def start_redis(self):
        if shutil.which("redis-server") is None:
            print("# redis-server is not here")
            return
        port = e2e.free_port()
        process = self.start([*REDIS, "--tls-port", port, "--tls-cert-file", self.files["server.pem"], "--tls-key-file",
                              self.files["server.key"], "--tls-ca-cert-file", self.files["ca.pem"]])
        self.doors.append(Door("redis-tls", "resp2", port, process, self.sealed))

    def stop(self):
        for process in {door.process.pid: door.process for door in self.doors}.values():
            process.terminate()
            process.wait(20)


def measure(bench, doors, options):
    """The rounds of each door by its name."""
    def work_of(door):
        return {**WORK, **door.work, "protocol": door.protocol, "keys": options.keys}

    for door in doors:
        bench.load.run(door, {**work_of(door), "prefill": "all", "requests": 1})
    rounds = {door.name: [] for door in doors}
    for number in range(options.rounds):
        for door in doors if number % 2 == 0 else reversed(doors):
            work = {**work_of(door), "seed": number + 1, "duration": f"{options.seconds}s"}
            rounds[door.name].append(bench.measure(door, work))
    return rounds


def ratio(rounds, one, other):
    return statistics.median(a.cpu_us / b.cpu_us for a, b in zip(rounds[one], rounds[other]))


def parse_arguments():
    parser = e2e.make_parser(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5, help="of a round")
    parser.add_argument("--keys", type=int, default=1_000_000)
    e2e.add_noise_arguments(parser)
    return parser.parse_args()


def main():
    options = parse_arguments()
    files = TlsFiles()
    servers = Servers(options, files)
    try:
        servers.start_ours("segcache", "memcache")
        servers.start_ours("rds", "resp2")
        servers.start_redis()
        for door in servers.doors:
            e2e.Server.wait_until_it_listens(door)
        rounds = measure(e2e.Bench(options), servers.doors, options)
    except e2e.WrongAnswer as error:
        print(f"tls_cost: {error}", file=sys.stderr)
        return 3
    finally:
        servers.stop()
        files.close()
    print(f"{'server':<14}{'requests/s':>12}{'cpu us':>9}{'noise':>8}")
    for name, runs in rounds.items():
        rate, cpu_us, noise = (statistics.median(getattr(run, figure) for run in runs) for figure in ("rate", "cpu_us", "noise"))
        print(f"{name:<14}{rate:12.0f}{cpu_us:9.3f}{noise:8.3f}")
    goals = [("segcache-tls", "segcache", MOST_OF_PLAIN), ("rds-tls", "rds", MOST_OF_PLAIN),
             ("rds-tls", "redis-tls", MOST_OF_REDIS)]
    missed = 0
    for one, other, most in goals:
        if other in rounds:
            is_missed = ratio(rounds, one, other) > most
            missed += is_missed
            print(f"{one} / {other}: {ratio(rounds, one, other):.2f}, goal {most}{', missed' if is_missed else ''}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
