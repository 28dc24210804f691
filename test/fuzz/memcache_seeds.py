"""Writes the seeds of memcache_parser_fuzz: what the golden tables send, one file for each of its sections.

usage: test/fuzz/memcache_seeds.py
"""

import pathlib
import re
import struct

HERE = pathlib.Path(__file__).resolve().parent
TABLES = sorted((HERE.parent / "service").glob("memcache_golden*.txt"))
SEEDS = HERE / "corpus" / "memcache_parser"
LONGEST = 2000  # of one line that is worth a seed
KIB = b"\xfe"  # memcache_parser_fuzz reads it as a kilobyte

# Values that do not fit the input: gathered, received by the store, badly ended, refused.
LONG_VALUES = (
    b"set a 0 0 71680\r\n" + 70 * KIB + b"\r\nget a\r\n"
    b"set b 0 0 102400\r\n" + 100 * KIB + b"\r\nappend b 0 0 71680\r\n" + 70 * KIB + b"\r\nget b a b a b\r\n"
    b"add c 0 0 102400\r\n" + 100 * KIB + b"xxmn\r\nget c\r\n"
    b"set b 0 0 307200 noreply\r\n" + 300 * KIB + b"\r\nget b\r\n"
)


def sent(line):
    """The bytes of a line `> text` or `>> text`."""
    bare = line.startswith(">>")
    text = line[3:] if bare else line[2:]
    text = text.replace("{k}", "k").replace("{cas}", "1")
    text = re.sub(r"\{([^{}]*)\*(\d+)\}", lambda match: match[1] * int(match[2]), text)
    data = text.encode("latin-1").decode("unicode_escape").encode("latin-1")
    return data if bare else data + b"\r\n"


def frame(words):
    """The bytes of a line `>b words`: test/service/golden_frame.h says what they are."""
    opcode, *fields = words.split(" ")
    said = dict(field.split("=", 1) for field in fields)
    key, value = (sent(">> " + said.get(name, "")) for name in ("key", "value"))
    extras, cas = bytes.fromhex(said.get("extras", "")), said.get("cas", "0").replace("{cas8}", "1")
    if len(value) > LONGEST:
        value = b""
    sizes = {"keysize": len(key), "extrasize": len(extras), "bodysize": len(key) + len(extras) + len(value)}
    sizes |= {name: int(said[name], 16) for name in sizes if name in said}
    return struct.pack(">BBHBBHIIQ", 0x80, int(opcode, 16), sizes["keysize"], sizes["extrasize"], 0,
                       int(said.get("status", "0"), 16), sizes["bodysize"], 0, int(cas, 16)) + extras + key + value


def main():
    SEEDS.mkdir(parents=True, exist_ok=True)
    name, seeds = "none", {"long_values": LONG_VALUES}
    lines = [line for table in TABLES for line in table.read_text(encoding="latin-1").splitlines()]
    for line in lines:
        if line.startswith("# ---- "):
            name = re.sub(r"\W+", "_", line[7:])
        elif line.startswith(">b "):
            seeds[name] = seeds.get(name, b"") + frame(line[3:])
        elif line.startswith(">") and len(data := sent(line)) <= LONGEST:
            seeds[name] = seeds.get(name, b"") + data
    for number, (name, data) in enumerate(seeds.items()):
        # The first two bytes say how the rest is cut; the high bit of the second, that the server authenticates.
        gate = 0x80 if "auth" in name else 0
        (SEEDS / name).write_bytes(bytes([number, number % 0x80 | gate]) + data)


main()
