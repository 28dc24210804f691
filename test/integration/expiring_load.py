"""Redis' commands on keys of which half expire, to the millisecond, on a pelikan_rds whose memory is full: what a client
reads is the newest value it wrote, and not one millisecond (and the clock's grain) beyond its end. EXPIRING_MINUTES
(default 5) of it, beside pelikan_load, are part of `make soak`; expiring_test.py plays a short piece."""

import os
import random
import time

from harness import SANITIZED, Server, resp_request, wait_for
from load_rounds import LoadRounds

MINUTES = float(os.environ.get("EXPIRING_MINUTES") or 5)
BUDGET_MIB = 256
CONNECTIONS = 4
BATCH = 250  # commands in one send
GRAIN_S = 0.005  # the server reads its clock once per round, the client before and after a batch


class ReplyError(bytes):
    """An error's text."""


def read_reply(connection):
    """A simple string, a number or an array as Python's, an error; None: the null reply."""
    line = connection.read_line()
    kind, rest = line[:1], line[1:]
    if kind == b":":
        return int(rest)
    if kind == b"-":
        return ReplyError(rest)
    if rest == b"-1":
        return None
    if kind == b"$":
        return connection.read(int(rest) + 2)[:-2]
    if kind == b"*":
        return [read_reply(connection) for _ in range(int(rest))]
    assert kind == b"+", line
    return rest


class Fact:
    """What a client knows of a key: its newest value, and between which moments it dies (None: never)."""

    def __init__(self, value, lives_s):
        self.value, self.lives_s, self.dies = value, lives_s, None

    def set_at(self, sent, answered):
        self.dies = None if self.lives_s is None else (sent + self.lives_s, answered + self.lives_s + GRAIN_S)


class Client:
    """One connection and its own keys."""

    def __init__(self, server, number, keys):
        self.connection, self.number, self.keys = server.connect(), number, keys
        self.random = random.Random(number)
        self.facts = {}
        self.versions = 0
        self.counts = {"gets": 0, "hits": 0, "expired": 0, "writes": 0}

    def batch(self):
        """Sends commands on different keys; judges their replies."""
        commands = [self.command(key) for key in self.random.sample(range(self.keys), BATCH)]
        sent = time.monotonic()
        self.connection.send(b"".join(bytes_ for bytes_, _ in commands))
        replies = [read_reply(self.connection) for _ in commands]
        answered = time.monotonic()
        for (_, judge), reply in zip(commands, replies):
            judge(reply, sent, answered)

    def command(self, key):
        name = f"{self.number}:{key}"
        choice = self.random.random()
        fact = self.facts.get(key)
        if choice < 0.5 or (fact is None and choice > 0.9):
            return self.set(key, name)
        if choice < 0.9:
            return resp_request("GET", name), lambda reply, sent, answered: self.judge_get(key, reply, sent, answered)
        lives_s = self.lifetime_s()
        if lives_s is None:
            change = resp_request("PERSIST", name)
        else:
            change = resp_request("PEXPIRE", name, round(lives_s * 1000))
        return change, lambda reply, sent, answered: self.judge_change(key, lives_s, reply, sent, answered)

    def lifetime_s(self):
        """Half live for ever, the others up to four seconds."""
        return None if self.random.random() < 0.5 else self.random.randrange(1, 4000) / 1000

    def set(self, key, name):
        self.versions += 1
        text = f"{name}={self.versions} "
        value = (text * (self.random.choice((20, 100, 400, 2000)) // len(text) + 1)).encode()
        fact = Fact(value, self.lifetime_s())
        words = ["SET", name, value] + ([] if fact.lives_s is None else ["PX", round(fact.lives_s * 1000)])

        def judge(reply, sent, answered):
            assert reply == b"OK", reply
            fact.set_at(sent, answered)
            self.facts[key] = fact
            self.counts["writes"] += 1
        return resp_request(*words), judge

    def judge_get(self, key, reply, sent, answered):
        self.counts["gets"] += 1
        fact = self.facts.get(key)
        if reply is None:  # expired, or evicted
            self.counts["expired"] += fact is not None and fact.dies is not None and answered >= fact.dies[0]
            self.facts.pop(key, None)
            return
        self.counts["hits"] += 1
        assert fact is not None, f"key {key} came back: {reply[:60]!r}"
        assert reply == fact.value, f"key {key} is {reply[:60]!r}, not {fact.value[:60]!r}"
        late_s = 0 if fact.dies is None else sent - fact.dies[1]
        assert late_s <= 0, f"key {key} was read {late_s * 1000:.1f} ms after its end"

    def judge_change(self, key, lives_s, reply, sent, answered):
        fact = self.facts.get(key)
        if reply == 1:
            assert fact is not None, f"key {key} came back"
            fact.lives_s = lives_s
            fact.set_at(sent, answered)
        elif lives_s is not None:  # PERSIST of what lives for ever answers 0 as well
            self.facts.pop(key, None)


def bulk_load(number):
    """Beside the clients: options of the load's rounds."""
    return {"protocol": "resp3", "requests": 500_000, "keys": 1_000_000, "pipeline": 16, "mix": "get:50 set:50",
            "popularity": "uniform", "value_size": "list 64:50,1k:50", "ttl": "list 3s:50,1h:50", "key_prefix": f"{number}:"}


def ask(server, *words):
    with server.connect() as connection:
        connection.send(resp_request(*words))
        return read_reply(connection)


def count_by_scan(server):
    """How many keys a walk sees."""
    with server.connect() as connection:
        count, cursor = 0, b"0"
        while True:
            connection.send(resp_request("SCAN", cursor, "COUNT", 10_000))
            cursor, keys = read_reply(connection)
            count += len(keys)
            if cursor == b"0":
                return count


def check_accounting(server):
    """Nobody writes any more. A walk sees what was counted, but for items that expire meanwhile, or that nobody met
    since they did; and when all is flushed, nothing is counted. Returns how many keys the walk saw."""
    counted, walked = ask(server, "DBSIZE"), count_by_scan(server)
    assert walked <= counted, f"DBSIZE is {counted}, a walk sees {walked} keys"
    assert ask(server, "FLUSHALL") == b"OK"
    assert (ask(server, "DBSIZE"), count_by_scan(server)) == (0, 0)
    counts = ("seg_item_live", "seg_item_exact", "seg_live_byte")
    wait_for(lambda: not any(server.metrics()[name] for name in counts), "flushed items to be swept", timeout=60)
    return walked


def print_result(server, clients, resident_kib):
    counts = {name: sum(client.counts[name] for client in clients) for name in clients[0].counts}
    seen = server.metrics()
    memory = {name: seen[name] for name in ("seg_evict", "seg_expire", "seg_item_live", "seg_item_exact")}
    print(f"{counts}, {memory}, {resident_kib} KiB resident", flush=True)
    return counts


def run_for(minutes):
    with Server("rds", seg_memory=f"{BUDGET_MIB}MiB", worker_threads=2) as server:
        clients = [Client(server, number, 200_000) for number in range(CONNECTIONS)]
        load = LoadRounds(server, bulk_load)
        most_kib = 0
        try:
            end = time.monotonic() + minutes * 60
            while time.monotonic() < end:
                for client in clients:
                    client.batch()
                load.check()
                most_kib = max(most_kib, server.status_kib("VmRSS"))
        finally:
            load.stop()
        print_result(server, clients, most_kib)
        assert server.metrics()["seg_evict"] > 0, "memory was never full"
        assert SANITIZED or most_kib <= BUDGET_MIB * 1024 * 1.1, f"{most_kib} KiB resident"
        print(f"{minutes} minutes; {check_accounting(server)} keys were left")


if __name__ == "__main__":
    run_for(MINUTES)
