"""Checks the includes of src/ against scripts/layers.txt: who may include whom, where each third-party
header lives, that `"..."` includes name a file of src/, and that no headers include one another in a circle."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


class Table:
    """What layers.txt says."""

    def __init__(self, text):
        self.layers = {}  # folder -> the folders (or sub-folders) it may include
        self.homes = {}  # third-party prefix -> folders, or ["*"]
        self.system = []  # prefixes of the C library's and the kernel's headers
        for number, line in enumerate(text.splitlines(), 1):
            line = line.split("#")[0].strip()
            if not line:
                continue
            name, _, rest = line.partition(":")
            words = rest.split()
            if name == "system":
                self.system += words
            elif name.startswith("<"):
                self.homes[name.strip("<>")] = words
            else:
                self.add_layer(number, name, words)

    def add_layer(self, number, name, words):
        for word in words:
            if word != "*" and word.split("/")[0] not in self.layers:
                sys.exit(f"scripts/layers.txt:{number}: {name} names {word}, which no line above it declares")
        self.layers[name] = list(self.layers) if words == ["*"] else words

    def may_include(self, folder, target):
        """Whether a file in `folder` may include "target" (a path below src/)."""
        if target.startswith(folder + "/"):
            return True
        return any(target.startswith(allowed + "/") for allowed in self.layers[folder])

    def complaint_about_system(self, folder, header):
        """Why a file in `folder` may not include <header>; None when it may."""
        if "." not in header and "/" not in header:
            return None  # C++ standard library
        for prefix, folders in self.homes.items():
            if header == prefix or (prefix.endswith("/") and header.startswith(prefix)):
                return None if folders == ["*"] or folder in folders else f"its home is {', '.join(folders)}"
        for prefix in self.system:
            if header == prefix or (prefix.endswith("/") and header.startswith(prefix)):
                return None
        return "scripts/layers.txt does not know it"


def includes_of(path):
    """Yields (line number, '<' or '"', header)."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1), match.group(2)


def check_file(path, table, graph):
    """Returns the complaints about one file; adds its own includes to `graph`."""
    name = path.relative_to(SRC).as_posix()
    folder = name.split("/")[0]
    if folder not in table.layers:
        return [f"src/{name}: scripts/layers.txt has no line for {folder}/"]
    complaints = []
    graph[name] = []
    for number, kind, header in includes_of(path):
        where = f"src/{name}:{number}"
        if kind == "<":
            reason = table.complaint_about_system(folder, header)
            if reason:
                complaints.append(f"{where}: {folder}/ may not include <{header}>: {reason}")
        elif not (SRC / header).is_file():
            complaints.append(f'{where}: "{header}" is no file of src/ (paths start there)')
        elif not table.may_include(folder, header):
            complaints.append(f'{where}: {folder}/ may not include "{header}"')
        else:
            graph[name].append(header)
    return complaints


def find_cycle(graph):
    """A list of headers each of which includes the next, the last the first; None when there is none."""
    done = set()

    def visit(name, path):
        if name in path:
            return path[path.index(name):]
        if name in done:
            return None
        for header in graph.get(name, []):
            cycle = visit(header, path + [name])
            if cycle:
                return cycle
        done.add(name)
        return None

    for name in graph:
        cycle = visit(name, [])
        if cycle:
            return cycle
    return None


def main():
    table = Table((ROOT / "scripts/layers.txt").read_text())
    graph = {}
    complaints = []
    files = sorted(path for path in SRC.rglob("*") if path.suffix in (".h", ".cc"))
    if not files:
        sys.exit("no sources found below src/")
    for path in files:
        complaints += check_file(path, table, graph)
    cycle = find_cycle(graph)
    if cycle:
        complaints.append("headers in a circle: " + " -> ".join(cycle + cycle[:1]))
    for complaint in complaints:
        print(complaint)
    print(f"layers: {len(files)} files, {len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
