"""Servers whose n-th allocation, file operation, descriptor or thread fails: the other end of test/shim/faults_shim.cc."""

import mmap
import os
import struct

from harness import BIN, Server

SHIM = BIN.parent / "test/faults_shim.so"
FAMILIES = {"allocation": 1, "file": 2, "descriptor": 3, "thread": 4}  # as the shim numbers them
WORDS = struct.Struct("=4Q")  # family, calls left until one fails, calls so far, calls that failed


class FaultyServer(Server):
    """A server whose calls can be made to fail, from main() on. `arm` says which, before start() or while it runs."""

    def __init__(self, name="segcache", **options):
        super().__init__(name, **options)
        path = self.path / "faults"
        path.write_bytes(bytes(WORDS.size))
        with open(path, "r+b") as file:
            self.control = mmap.mmap(file.fileno(), WORDS.size)
        # OpenSSL loses some of its own when it runs out of memory as it starts.
        leaks = self.path / "leaks"
        leaks.write_text("leak:libcrypto\n")
        self.environment = [f"LD_PRELOAD={SHIM}", f"PELIKAN_FAULTS={path}",
                            f"ASAN_OPTIONS={os.environ.get('ASAN_OPTIONS', '')}:verify_asan_link_order=0",
                            f"LSAN_OPTIONS=suppressions={leaks}:print_suppressions=0"]

    def command(self):
        return ["/usr/bin/env", *self.environment, *super().command()]

    def arm(self, family, n):
        """The n-th call of this family from now on fails, once; n = 0: none does, they are only counted."""
        self.disarm()
        WORDS.pack_into(self.control, 0, FAMILIES[family], n, 0, 0)

    def disarm(self):
        """Nothing fails any more; returns how many calls there were, and whether one was made to fail."""
        family, _, calls, failed = WORDS.unpack_from(self.control)
        WORDS.pack_into(self.control, 0, 0, 0, calls, failed)
        return calls, failed > 0


def sample(total, every):
    """Numbers of the calls that are to fail, of `total`: all with `every`, otherwise the first and some of the others."""
    if every:
        return list(range(1, total + 1))
    stride = max(1, total // 12)
    return sorted({*range(1, min(total, 4) + 1), *range(1, total + 1, stride)})
