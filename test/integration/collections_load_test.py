"""A short piece of collections_load.py: what collections hold while memory is full, and what the server counts."""

import unittest

import collections_load
from harness import SANITIZED, Server

ROUNDS = 20 if SANITIZED else 60


class CollectionsLoadTest(unittest.TestCase):
    def test_no_wrong_reply_and_exact_accounting_at_full_memory(self):
        with Server("rds", seg_memory="8MiB", worker_threads=4) as server:
            play = collections_load.Play(server, 16)
            for number in range(ROUNDS):
                collections_load.play_round(play.clients)
                if number % (ROUNDS // 2) == 0:
                    play.look()
            play.look()
            counts = play.conclude()
            self.assertGreater(counts["elements"], counts["commands"])
            self.assertGreater(counts["gone"], 0)


if __name__ == "__main__":
    unittest.main()
