"""The generated parts of the documents, and a check that they are current, that links lead somewhere, and that
docs/README.md lists every page.

usage: scripts/docs.py write|check BIN_DIR      `make docs` writes; `make test` checks

Generated are docs/reference/options-<program>.md and metrics-<program>.md, from what each server lists with -c and
-s, and pelikan_load with -c, and redis-commands.md, from the table of commands in src/protocol/resp; in any page the code block below a line `<!-- from: PATH -->`, from that file, and the
table below a line `<!-- table: PROGRAM as NAME SWITCH -->`, from what the program tells under that name."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
QUOTED_FILE = re.compile(r"(<!-- from: (\S+) -->\n+```\w*\n)(.*?)(^```$)", re.DOTALL | re.MULTILINE)
TOLD_TABLE = re.compile(r"(<!-- table: (\w+) as (\w+) (-\w) -->\n\n)((?:\|.*\n)*)")
COMMAND_ROW = re.compile(r"\{Command::k\w+,(.*?)\},\n(?=    \{|\}\))", re.DOTALL)
COMMAND_FAMILY = re.compile(r"auto k(\w+?)s? =\s+std::to_array<CommandRow>\(\{(.*?)\}\);", re.DOTALL)
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def listing(program, switch, name=None):
    """What the program tells, maybe started under another name."""
    return subprocess.run([name or program, switch], executable=program, check=True, capture_output=True,
                          text=True).stdout


def parse_table(text):
    """Reads a table for the terminal, columns two spaces apart, the last one maybe on several lines."""
    lines = text.splitlines()
    starts = [match.start() for match in re.finditer(r"(?:^|(?<=  ))\S", lines[0])]
    rows = []
    for line in lines:
        cells = [line[start:end].strip() for start, end in zip(starts, starts[1:] + [None])]
        if cells[0]:
            rows.append(cells)
        else:
            rows[-1][-1] += " " + cells[-1]
    return rows


def markdown_table(rows):
    def row_text(cells):
        return "| " + " | ".join(cells) + " |\n"

    text = row_text(rows[0]) + "|---" * len(rows[0]) + "|\n"
    for first, *rest in rows[1:]:
        text += row_text([f"`{first}`"] + [cell.replace("|", "\\|") for cell in rest])
    return text


def reference_pages(bin_dir):
    """Path and text of each page that is generated whole."""
    options, metrics = ("options", "-c"), ("metrics", "-s")
    servers = sorted(main.parent.name for main in (ROOT / "src/server").glob("*/main.cc"))
    for name, listings in (*((server, (options, metrics)) for server in servers), ("load", (options,))):
        program = f"pelikan_{name}"
        for what, switch in listings:
            table = markdown_table(parse_table(listing(bin_dir / program, switch)))
            yield (ROOT / f"docs/reference/{what}-{name}.md",
                   f"# {what.capitalize()} of {program}\n\nWritten by `make docs` from `{program} {switch}`.\n\n{table}")


def command_families():
    """Of each array of the table of commands its name and its rows: name, version, arguments, meaning."""
    paths = (ROOT / "src/protocol/resp").glob("command_rows*.h")
    for path in sorted(paths, key=lambda path: (path.stem.endswith("server"), path.stem)):
        for family, body in COMMAND_FAMILY.findall(path.read_text()):
            rows = []
            for row in COMMAND_ROW.findall(body + "})"):
                name, since, syntax, summary = LITERAL.findall(re.sub(r'"\s+"', "", row))
                rows.append([name.upper().replace("|", " "), since, syntax, summary])
            words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.sub(r"Command$", "", family))
            yield words.capitalize(), rows


def redis_commands_page():
    """Path and text of the page on the commands of the Redis protocol."""
    text = ("# Commands of the Redis protocol\n\nWritten by `make docs` from the table in `src/protocol/resp`; all other "
            "commands are answered by an error. `since` is\nthe version of Redis that brought a command, of Valkey for "
            "`DELIFEQ`.\n")
    for family, rows in command_families():
        rows = [[name, since, f"`{syntax}`" if syntax else "", summary] for name, since, syntax, summary in rows]
        table = markdown_table([["command", "since", "arguments", "what it does"], *rows])
        text += f"\n## {family}\n\n{table}"
    return ROOT / "docs/reference/redis-commands.md", text


def with_generated_parts(text, bin_dir):
    """The page with what is below every `from:` and `table:` line as the file and the program have it now."""
    def table(match):
        last_paragraph = listing(bin_dir / match.group(2), match.group(4), match.group(3)).split("\n\n")[-1]
        return match.group(1) + markdown_table(parse_table(last_paragraph))

    text = QUOTED_FILE.sub(lambda m: m.group(1) + (ROOT / m.group(2)).read_text() + m.group(4), text)
    return TOLD_TABLE.sub(table, text)


def generated(bin_dir):
    """Path and text of every page that has a generated part."""
    whole = dict([*reference_pages(bin_dir), redis_commands_page()])
    yield from whole.items()
    for page in PAGES:
        text = page.read_text()
        if page not in whole and (QUOTED_FILE.search(text) or TOLD_TABLE.search(text)):
            yield page, with_generated_parts(text, bin_dir)


def dead_links():
    for page in PAGES:
        for target in LINK.findall(CODE.sub("", page.read_text())):
            if re.match(r"[a-z]+:|#", target):
                continue
            if not (page.parent / target.split("#")[0]).exists():
                yield f"{page.relative_to(ROOT)}: the link to {target} leads nowhere"


def unlisted_pages():
    index = ROOT / "docs/README.md"
    listed = {(index.parent / target).resolve() for target in LINK.findall(index.read_text())}
    for page in PAGES:
        if page not in listed and page not in (index, ROOT / "README.md"):
            yield f"{page.relative_to(ROOT)}: docs/README.md does not list it"


def check(bin_dir):
    complaints = [f"{path.relative_to(ROOT)}: not current; run make docs"
                  for path, text in generated(bin_dir) if not path.exists() or path.read_text() != text]
    complaints += [*dead_links(), *unlisted_pages()]
    for complaint in complaints:
        print(complaint)
    print(f"docs: {len(PAGES)} pages, {len(complaints)} complaints")
    return 1 if complaints else 0


def write(bin_dir):
    for path, text in generated(bin_dir):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("write", "check"):
        sys.exit(__doc__)
    sys.exit({"write": write, "check": check}[sys.argv[1]](pathlib.Path(sys.argv[2]).resolve()))
