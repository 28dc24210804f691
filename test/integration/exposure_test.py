"""Who reaches a server: where each one listens unless told otherwise, and what a process that knows passwords leaves
to others on the machine."""

import os
import pathlib
import re
import resource
import unittest

from harness import Server
from tls_files import TlsFiles

LOOPBACK = {"0100007F", "00000000000000000000000001000000"}  # as /proc/net writes 127.0.0.1 and ::1
LISTENS = "0A"
SERVERS = ("pingserver", "segcache", "rds")


def listening(server):
    """The addresses that the server listens on, as /proc/net has them."""
    folder = pathlib.Path(f"/proc/{server.process.pid}")
    links = [os.readlink(link) for link in (folder / "fd").iterdir()]
    inodes = {match[1] for link in links if (match := re.fullmatch(r"socket:\[(\d+)\]", link))}
    rows = [line.split() for protocol in ("tcp", "tcp6") for line in (folder / "net" / protocol).read_text().splitlines()]
    return [row[1].split(":")[0] for row in rows if row[3] == LISTENS and row[9] in inodes]


class ExposureTest(unittest.TestCase):
    def test_every_port_of_every_server_is_on_loopback_by_default(self):
        files = TlsFiles()
        self.addCleanup(files.close)
        for name in SERVERS:
            with self.subTest(name), Server(name, core_dumps="yes", **files.options()) as server:  # or /proc/<pid>/fd is root's
                addresses = listening(server)
                self.assertEqual((len(addresses), len(server.ports)), (4, 4))
                self.assertLessEqual(set(addresses), LOOPBACK)


class SecretsTest(unittest.TestCase):
    """A server that asks for a password writes no core file and lets no debugger of its user in."""

    def limit_and_flags(self, server):
        limits = pathlib.Path(f"/proc/{server.process.pid}/limits").read_text()
        maps = pathlib.Path(f"/proc/{server.process.pid}/smaps").read_text()
        core = re.search(r"Max core file size\s+(\S+)\s+(\S+)", limits)
        largest = max(re.split(r"\n(?=[0-9a-f]+-[0-9a-f]+ )", maps),
                      key=lambda text: int(re.search(r"\nRss:\s+(\d+)", text)[1]))
        return core.groups(), "dd" in re.search(r"VmFlags:(.*)", largest)[1].split()

    def start(self, **options):
        resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
        return Server("rds", seg_memory="64MiB", **options)

    @unittest.skipUnless(os.geteuid() == 0, "the maps of such a process are root's to read")
    def test_memory_with_secrets_is_in_no_core_file(self):
        with self.start(requirepass="secret") as server:
            self.assertEqual(self.limit_and_flags(server), (("0", "0"), True))

    @unittest.skipUnless(os.geteuid() == 0, "as above")
    def test_core_files_are_written_when_asked_for(self):
        with self.start(requirepass="secret", core_dumps="yes") as server:
            (soft, _), is_left_out = self.limit_and_flags(server)
            self.assertNotEqual(soft, "0")
            self.assertFalse(is_left_out)


if __name__ == "__main__":
    unittest.main()
