#!/usr/bin/python3
"""Collections beside redis-server: CPU time of the server per request, and bytes per collection.

Speed: one worker, driven by redis-benchmark with 32 requests in a pipeline, one server at a time, in rounds whose order
turns every time (e2e.py tells why CPU time is the figure). Memory: the growth of used_memory_dataset (ours: what items
and large collections take, to which a slot of the table is added for each key) and of redis' used_memory.

Exit status: 0; 1 when a goal is missed; 3 when a server answered wrongly or not at all."""

import random
import shutil
import statistics
import sys
import time
from dataclasses import dataclass

import e2e
import redis

MOST_OF_REDIS = 0.7  # goal: CPU per request, for every command
HASH_GOAL = 260  # bytes of a hash of eight fields
SLOT_BYTES = 10  # of our table: buckets of 64 bytes have seven, one in ten of them free
CONNECTIONS, PIPELINE = 50, 32
COMMANDS = {  # name -> (requests in one round, different numbers of __rand_int__, command)
    "HSET": (2_000_000, 1000, "HSET h:1000 f:__rand_int__ xxxxxxxxxxxxxxxx"),
    "HGET": (2_000_000, 1000, "HGET h:1000 f:__rand_int__"),
    "HSET-8-fields": (2_000_000, 100_000, "HSET h:__rand_int__ field3 xxxxxxxxxxxxxxxx"),
    "HGET-8-fields": (2_000_000, 100_000, "HGET h:__rand_int__ field3"),
    "LPUSH": (2_000_000, 1, "LPUSH l xxx"),
    "LPOP": (2_000_000, 1, "LPOP l"),
    "LRANGE_100": (200_000, 1, "LRANGE l:100 0 99"),
    "SADD": (2_000_000, 100_000, "SADD s e:__rand_int__"),
    "SISMEMBER": (2_000_000, 100_000, "SISMEMBER s e:__rand_int__"),
    "ZADD": (1_000_000, 100_000, "ZADD z __rand_int__ e:__rand_int__"),
    "ZRANGE_100": (100_000, 1, "ZRANGE z 0 99"),
    "ZRANK": (1_000_000, 100_000, "ZRANK z e:__rand_int__"),
}


@dataclass
class Round:
    cpu_us: float  # of the server, per request
    noise: float  # share of the time in which a CPU was not ours


def client_of(server):
    return redis.Redis(host=e2e.HOST, port=server.port)


def fill(client, commands):
    """Sends them, a thousand in a pipeline."""
    pipe = client.pipeline(transaction=False)
    for words in commands:
        pipe.execute_command(*words)
        if len(pipe) == 1000:
            pipe.execute()
    pipe.execute()


def hash_of_8(number):
    return ["HSET", f"h:{number:012d}", *(word for field in range(8) for word in (f"field{field}", "x" * 16))]


def prepare(server):
    client = client_of(server)
    fill(client, (hash_of_8(number) for number in range(100_000)))
    fill(client, (["RPUSH", "l:100", "xxx"] for _ in range(100)))
    fill(client, (["SADD", "s", f"e:{number:012d}"] for number in range(100_000)))
    fill(client, (["ZADD", "z", number, f"e:{number:012d}"] for number in range(100_000)))


def measure_once(server, name, options):
    requests, different, command = COMMANDS[name]
    requests = int(requests * options.scale)
    words = ["redis-benchmark", "-h", e2e.HOST, "-p", str(server.port), "-c", str(CONNECTIONS), "-P", str(PIPELINE),
             "-n", str(requests), "-r", str(different), "-q", *command.split()]
    watch = e2e.Watch(server)
    status, out, err, load_waited = e2e.run_load(words, options)
    if status != 0 or "error" in (out + err).lower():
        raise e2e.WrongAnswer(f"{server.name}, {name}: {out}{err}")
    cpu_s, noise = watch.figures(load_waited)
    return Round(cpu_s / requests * 1e6, noise)


def compare_speed(servers, options):
    """Returns how many goals are missed."""
    print(f"{'CPU us per request':<20}{'rds':>9}{'redis':>9}{'ratio':>8}{'best':>8}{'noise':>8}")
    missed = 0
    for name in options.command or COMMANDS:
        rounds = {server.name: [] for server in servers}
        for number in range(options.rounds):
            for server in servers if number % 2 == 0 else reversed(servers):
                run = e2e.least_disturbed(lambda: measure_once(server, name, options), options)
                rounds[server.name].append(run)
        ours, theirs = ([run.cpu_us for run in rounds[who]] for who in ("rds", "redis"))
        noise = statistics.median(run.noise for runs in rounds.values() for run in runs)
        ratio = statistics.median(a / b for a, b in zip(ours, theirs))
        missed += ratio > MOST_OF_REDIS
        print(f"{name:<20}{statistics.median(ours):9.3f}{statistics.median(theirs):9.3f}{ratio:8.2f}"
              f"{min(ours) / min(theirs):8.2f}{noise:8.3f}{'  missed' if ratio > MOST_OF_REDIS else ''}", flush=True)
    return missed


def growth(server, keys, commands):
    """Bytes that a server takes more after the commands, which store so many keys."""
    is_ours = server.name == "rds"
    client = client_of(server)

    def bytes_now():
        return client.info("memory")["used_memory_dataset" if is_ours else "used_memory"]

    client.flushall()
    deadline = time.monotonic() + 10
    while is_ours and bytes_now() != 0 and time.monotonic() < deadline:
        time.sleep(0.05)  # what was flushed goes in the background
    before = bytes_now()
    fill(client, commands)
    return bytes_now() - before + (keys * SLOT_BYTES if is_ours else 0)


def compare_memory(servers):
    """Returns how many goals are missed."""
    numbers = list(range(100_000))
    random.Random(1).shuffle(numbers)
    cases = {  # name -> (collections, commands)
        "hash of 8 fields": (100_000, lambda: (hash_of_8(number) for number in range(100_000))),
        "the same, one": (1, lambda: (hash_of_8(number) for number in range(1))),
        "100 k sorted set": (1, lambda: (["ZADD", "z", number * 1.5, f"member:{number:09d}"] for number in numbers)),
        "1 M list": (1, lambda: (["RPUSH", "l", *(f"element:{number * 100 + k}" for k in range(100))]
                                 for number in range(10_000))),
    }
    print(f"\n{'bytes each':<20}{'rds':>12}{'redis':>12}{'ratio':>8}")
    bytes_each = {}
    for name, (count, commands) in cases.items():
        ours, theirs = (growth(server, count, commands()) / count for server in servers)
        bytes_each[name] = ours, theirs
        print(f"{name:<20}{ours:12.0f}{theirs:12.0f}{ours / theirs:8.2f}", flush=True)
    hashes = bytes_each["hash of 8 fields"][0]
    goals = [(hashes <= HASH_GOAL, f"a hash of 8 fields takes {hashes:.0f} bytes, not {HASH_GOAL}"),
             (hashes <= 1.05 * bytes_each["the same, one"][0], "100,000 hashes take 5 % more than 100,000 times one"),
             *((ours <= theirs, f"{name} takes more than redis'") for name, (ours, theirs) in bytes_each.items())]
    for is_met, text in goals:
        if not is_met:
            print(f"missed: {text}")
    return sum(not is_met for is_met, _ in goals)


def parse_arguments():
    parser = e2e.make_parser(__doc__)
    parser.add_argument("--command", action="append", choices=COMMANDS, help="may be repeated; default: all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1, help="of the requests in a round")
    e2e.add_noise_arguments(parser)
    return parser.parse_args()


def main():
    options = parse_arguments()
    for program in ("redis-server", "redis-benchmark"):
        if shutil.which(program) is None:
            sys.exit(f"collections_cost: {program} is not here")
    servers = []
    try:
        for name, protocol, command in e2e.SERVERS:
            if name in ("rds", "redis"):
                servers.append(e2e.Server(name, protocol, command, options))
        for server in servers:
            server.wait_until_it_listens()
            prepare(server)
        missed = compare_speed(servers, options) + compare_memory(servers)
    except e2e.WrongAnswer as error:
        print(f"collections_cost: {error}", file=sys.stderr)
        return 3
    finally:
        for server in servers:
            server.stop()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
