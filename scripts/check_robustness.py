"""Checks docs/reference/robustness.md: every row of its tables names at least one test, and every test it names exists.

The last cell of a row has files below test/ and, behind each, names in it: a unit test of a .cc, one of the stores' suite of a
.h, a test of a .py, a case of a golden .txt. A fuzz target needs no name."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/reference/robustness.md"
DEFINITIONS = {".cc": r"START_TEST\({}\)", ".h": r"PELIKAN_CONFORMANCE\({}\)", ".py": r"^\s+def {}\(self", ".txt": r"^case {}$"}
IS_FUZZ_TARGET = re.compile(r"^fuzz/\w+_fuzz\.cc$")


def rows(text):
    """Line number and cells of every row below a table's head."""
    is_below = False
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("|"):
            is_below = False
        elif line.startswith("|---"):
            is_below = True
        elif is_below:
            yield number, [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def complaints_of(cell):
    """What is wrong with the tests that a cell names."""
    named, path = 0, None
    for word in re.findall(r"`([^`]+)`", cell):
        if "/" in word:
            path = ROOT / "test" / word
            named += bool(IS_FUZZ_TARGET.match(word))
            if not path.is_file():
                yield f"there is no test/{word}"
        elif path is None:
            yield f"{word} stands behind no file"
        elif path.is_file():
            named += 1
            definition = DEFINITIONS[path.suffix].format(re.escape(word))
            if not re.search(definition, path.read_text(), re.MULTILINE):
                yield f"{path.relative_to(ROOT)} has no {word}"
    if named == 0:
        yield "no test is named"


def main():
    found = list(rows(PAGE.read_text()))
    complaints = [f"{PAGE.relative_to(ROOT)}:{number}: {cells[0]}: {complaint}"
                  for number, cells in found for complaint in complaints_of(cells[-1])]
    for complaint in complaints:
        print(complaint)
    print(f"robustness: {len(found)} rows, {len(complaints)} complaints")
    return 1 if complaints or not found else 0


if __name__ == "__main__":
    sys.exit(main())
