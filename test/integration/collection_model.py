"""What a client knows of collections that only it changes, in a cache that may forget each of them at any moment, but
only whole.

A Key has every state that it can be in after all replies so far, beside the one that is always possible: that it is
gone. A command's step(data, reply) says what the key holds afterwards, or REFUSED, if a key that held `data` (empty:
gone) cannot have been answered so. When no state is left, the reply was wrong."""

REFUSED = None
GRAIN_S = 0.005  # the server reads its clock once per round, the client before and after a batch


class State:
    """Data, and between which moments it dies (None: never)."""

    def __init__(self, data, dies=None):
        self.data, self.dies = data, dies

    def __eq__(self, other):
        return (self.data, self.dies) == (other.data, other.dies)


class Key:
    def __init__(self, name, empty):
        self.name, self.empty = name, empty
        self.states = []  # in which it is there

    def possible(self, sent):
        """States a command may have found that was sent then."""
        alive = [state for state in self.states if state.dies is None or sent <= state.dies[1] + GRAIN_S]
        return [*alive, State(self.empty)]

    def become(self, states, reply):
        if not states:
            raise AssertionError(f"{self.name} was answered {shown(reply)} and can only have been one of "
                                 f"{[shown(state.data) for state in self.states]}, or gone")
        self.states = []
        for state in states:
            if state.data and state not in self.states:
                self.states.append(state)

    def settle(self, step, reply, sent):
        afters = []
        for state in self.possible(sent):
            data = step(state.data, reply)
            if data is not REFUSED:
                afters.append(State(data, state.dies if state.data else None))
        self.become(afters, reply)

    def settle_expiry(self, lives_s, reply, sent, answered):
        """PEXPIRE, or with None PERSIST: for ever."""
        dies = None if lives_s is None else (sent + lives_s, answered + lives_s)
        states = [state for state in self.possible(sent)
                  if bool(state.data) == bool(reply) or (state.data and lives_s is None and state.dies is None)]
        self.become([State(state.data, dies) for state in states], reply)

    def is_clear(self):
        return len(self.states) <= 1

    def any_data(self):
        return self.states[0].data if self.states else self.empty

    def forget(self):
        self.states = []


def shown(data):
    text = repr(data)
    return text if len(text) < 400 else f"{text[:300]}... of {len(text)}"


def settle_store(target, sources, combine, size_of, reply, sent, keeps_expiry=False):
    """The target becomes what combine(data of each source) gives, if that has the size that was replied."""
    results = []
    for combination in combinations([source.possible(sent) for source in sources]):
        data = combine(*(state.data for state in combination))
        if size_of(data) == reply:
            results.append(State(data, combination[0].dies if keeps_expiry else None))
    target.become(results, reply)


def combinations(choices):
    if not choices:
        return [()]
    return [(first, *rest) for first in choices[0] for rest in combinations(choices[1:])]


# ---- steps. Lists are tuples, sets are frozensets, hashes and sorted sets are dictionaries that nobody changes.

def if_equal(data, is_so):
    return data if is_so else REFUSED


def pairs_of(reply):
    return dict(zip(reply[::2], reply[1::2]))


def push(items, at_front):
    def step(data, reply):
        after = (*reversed(items), *data) if at_front else (*data, *items)
        return if_equal(after, reply == len(after))
    return step


def pop(count, at_front):
    def step(data, reply):
        expected = data[:count] if at_front else data[:-count - 1:-1]
        if list(expected) != (reply or []):
            return REFUSED
        return data[count:] if at_front else data[:len(data) - len(expected)]
    return step


def set_rows(rows):
    """HSET and ZADD: replied is how many were new."""
    def step(data, reply):
        return if_equal({**data, **rows}, reply == sum(row not in data for row in rows))
    return step


def erase_rows(names):
    """HDEL and ZREM."""
    def step(data, reply):
        gone = set(names) & data.keys()
        return if_equal({name: value for name, value in data.items() if name not in gone}, reply == len(gone))
    return step


def read_list(data, reply):
    return if_equal(data, data == tuple(reply))


def read_rows(data, reply):
    return if_equal(data, len(reply) == 2 * len(data) and pairs_of(reply) == data)


def read_ranks(data, reply):
    order = sorted(data.items(), key=lambda row: (int(row[1]), row[0]))
    return if_equal(data, [word for row in order for word in row] == reply)


def read_set(data, reply):
    return if_equal(data, len(reply) == len(data) and data == frozenset(reply))


def read_size(data, reply):
    return if_equal(data, reply == len(data))


def add_members(members):
    def step(data, reply):
        return if_equal(data | members, reply == len(members - data))
    return step


def erase_members(members):
    def step(data, reply):
        return if_equal(data - members, reply == len(members & data))
    return step


def delete(data, reply):
    return if_equal(type(data)(), reply == bool(data))


def overwrite(data, reply):
    return if_equal(type(data)(), reply == b"OK")


# ---- hashes whose fields expire: name -> (value, when it dies or None). Those that have expired stay: commands on keys
# may still find a hash that has no others.

DEAD = (0, 0)


def is_surely_dead(dies, sent):
    return dies is not None and sent > dies[1] + GRAIN_S


def may_be_dead(dies, answered):
    return dies is not None and answered >= dies[0]


def read_expiring(sent, answered):
    """All fields that must be there are, each with its newest value, and none that cannot be there is."""
    def step(data, reply):
        rows = pairs_of(reply)
        for name, value in rows.items():
            known = data.get(name)
            if known is None or known[0] != value or is_surely_dead(known[1], sent):
                return REFUSED
        if any(name not in rows and not may_be_dead(dies, answered) for name, (_, dies) in data.items()):
            return REFUSED
        return {name: known if name in rows else (known[0], DEAD) for name, known in data.items()}
    return step


def set_expiring(rows, dies):
    def step(data, reply):
        return if_equal({**data, **{name: (value, dies) for name, value in rows.items()}}, reply == 1)
    return step


def expire_fields(names, dies, sent, answered):
    """1: it was there, -2: it was not."""
    def step(data, reply):
        after = dict(data)
        for name, said in zip(names, reply):
            known = data.get(name)
            if said == 1 and (known is None or is_surely_dead(known[1], sent)):
                return REFUSED
            if said == -2 and known is not None and not may_be_dead(known[1], answered):
                return REFUSED
            if said == 1:
                after[name] = (known[0], dies)
            else:
                after.pop(name, None)
        return after
    return step
