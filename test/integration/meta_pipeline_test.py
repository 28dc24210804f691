"""Meta commands as the newer clients of Ruby send them: quiet ones in a pipeline that mn ends, tokens and
flags in every reply, keys in base64 when they are not plain."""

import base64
import unittest

from harness import Server


class Client:
    """What such a client does, as far as the wire shows it."""

    def __init__(self, connection):
        self.connection = connection

    @staticmethod
    def key_words(key):
        """The key as it is sent, and the flag it needs."""
        plain = all(33 <= byte <= 126 for byte in key)
        return (key, b"") if plain else (base64.b64encode(key), b" b")

    def set_many(self, values, ttl, flags=0):
        """Stores all; returns the replies that came before MN's: those of what failed."""
        parts = []
        for key, value in values.items():
            word, encoded = self.key_words(key)
            parts.append(b"ms %s %d%s c F%d T%d MS q\r\n%s\r\n" % (word, len(value), encoded, flags, ttl, value))
        self.connection.send(b"".join(parts) + b"mn\r\n")
        return [reply for reply, _ in self.replies()]

    def get_many(self, keys):
        """key -> (value, client flags, cas token) of those that are there."""
        parts = []
        for key in keys:
            word, encoded = self.key_words(key)
            parts.append(b"mg %s%s v f k c q\r\n" % (word, encoded))
        self.connection.send(b"".join(parts) + b"mn\r\n")
        found = {}
        for (kind, *words), value in self.replies():
            tokens = {word[:1]: word[1:] for word in words}
            key = base64.b64decode(tokens[b"k"]) if b"b" in tokens else tokens[b"k"]
            assert kind == b"VA", kind
            found[key] = (value, int(tokens[b"f"]), int(tokens[b"c"]))
        return found

    def ask(self, line, data=None):
        """The words of the one reply."""
        self.connection.send(line + b"\r\n" + (b"" if data is None else data + b"\r\n"))
        return self.reply()[0]

    def replies(self):
        """All replies up to MN."""
        replies = []
        while (reply := self.reply())[0] != [b"MN"]:
            replies.append(reply)
        return replies

    def reply(self):
        words = self.connection.read_line().split()
        if words[0] != b"VA":
            return words, None
        value = self.connection.read(int(words[1]) + 2)
        assert value.endswith(b"\r\n")
        return [words[0], *words[2:]], value[:-2]


class MetaPipelineTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(seg_memory="64MiB", worker_threads=2))

    def setUp(self):
        self.client = Client(self.enterContext(self.server.connect()))
        self.client.connection.expect(b"flush_all\r\n", b"OK\r\n")

    def test_hits_come_back_and_misses_are_silent(self):
        values = {b"key%d" % i: b"value %d" % i for i in range(2000)}
        self.assertEqual(self.client.set_many(values, ttl=60, flags=9), [])
        found = self.client.get_many([b"missing", *values, b"gone"])
        self.assertEqual({key: entry[:2] for key, entry in found.items()},
                         {key: (value, 9) for key, value in values.items()})

    def test_keys_of_any_bytes(self):
        values = {"schlüssel".encode(): b"umlaut", b"with space": b"", bytes(range(1, 90)): b"many"}
        self.assertEqual(self.client.set_many(values, ttl=0), [])
        found = self.client.get_many(values)
        self.assertEqual({key: entry[0] for key, entry in found.items()}, values)

    def test_a_token_decides_who_may_write(self):
        self.client.set_many({b"k": b"one"}, ttl=0)
        token = self.client.get_many([b"k"])[b"k"][2]
        self.assertEqual(self.client.ask(b"ms k 3 C%d MS" % token, b"two"), [b"HD"])
        self.assertEqual(self.client.ask(b"ms k 5 C%d MS" % token, b"three"), [b"EX"])
        self.assertEqual(self.client.ask(b"md k C%d" % token), [b"EX"])
        self.assertEqual(self.client.get_many([b"k"])[b"k"][0], b"two")

    def test_counters_begin_when_they_are_missing(self):
        self.client.connection.send(b"ma n v N60 J5 D3 MI\r\nma n v N60 J5 D3 MI\r\nma n v D100 MD\r\n")
        self.assertEqual([self.client.reply()[1] for _ in range(3)], [b"5", b"8", b"0"])

    def test_quiet_deletes_tell_of_what_was_not_there(self):
        self.client.set_many({b"a": b"1", b"b": b"2"}, ttl=0)
        self.client.connection.send(b"md a q\r\nmd missing q k\r\nmd b q\r\nmn\r\n")
        self.assertEqual([reply for reply, _ in self.client.replies()], [[b"NF", b"kmissing"]])
        self.assertEqual(self.client.get_many([b"a", b"b"]), {})

    def test_what_is_too_large_fails_alone(self):
        values = {b"before": b"1", b"huge": b"x" * (3 << 20), b"after": b"2"}
        replies = self.client.set_many(values, ttl=0)
        self.assertEqual([reply[0] for reply in replies], [b"SERVER_ERROR"])
        self.assertEqual(set(self.client.get_many(values)), {b"before", b"after"})

    def test_one_client_wins_the_right_to_refresh(self):
        self.client.set_many({b"k": b"old"}, ttl=60)
        self.assertEqual(self.client.ask(b"md k I T30"), [b"HD"])
        answers = [self.client.ask(b"mg k c") for _ in range(3)]
        self.assertIn(b"W", answers[0])
        self.assertTrue(all(b"X" in answer for answer in answers))
        self.assertTrue(all(b"Z" in answer and b"W" not in answer for answer in answers[1:]))
        token = next(word[1:] for word in answers[0] if word.startswith(b"c"))
        self.assertEqual(self.client.ask(b"ms k 3 C" + token, b"new"), [b"HD"])
        self.assertEqual(self.client.ask(b"mg k"), [b"HD"])


if __name__ == "__main__":
    unittest.main()
