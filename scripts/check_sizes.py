"""Checks the sizes STYLE asks for: a file has at most 600 lines, a header 250, a function 70, and control
structures in a function nest at most 3 deep. A place that is better left larger stands in ALLOWED, with the
reason."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("src", "test", "bench")
FILE_LINES, HEADER_LINES, FUNCTION_LINES, NESTING = 600, 250, 70, 3

# "path" or "path: function" -> why it may be larger.
ALLOWED = {
    "src/protocol/resp/command_id.h": "a line for each of two hundred commands",
}

# What is not code: comments, raw strings, strings, characters. Line breaks are kept.
NOT_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL)
PREPROCESSOR = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)
INITIALIZER = re.compile(r"(?:[^\s)]|[=(,]\s*|\breturn\s*)$")  # what stands before the brace of a value
SCOPE = re.compile(r"\b(?:namespace|class|struct|union|enum|extern)\b")
CONTROL = re.compile(r"(?:^|[\s;{}):])(?:if|for|while|switch|catch)\s*(?:constexpr\s*)?\(|(?:^|[\s}])(?:else|do|try)$")
LAMBDA = re.compile(r"\[[^\[\]]*\]\s*(?:\(.*\)|\w|\s|->|::|<|>)*$")
FUNCTION = re.compile(r"([~\w:]+|operator\s*\S+)\s*\(.*\)[^{}=]*$")


def blank(match):
    return re.sub(r"[^\n]", " ", match.group(0))


def code_of(text):
    """The text with comments, literals and preprocessor lines blanked out, line breaks in place."""
    text = NOT_CODE.sub(blank, text)
    text = PREPROCESSOR.sub(blank, text)
    text = re.sub(r"\balignas\([^()]*\)", blank, text)  # its parentheses do not make a class a function
    # Check's test functions look like functions once their macros are written out.
    text = re.sub(r"\bSTART_TEST\((\w+)\)\s*\{", lambda m: f"void {m.group(1)}() {{".ljust(len(m.group(0))), text)
    return text


class Functions:
    """Walks the braces of a file and collects (name, first line, lines, nesting) of each function."""

    def __init__(self, code):
        self.found = []
        self.open = []  # one (kind, name, line) for each open brace
        self.nesting = 0  # control structures and lambdas open in the current function
        self.deepest = 0
        head, line = "", 1  # head: what stands before the next brace, back to the last statement's end
        for piece in re.split(r"([{};\n])", code):
            if piece == "\n":
                line += 1
                head += " "
            elif piece == "{":
                head = self.enter(head, line)
            elif piece == "}" and self.open:
                head = self.leave(head, line)
            elif piece == ";" and head.count("(") == head.count(")"):  # not the semicolons of a for (;;)
                head = ""
            else:
                head += piece

    def enter(self, head, line):
        kind, name = self.classify(head)
        if kind == "function":
            self.nesting, self.deepest = 0, 0
        elif kind == "control":
            self.nesting += 1
            self.deepest = max(self.deepest, self.nesting)
        self.open.append((kind, name, line))
        return head if kind == "value" else ""

    def classify(self, head):
        """What a brace opens: a scope, a function, a control structure (or lambda), a block or a value."""
        in_function = any(kind == "function" for kind, _, _ in self.open)
        words = " ".join(head.split())
        if in_function and (CONTROL.search(words) or LAMBDA.search(words)) and not head.endswith("]"):
            return "control", ""
        if INITIALIZER.search(head) and not words.endswith(("else", "do", "try")):
            return "value", ""
        if in_function:
            return "block", ""
        match = FUNCTION.search(words)
        if match and match.group(1) != "requires" and not words.startswith("enum "):
            return "function", match.group(1)
        return ("scope", "") if SCOPE.search(words) else ("block", "")

    def leave(self, head, line):
        kind, name, first = self.open.pop()
        if kind == "control":
            self.nesting -= 1
        elif kind == "function":
            self.found.append((name, first, line - first + 1, self.deepest))
        return head if kind == "value" else ""


def complaints_about(path):
    name = path.relative_to(ROOT).as_posix()
    text = path.read_text()
    lines = text.count("\n")
    limit = HEADER_LINES if path.suffix == ".h" else FILE_LINES
    if lines > limit and name not in ALLOWED:
        yield f"{name}: {lines} lines, more than {limit}"
    for function, first, length, nesting in Functions(code_of(text)).found:
        if f"{name}: {function}" in ALLOWED:
            continue
        if length > FUNCTION_LINES:
            yield f"{name}:{first}: {function} has {length} lines, more than {FUNCTION_LINES}"
        if nesting > NESTING:
            yield f"{name}:{first}: {function} nests {nesting} deep, more than {NESTING}"


def main():
    if sys.argv[1:] == ["--list"]:  # every function found, for a look at what the walk sees
        for path in sources():
            for function in Functions(code_of(path.read_text())).found:
                print(path.relative_to(ROOT).as_posix(), *function)
        return 0
    files = sources()
    complaints = [complaint for path in files for complaint in complaints_about(path)]
    for complaint in complaints:
        print(complaint)
    print(f"sizes: {len(files)} files, {len(complaints)} complaints")
    return 1 if complaints else 0


def sources():
    return sorted(p for folder in FOLDERS for p in (ROOT / folder).rglob("*") if p.suffix in (".h", ".cc"))


if __name__ == "__main__":
    sys.exit(main())
