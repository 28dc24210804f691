"""What pelikan_load writes of a run: the files agree with each other, and the page of charts works in a browser."""

import csv
import html.parser
import json
import pathlib
import shutil
import tempfile
import unittest

from harness import BIN, HOST, Server, run

LOAD = BIN / "pelikan_load"
BROWSER = shutil.which("chromium")


class Page(html.parser.HTMLParser):
    """The figures of a page as a browser left it: their tables, and the attributes of body and canvases."""

    def __init__(self, text):
        super().__init__()
        self.tables = {}  # of a figure: rows of cells
        self.body = {}
        self.canvases = {}
        self.verdicts = []
        self.figure = self.cell = self.verdict = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "body":
            self.body = attributes
        elif tag == "figure":
            self.figure = attributes["id"]
            self.tables[self.figure] = []
        elif tag == "canvas":
            self.canvases[self.figure] = attributes
        elif tag == "tr" and self.figure:
            self.tables[self.figure].append([])
        elif tag in ("th", "td") and self.figure:
            self.cell = ""
        elif "verdict" in attributes.get("class", "").split():
            self.verdict = ""

    def handle_data(self, text):
        if self.cell is not None:
            self.cell += text
        if self.verdict is not None:
            self.verdict += text

    def handle_endtag(self, tag):
        if tag == "figure":
            self.figure = None
        elif tag in ("th", "td") and self.figure:
            self.tables[self.figure][-1].append(self.cell)
            self.cell = None
        elif tag == "p" and self.verdict is not None:
            self.verdicts.append(self.verdict)
            self.verdict = None

    def column(self, figure, name):
        """The column of a figure's table as pairs of numbers, x and y; cells may be empty."""
        header, *rows = self.tables[figure]
        index = header.index(name)
        return [(float(row[0]), float(row[index])) for row in rows if row[index]]


def browse(path, folder, *flags):
    """Opens a page in a browser that reaches no network; returns what it prints, the page's DOM and its log."""
    result = run(BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                 "--enable-logging=stderr", "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={folder}/browser",
                 "--window-size=1280,1500", *flags, f"file://{path}", timeout=120)
    assert result.returncode == 0, result.stderr
    return result.stdout, "\n".join(line for line in result.stderr.splitlines() if "CONSOLE" in line)


class ReportTest(unittest.TestCase):
    """One run at a rate, of which all files were written, and a closed loop to compare it with."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        with Server(seg_memory="64MiB") as server:
            cls.load(server, "--rate", "2k", *[f"--{kind}={cls.folder}/open.{kind}" for kind in
                                               ("json", "csv", "hgrm", "html", "memtier_json")], "--assert", "errors=0,hit>0.99")
            cls.load(server, f"--json={cls.folder}/closed.json", "--key_prefix", "</script>")
        cls.report = json.loads((cls.folder / "open.json").read_text())

    @staticmethod
    def load(server, *words):
        result = run(LOAD, "--servers", server.address, "--keys", 1000, "--prefill", "all", "--duration", "2s",
                     "--interval", "250ms", *words)
        assert result.returncode in (0, 4), result.stdout + result.stderr
        return result

    def lines(self, suffix):
        return (self.folder / f"open.{suffix}").read_text().splitlines()

    def open(self, path):
        text, log = browse(path, self.folder, "--dump-dom")
        page = Page(text)
        self.assertEqual((page.body.get("data-error"), log), (None, ""))
        self.assertEqual(page.body.get("data-complete"), "yes")
        return page

    def assert_points(self, points, expected):
        self.assertEqual(len(points), len(expected))
        for (x, y), (at, value) in zip(points, expected):
            self.assertAlmostEqual(x, at, places=6)
            self.assertAlmostEqual(y, value, delta=1e-6 * max(1, abs(value)))

    def test_the_json_agrees_with_itself_and_the_server(self):
        report = self.report
        done = report["counts"]["done"]
        self.assertGreater(done, 2000)
        self.assertEqual(report["config"]["rate"], "2k")
        self.assertEqual(sum(interval["counts"]["done"] for interval in report["series"]), done)
        self.assertEqual(sum(verb["count"] for verb in report["verbs"].values()), done)
        response = report["hist"]["response"]
        self.assertGreaterEqual(response["count"], done)  # a request given up has lasted as well
        self.assertEqual(sum(count for _, count in response["buckets"]), response["count"])
        self.assertEqual(sum(interval["response"]["count"] for interval in report["series"]), response["count"])
        stats = report["server"][0]["stats"]
        asked = int(stats["after"]["cmd_get"]) - int(stats["before"]["cmd_get"])
        self.assertEqual(asked, report["verbs"]["get"]["counts"]["sent"])

    def test_the_csv_has_the_series(self):
        rows = list(csv.DictReader(self.lines("csv")))
        self.assertEqual([int(row["done"]) for row in rows], [it["counts"]["done"] for it in self.report["series"]])
        for row, interval in zip(rows, self.report["series"]):
            self.assertAlmostEqual(float(row["p99_us"]), interval["response"]["p99"] / 1e3, places=2)

    def test_the_hgrm_has_the_percentiles(self):
        lines = [line.split() for line in self.lines("hgrm") if line and not line.startswith("#")][1:]
        shares = [float(share) for _, share, *_ in lines]
        self.assertEqual((shares[0], shares[-1], shares), (0, 1, sorted(shares)))
        median = next(float(value) for value, share, *_ in lines if float(share) == 0.5)
        self.assertAlmostEqual(median, self.report["hist"]["response"]["p50"] / 1e6, places=3)
        self.assertEqual(int(lines[-1][2]), self.report["hist"]["response"]["count"])

    def test_memtiers_layout_has_the_same_figures(self):
        stats = json.loads((self.folder / "open.memtier_json").read_text())["ALL STATS"]
        totals, verbs = stats["Totals"], self.report["verbs"]
        self.assertEqual((stats["Gets"]["Count"], stats["Sets"]["Count"]), (verbs["get"]["count"], verbs["set"]["count"]))
        self.assertAlmostEqual(totals["Ops/sec"], self.report["rate"], delta=0.01)
        self.assertAlmostEqual(totals["Percentile Latencies"]["p99.00"],
                               self.report["hist"]["response"]["p99"] / 1e6, delta=1e-3)
        self.assertEqual(sum(second["Count"] for second in totals["Time-Serie"].values()), totals["Count"])
        self.assertLessEqual(set(totals["Time-Serie"]), {"0", "1", "2"})

    @unittest.skipUnless(BROWSER, "chromium is not installed")
    def test_the_charts_show_what_the_json_says(self):
        page = self.open(self.folder / "open.html")
        series = self.report["series"]
        ends = [interval["start_s"] + interval["seconds"] for interval in series]
        self.assertEqual(set(page.tables), {"rate", "percentiles", "spectrum", "heat-0", "hits", "errors"})
        for name in ("achieved", "planned"):
            self.assert_points(page.column("rate", name), list(zip(ends, [it[name] for it in series])))
        for name in ("p50", "p99", "p99.9", "max"):
            self.assert_points(page.column("percentiles", name), list(zip(ends, [it["response"][name] for it in series])))
        self.assert_points(page.column("hits", "hit ratio"), list(zip(ends, [it["hit"] for it in series])))
        kinds = page.tables["errors"][0][1:]
        self.assertEqual(sum(y for kind in kinds for _, y in page.column("errors", kind)),
                         self.report["errors"] + self.report["counts"]["dropped"])
        self.assertEqual(int(page.canvases["heat-0"]["data-count"]), self.report["hist"]["response"]["count"])
        for name, x in (("p50", 2), ("p99", 100)):
            at = next(y for left, y in page.column("spectrum", "response") if left >= x)
            self.assertAlmostEqual(at / self.report["hist"]["response"][name], 1, delta=0.02)
        self.assertEqual(page.verdicts[0], self.report["verdicts"][0]["sentence"])
        self.assertEqual(sum(text.startswith(("met", "failed")) for text in page.verdicts), 2)

    @unittest.skipUnless(BROWSER, "chromium is not installed")
    def test_runs_are_compared(self):
        path = self.folder / "compared.html"
        result = run(LOAD, "report", self.folder / "open.json", self.folder / "closed.json", "--html", path)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual([line.split()[0] for line in result.stdout.splitlines() if str(self.folder) in line],
                         [f"{self.folder}/open", f"{self.folder}/closed"])
        page = self.open(path)
        self.assertIn("heat-1", page.tables)
        closed = json.loads((self.folder / "closed.json").read_text())
        self.assertEqual([y for _, y in page.column("percentiles", f"p99 {self.folder}/closed")],
                         [it["response"]["p99"] for it in closed["series"]])

    def test_a_report_can_be_made_later(self):
        result = run(LOAD, "report", self.folder / "open.json", "--csv", self.folder / "later.csv",
                     f"--hgrm={self.folder}/later.hgrm", f"--memtier_json={self.folder}/later.memtier_json")
        self.assertEqual(result.returncode, 0, result.stderr)
        for suffix in ("csv", "hgrm", "memtier_json"):
            self.assertEqual((self.folder / f"later.{suffix}").read_text(), (self.folder / f"open.{suffix}").read_text())


class RefusalTest(unittest.TestCase):
    def refused(self, status, message, *words):
        result = run(LOAD, *words)
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        self.assertRegex(result.stderr, message)

    def test_a_path_that_cannot_be_written_is_known_before_the_run(self):
        for kind in ("json", "csv", "hgrm", "html", "memtier_json"):
            self.refused(78, f"^pelikan_load: {kind}: cannot write '/nowhere/run': No such file or directory$",
                         "--servers", f"{HOST}:1", f"--{kind}", "/nowhere/run")

    def test_a_run_that_fails_leaves_files_as_they_were(self):
        with tempfile.TemporaryDirectory() as folder:
            old, new = pathlib.Path(folder, "old.json"), pathlib.Path(folder, "new.csv")
            old.write_text("old")
            self.refused(5, "cannot connect", "--servers", f"{HOST}:1", "--json", old, "--csv", new)
            self.assertEqual((old.read_text(), new.exists()), ("old", False))

    def test_a_report_of_nothing(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write('{"tool": "another"}')
            file.flush()
            self.refused(65, f"{file.name}: no JSON report of pelikan_load: ", "report", file.name)
        self.refused(78, "cannot read '/nowhere.json': No such file", "report", "/nowhere.json")
        self.refused(64, "report: name the runs", "report", "--html", "x.html")
        self.refused(64, "unknown flag '--htm'; did you mean '--html'", "report", "a.json", "--htm", "x")
        self.refused(64, "report: --csv is of one run", "report", "a", "b", "--csv", "x")


if __name__ == "__main__":
    unittest.main()
