"""The commands that README.md and `make run` tell a newcomer to try, tried."""

import re
import unittest

from harness import ROOT, Server, run

COMMAND = re.compile(r"^(?:printf 'set|python3 -c).*?(?=\n\n|\n```)", re.DOTALL | re.MULTILINE)


class ReadmeTest(unittest.TestCase):
    def test_the_commands_answer_as_promised(self):
        with Server(seg_memory="64MiB") as server:
            for name in ("README.md", "scripts/run.sh"):
                commands = COMMAND.findall((ROOT / name).read_text())
                self.assertEqual(len(commands), 2, f"{name}: with nc and with python3")
                for command in commands:
                    self.assertIn("11211", command)
                    script = command.replace("11211", str(server.port))
                    result = run("bash", "-c", script)
                    self.assertEqual((result.stderr, result.returncode), ("", 0), script)
                    self.assertEqual(result.stdout.split(), "STORED VALUE greeting 0 5 hello END".split(), script)


if __name__ == "__main__":
    unittest.main()
