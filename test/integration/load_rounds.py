"""Background load on a server: one pelikan_load after the other."""

import subprocess

from harness import BIN


class LoadRounds:
    """`options(round)` are those of each run beside server, duration and checks: every value read is looked at."""

    def __init__(self, server, options):
        self.server, self.options, self.rounds = server, options, 0
        self.start()

    def start(self):
        options = {"servers": self.server.address, "assert": "errors=0", "duration": "1h", "verify": "yes",
                   **self.options(self.rounds)}
        command = [BIN / "pelikan_load", *(word for name, value in options.items() for word in (f"--{name}", value))]
        self.process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True)

    def check(self):
        """Starts the next round when this one is over; fails when it had errors."""
        if self.process.poll() is None:
            return
        with self.process:
            output = self.process.stdout.read()
        assert self.process.returncode == 0, output
        self.rounds += 1
        self.start()

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
