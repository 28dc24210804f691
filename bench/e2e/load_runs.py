"""pelikan_load's runs against one server, for measures that compare runs with runs: server and client on a CPU each."""

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
