"""A short differential run against Debian's memcached; `make differential` is the long one."""

import re
import shutil
import sys
import unittest

from harness import ROOT

sys.path.insert(0, str(ROOT / "test/differential"))
import comparison
import memcached_diff
import rules


class MemcachedDiffTest(unittest.TestCase):
    @unittest.skipUnless(shutil.which("memcached"), "Debian's memcached")
    def test_random_sequences_are_answered_alike(self):
        texts = []
        found, used_rules = comparison.run(memcached_diff, sequences=2000, seed=20, tell=texts.append)
        self.assertEqual(found, [], "\n".join(texts))
        self.assertGreater(len(used_rules), 10)

    def test_the_page_of_differences_has_the_rules_of_the_run(self):
        page = (ROOT / "docs/reference/memcached-differences.md").read_text()
        rows = re.findall(r"^\| `([a-z0-9-]+)` \|", page, re.MULTILINE)
        self.assertEqual(sorted(rows), sorted(map(comparison.name_of, rules.RULES)))


if __name__ == "__main__":
    unittest.main()
