"""Clients of all kinds that want nothing good, on a running server, for soak.py."""

import contextlib
import random
import socket
import ssl
import struct
import threading

from speakers import PROTOCOLS, TRANSPORTS, Speaker


class HostileCrowd:
    """Threads that each do one bad thing after another, over every transport, until stop()."""

    MOST_WAITING = 40  # connections that a thread leaves open, their requests half said

    def __init__(self, server, files, threads=2):
        program = server.program.name.removeprefix("pelikan_")
        self.speakers = [Speaker(protocol, transport, server, files) for protocol in PROTOCOLS for transport in TRANSPORTS
                         if protocol.program == program]
        self.is_over = threading.Event()
        self.done = [0] * threads
        self.threads = [threading.Thread(target=self.run, args=(number,)) for number in range(threads)]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def run(self, number):
        chance, waiting = random.Random(number), []
        while not self.is_over.is_set():
            with contextlib.suppress(OSError, ssl.SSLError):
                waiting += self.act(chance)
            while len(waiting) > self.MOST_WAITING:
                waiting.pop(chance.randrange(len(waiting))).close()
            self.done[number] += 1
        for one in waiting:
            one.close()

    def act(self, chance):
        """Does something bad; the connections that are to stay open meanwhile."""
        speaker = chance.choice(self.speakers)
        protocol = speaker.protocol
        client = speaker.reach(seals=chance.random() < 0.9)
        what = chance.choice((self.noise, self.cut, self.flood, self.endless, self.leave, self.leave))
        if not what(client, protocol, chance):
            return [client]
        client.close()
        return []

    @staticmethod
    def noise(client, protocol, chance):
        client.try_to_send(chance.randbytes(chance.randrange(20_000)))
        client.finish()
        client.rest()
        return True

    @staticmethod
    def cut(client, protocol, chance):
        client.try_to_send(protocol.probe[:chance.randrange(len(protocol.probe))])
        if chance.random() < 0.5:  # with a reset
            client.raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return True

    @staticmethod
    def flood(client, protocol, chance):
        """More requests than it reads replies of."""
        client.raw.settimeout(0.2)
        client.try_to_send(protocol.probe * 20_000)
        return True

    @staticmethod
    def endless(client, protocol, chance):
        begin, endless = chance.choice(protocol.endless)
        client.try_to_send(begin)
        for _ in range(chance.randrange(8)):
            if not client.try_to_send(endless * (200_000 // len(endless))):
                break
        return True

    @staticmethod
    def leave(client, protocol, chance):
        client.try_to_send(chance.choice(protocol.halves + protocol.announced))
        return False
