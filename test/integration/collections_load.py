"""Collections of all kinds beside strings on a pelikan_rds whose memory is full, for COLLECTIONS_SECONDS (default 300):
they are packed and large, copied, moved, stored, deleted and expire, with fields that do. A reply is what the newest
content gives, or what its key's being gone does (collection_model.py); now and then nobody asks for a moment, and what
the server counts is compared with what can be seen. `make soak` runs it; collections_load_test.py plays a short piece."""

import os
import random
import time

import collection_model as model
from expiring_load import ReplyError, ask, count_by_scan, read_reply
from harness import SANITIZED, Server, resp_request, wait_for

SECONDS = float(os.environ.get("COLLECTIONS_SECONDS") or 300)
LOOK_EVERY_S = 10
CONNECTIONS = 4
BUDGET_MIB = 16
KEYS = 24  # of a kind and client
BATCH = 60  # commands in one send
MOST = 600  # elements: what is larger is emptied
GROWTH_KIB = 16 * 1024  # of the resident memory, beyond what was taken at the start

EMPTY = {"list": (), "hash": {}, "set": frozenset(), "zset": {}, "ttl": {}, "text": b""}
READS = {"list": (("LRANGE", 0, -1), model.read_list), "hash": (("HGETALL",), model.read_rows), "set": (("SMEMBERS",), model.read_set),
         "zset": (("ZRANGE", 0, -1, "WITHSCORES"), model.read_ranks), "ttl": (("HGETALL",), None)}


class Client:
    """One connection and its own keys."""

    def __init__(self, server, number, keys):
        self.connection, self.number, self.random = server.connect(), number, random.Random(number)
        self.keys = {kind: [model.Key(f"{number}:{kind}:{i}", empty) for i in range(keys * (60 if kind == "text" else 1))]
                     for kind, empty in EMPTY.items()}
        self.made = 0
        self.counts = {"commands": 0, "elements": 0, "gone": 0, "refused": 0}
        self.under_way = []

    # ---- batches

    def send(self, commands=None):
        self.under_way = commands or [command for _ in range(BATCH) for command in self.commands()]
        self.sent = time.monotonic()
        self.connection.send(b"".join(resp_request(*words) for words, _, _ in self.under_way))

    def receive(self):
        replies = [read_reply(self.connection) for _ in self.under_way]
        answered = time.monotonic()
        lost = set()  # keys of which nobody knows what they have
        for (words, keys, judge), reply in zip(self.under_way, replies):
            self.counts["commands"] += 1
            is_refused = isinstance(reply, ReplyError) and reply.startswith(b"OOM")
            self.counts["refused"] += is_refused
            if is_refused or not lost.isdisjoint(keys):
                lost.update(keys)  # of a command on several keys a part may be done
                continue
            try:
                judge(reply, answered)
            except (AssertionError, TypeError) as error:
                raise AssertionError(f"{model.shown(words)}: {error}") from error
        if lost:
            self.connection.send(resp_request("DEL", *(key.name for key in lost)))
            read_reply(self.connection)
        for key in lost:
            key.forget()

    def forget(self):
        """All was flushed."""
        for key in (key for keys in self.keys.values() for key in keys):
            key.forget()

    def fill(self):
        """All texts: from now on memory is full."""
        self.send([self.set_text(key) for key in self.keys["text"]])
        self.receive()

    # ---- commands: their words, the keys they change, and judge(reply, answered)

    def commands(self):
        kind = self.random.choices(list(EMPTY), (3, 3, 3, 3, 2, 4))[0]
        key = self.random.choice(self.keys[kind])
        if kind == "text":
            return [self.text(key)]
        if not key.is_clear() or self.random.random() < 0.2:
            return [self.read(kind, key)]
        if len(key.any_data()) > MOST or self.random.random() < 0.03:
            return self.clear(key)
        if self.random.random() < 0.12:
            return [self.on_key(kind, key)]
        return [getattr(self, kind)(key)]

    def on(self, key, step, *words):
        return words, (key,), lambda reply, answered: key.settle(step, reply, self.sent)

    def element(self):
        self.made += 1
        return f"{self.number}:{self.made}:".ljust(self.random.choices((12, 20, 40, 100), (50, 50, 20, 1))[0], "x").encode()

    def elements(self):
        """A few, or more than a packed collection has."""
        count = self.random.choice((1, 2, 5, 20, 200))
        self.counts["elements"] += count
        return [self.element() for _ in range(count)]

    def known(self, key, most):
        """Some that are there, and one that is not."""
        there = list(key.any_data())
        return [*self.random.sample(there, min(len(there), self.random.randint(1, most))), b"nobody"]

    def read(self, kind, key):
        (word, *rest), step = READS[kind]
        def judge(reply, answered):
            self.counts["gone"] += bool(key.states) and not reply
            key.settle(step or model.read_expiring(self.sent, answered), reply, self.sent)
        return (word, key.name, *rest), (key,), judge

    def clear(self, key):
        first = [self.on(key, model.overwrite, "SET", key.name, "text")] if self.random.random() < 0.3 else []
        def judge(reply, answered):
            if not first:
                key.settle(model.delete, reply, self.sent)
            assert reply in (0, 1), reply
        return [*first, (("DEL" if self.random.random() < 0.5 else "UNLINK", key.name), (key,), judge)]

    def on_key(self, kind, key):
        other = self.random.choice(self.keys[kind])
        choice = self.random.random()
        if choice < 0.4 and other is not key:
            return ("COPY", key.name, other.name, "REPLACE"), (key, other), lambda reply, answered: self.judge_copy(key, other, reply)
        if choice < 0.7 and other is not key:
            return ("RENAME", key.name, other.name), (key, other), lambda reply, answered: self.judge_rename(key, other, reply)
        lives_s = None if self.random.random() < 0.3 else self.random.randrange(1, 3000) / 1000
        words = ("PERSIST", key.name) if lives_s is None else ("PEXPIRE", key.name, round(lives_s * 1000))
        return words, (key,), lambda reply, answered: key.settle_expiry(lives_s, reply, self.sent, answered)

    def judge_copy(self, key, other, reply):
        if reply == 1:
            other.become([state for state in key.possible(self.sent) if state.data], reply)
        else:
            assert reply == 0, reply
            key.forget()

    def judge_rename(self, key, other, reply):
        if isinstance(reply, ReplyError):
            assert reply == b"ERR no such key", reply
        else:
            self.judge_copy(key, other, 1)
        key.forget()

    def list(self, key):
        choice, at_front = self.random.random(), self.random.random() < 0.5
        side = "LEFT" if at_front else "RIGHT"
        if choice < 0.6:
            items = self.elements()
            return self.on(key, model.push(items, at_front), "LPUSH" if at_front else "RPUSH", key.name, *items)
        if choice < 0.8:
            count = self.random.choice((1, 10, 100))
            return self.on(key, model.pop(count, at_front), "LPOP" if at_front else "RPOP", key.name, count)
        other = self.random.choice(self.keys["list"])
        if other is key:
            return self.on(key, model.read_size, "LLEN", key.name)
        def judge(reply, answered):
            key.settle(model.pop(1, at_front), reply and [reply], self.sent)
            if reply is not None:
                moved = model.push([reply], at_front)
                other.settle(lambda data, _: moved(data, len(data) + 1), None, self.sent)
        return ("LMOVE", key.name, other.name, side, side), (key, other), judge

    def hash(self, key):
        if self.random.random() < 0.7:
            rows = {name: self.element() for name in self.elements() + self.known(key, 5)}
            return self.on(key, model.set_rows(rows), "HSET", key.name, *words_of(rows))
        names = self.known(key, 50)
        return self.on(key, model.erase_rows(names), "HDEL", key.name, *names)

    def zset(self, key):
        choice = self.random.random()
        if choice < 0.6:
            rows = {member: b"%d" % self.random.randrange(1000) for member in self.elements() + self.known(key, 5)}
            return self.on(key, model.set_rows(rows), "ZADD", key.name, *(word for row in rows.items() for word in row[::-1]))
        if choice < 0.8:
            members = self.known(key, 50)
            return self.on(key, model.erase_rows(members), "ZREM", key.name, *members)
        sources = self.random.choices(self.keys["zset"], k=2)
        def judge(reply, answered):
            model.settle_store(key, sources, add_scores, len, reply, self.sent)
        return ("ZUNIONSTORE", key.name, 2, *(source.name for source in sources)), (key, *sources), judge

    def set(self, key):
        choice = self.random.random()
        if choice < 0.6:
            members = frozenset(self.elements() + self.known(key, 5))
            return self.on(key, model.add_members(members), "SADD", key.name, *members)
        if choice < 0.75:
            members = frozenset(self.known(key, 50))
            return self.on(key, model.erase_members(members), "SREM", key.name, *members)
        sources = self.random.choices(self.keys["set"], k=2)
        word, combine = self.random.choice((("SUNIONSTORE", frozenset.union), ("SDIFFSTORE", frozenset.difference),
                                            ("SINTERSTORE", frozenset.intersection)))
        def judge(reply, answered):
            model.settle_store(key, sources, combine, len, reply, self.sent)
        return (word, key.name, *(source.name for source in sources)), (key, *sources), judge

    def ttl(self, key):
        lives_s = self.random.randrange(1, 2000) / 1000
        ms = round(lives_s * 1000)
        if self.random.random() < 0.6:
            rows = {name: self.element() for name in self.elements()}
            def judge_set(reply, answered):
                dies = (self.sent + lives_s, answered + lives_s)
                key.settle(model.set_expiring(rows, dies), reply, self.sent)
            return ("HSETEX", key.name, "PX", ms, "FIELDS", len(rows), *words_of(rows)), (key,), judge_set
        if self.random.random() < 0.5:  # these stay
            rows = {name: self.element() for name in self.elements()}
            return self.on(key, model.set_expiring(rows, None), "HSETEX", key.name, "FIELDS", len(rows), *words_of(rows))
        names = self.known(key, 20)
        def judge(reply, answered):
            dies = (self.sent + lives_s, answered + lives_s)
            key.settle(model.expire_fields(names, dies, self.sent, answered), reply, self.sent)
        return ("HPEXPIRE", key.name, ms, "FIELDS", len(names), *names), (key,), judge

    def text(self, key):
        if self.random.random() < 0.5:
            return self.set_text(key)
        return self.on(key, lambda data, reply: model.if_equal(data, (reply or b"") == data), "GET", key.name)


    def set_text(self, key):
        value = self.element() * self.random.choice((1, 20, 200))
        return self.on(key, lambda data, reply: model.if_equal(value, reply == b"OK"), "SET", key.name, value)


def words_of(rows):
    return [word for row in rows.items() for word in row]


def add_scores(first, second):
    return {member: b"%d" % (int(first.get(member, 0)) + int(second.get(member, 0))) for member in first.keys() | second.keys()}


# ---- what the server counts, while nobody asks

STATES = ("free", "open_now", "sealed", "draining", "limbo", "large", "withheld")


def is_withheld_right(seen):
    """Whole segments for the bytes of large collections; one more may stay withheld when these become fewer."""
    needed = -(-seen["seg_handle_byte"] // seen["seg_segment_byte"])
    return seen["seg_segment_withheld"] - needed in ((0, 1) if needed else (0,))


def large_bytes(server):
    """The least and the most that the large collections that a walk sees can take outside segments."""
    item_and_slot = 24 + 8  # its header, its ext, the handle; beside its key, and maybe a token that takes 8 more
    with server.connect() as connection:
        def ask_all(*requests):
            connection.send(b"".join(resp_request(*words) for words in requests))
            return [read_reply(connection) for _ in requests]
        most, tokens, cursor = 0, 0, None
        while cursor != b"0":
            [[cursor, keys]] = ask_all(("SCAN", cursor or 0, "COUNT", 1000))
            forms = ask_all(*(("OBJECT", "ENCODING", key) for key in keys))
            large = [key for key, form in zip(keys, forms) if form in (b"quicklist", b"hashtable", b"skiplist")]
            sizes = ask_all(*(("MEMORY", "USAGE", key) for key in large))
            most += sum(size - item_and_slot - (len(key) + 7) // 8 * 8 for key, size in zip(large, sizes) if size is not None)
            tokens += 8 * len(large)
        return most - tokens, most


def has_right_large_bytes(server):
    least, most = large_bytes(server)
    counted = server.metrics()["seg_handle_byte"]
    return least <= counted <= most and (most - counted) % 8 == 0


def check_accounting(server):
    """Expired keys that nobody met are not seen, but counted until they are swept."""
    wait_for(lambda: is_withheld_right(server.metrics()), "segments to be withheld for large collections")
    wait_for(lambda: has_right_large_bytes(server), "the bytes of those that can be seen", timeout=30)
    seen = server.metrics()
    assert sum(seen["seg_segment_" + state] for state in STATES) == seen["seg_segment_total"], seen
    wait_for(lambda: ask(server, "DBSIZE") == server.metrics()["seg_item_live"], "as many keys as items")
    counted, walked = ask(server, "DBSIZE"), count_by_scan(server)
    assert walked <= counted, (walked, counted)
    return seen["seg_handle_byte"]


def check_nothing_left(server, most_kib):
    assert ask(server, "FLUSHALL") == b"OK"
    assert ask(server, "DBSIZE") == 0
    names = ("seg_item_live", "seg_item_exact", "seg_live_byte", "seg_handle_byte", "seg_segment_withheld")
    wait_for(lambda: not any(server.metrics()[name] for name in names), "all to be swept", timeout=60)
    resident_kib = server.status_kib("VmRSS")
    # What a sanitizer keeps of freed memory is not ours; AddressSanitizer tells of leaks when the server ends.
    assert SANITIZED or resident_kib <= most_kib, f"{resident_kib} KiB resident, not {most_kib}"


def play_round(clients):
    """All clients' batches are with the server at once."""
    for client in clients:
        client.send()
    for client in clients:
        client.receive()


class Play:
    """A server and its clients."""

    def __init__(self, server, keys):
        self.server = server
        self.most_kib = server.status_kib("VmRSS") + GROWTH_KIB
        self.clients = [Client(server, number, keys) for number in range(CONNECTIONS)]
        self.largest = self.looks = 0
        for client in self.clients:
            client.fill()

    def look(self):
        self.largest = max(self.largest, check_accounting(self.server))
        self.looks += 1

    def conclude(self):
        evicted = self.server.metrics()["seg_evict"]
        check_nothing_left(self.server, self.most_kib)
        for client in self.clients:
            client.forget()
        play_round(self.clients)  # it goes on
        counts = {name: sum(client.counts[name] for client in self.clients) for name in self.clients[0].counts}
        print(f"{counts}, {evicted} segments evicted, at most {self.largest} bytes of large ones in {self.looks} looks", flush=True)
        for client in self.clients:
            client.connection.close()
        assert evicted > 0 and self.largest > 0, "memory was never full"
        return counts


def run_for(seconds):
    with Server("rds", seg_memory=f"{BUDGET_MIB}MiB", worker_threads=4) as server:
        play = Play(server, KEYS)
        end = time.monotonic() + seconds
        look_at = 0.0
        while time.monotonic() < end:
            play_round(play.clients)
            if time.monotonic() >= look_at:
                play.look()
                look_at = time.monotonic() + LOOK_EVERY_S
        play.look()
        play.conclude()


if __name__ == "__main__":
    run_for(SECONDS)
