"""pelikan_load's runs against one server, for measures that compare runs with runs: server and client on a CPU each."""

import argparse
import json
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "test/integration"))
import harness

SERVER_CPU, CLIENT_CPU = 0, 1


class WrongAnswer(Exception):
    pass


def run_load(server, **work):
    """The p99 of a run's response times, in microseconds. Raises WrongAnswer when there were errors."""
    results = server.path / "run.json"
    work = {"servers": server.address, "assert": "errors=0", "json": results, **work}
    load = harness.run(harness.BIN / "pelikan_load", *(word for name in work for word in (f"--{name}", work[name])),
                       timeout=600)
    if load.returncode != 0:
        raise WrongAnswer(load.stdout + load.stderr)
    return json.loads(results.read_text())["hist"]["response"]["p99"] / 1e3


def pairs_parser(doc, rate, duration):
    """Arguments that every measure of pairs of runs has, with these defaults."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin", type=pathlib.Path, help="folder of our programs: build/bin")
    parser.add_argument("--pairs", type=int, default=9)
    parser.add_argument("--rate", default=rate)
    parser.add_argument("--duration", default=duration, help="of a run")
    parser.add_argument("--most-ratio", type=float, default=1.2, help="goal of the median")
    return parser
