#!/usr/bin/python3
"""Whether the response times of a server whose pool is a file on disk depend on the disk.

Two servers of one worker hold the same items, one in anonymous memory, one in a pool file in the folder given, which
should lie on a disk. Then come pairs of runs, one against each server, in turns of who is first: pelikan_load sends at
a rate, half of it sets, so that pages are written all the time. While a run goes, the file is synced again and again,
far more often than the kernel would write it back (the anonymous server's run has the same syncs beside it, with
nothing to write). Printed are each pair's p99 and their ratio, and the median of the ratios.

Exit status: 0; 1 when the goal is missed; 3 when something was answered wrongly."""

import os
import pathlib
import statistics
import sys
import tempfile
import threading

from load_runs import CLIENT_CPU, SERVER_CPU, WrongAnswer, harness, pairs_parser, run_load

LOAD = {"key_size": 32, "value_size": 1024, "popularity": "uniform", "mix": "get:1 set:1", "connections": 50}


class Syncs:
    """The file's dirty pages go to the disk, again and again, while the block runs."""

    def __init__(self, file, pause):
        self.file, self.pause, self.count = file, pause, 0
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.is_over.wait(self.pause):
            os.fdatasync(self.file.fileno())
            self.count += 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()


def measure_pairs(in_memory, on_disk, pool, options):
    """The ratios of p99 on disk to p99 in memory."""
    ratios = []
    print(f"{'pair':>4} {'in memory us':>13} {'on disk us':>11} {'ratio':>6} {'syncs':>6}")
    for pair in range(options.pairs):
        p99, syncs = {}, {}
        for server in (in_memory, on_disk) if pair % 2 == 0 else (on_disk, in_memory):
            with open(pool, "rb") as file, Syncs(file, options.pause) as syncs[server]:
                p99[server] = run_load(server, **LOAD, keys=options.keys, rate=options.rate, warmup="500ms",
                                       duration=options.duration, seed=pair + 1)
        ratios.append(p99[on_disk] / p99[in_memory])
        print(f"{pair + 1:>4} {p99[in_memory]:13.1f} {p99[on_disk]:11.1f} {ratios[-1]:6.2f} {syncs[on_disk].count:6}",
              flush=True)
    return ratios


def parse_arguments():
    parser = pairs_parser(__doc__, rate="20k", duration="5s")
    parser.add_argument("folder", type=pathlib.Path, help="where the pool's file is made")
    parser.add_argument("--keys", type=int, default=400_000)
    parser.add_argument("--memory", default="1GiB", help="seg_memory of each server")
    parser.add_argument("--pause", type=float, default=0.5, help="between two syncs, in seconds")
    return parser.parse_args()


def main():
    options = parse_arguments()
    harness.BIN = options.bin.resolve()
    os.sched_setaffinity(0, {SERVER_CPU})  # inherited by what is started next
    try:
        with tempfile.TemporaryDirectory(dir=options.folder, prefix="pelikan-writeback-") as folder:
            pool = pathlib.Path(folder) / "pool"
            common = {"seg_memory": options.memory, "worker_threads": 1}
            with harness.Server(**common) as in_memory, harness.Server(**common, pool_path=pool) as on_disk:
                on_disk.expected_log = harness.POOL_LOG
                os.sched_setaffinity(0, {CLIENT_CPU})
                for server in (in_memory, on_disk):
                    run_load(server, **LOAD, keys=options.keys, prefill="all", requests=1)
                ratio = statistics.median(measure_pairs(in_memory, on_disk, pool, options))
    except WrongAnswer as failure:
        print(f"writeback: {failure}", file=sys.stderr)
        return 3
    print(f"median ratio {ratio:.2f}")
    return 0 if ratio <= options.most_ratio else 1


if __name__ == "__main__":
    sys.exit(main())
