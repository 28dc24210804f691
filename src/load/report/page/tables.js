// Tables: the summary, and what is folded away below the charts.
function addTable(parent, header, rows, isMarked = () => false) {
  const table = element("table", parent);
  const head = element("tr", element("thead", table));
  for (const cell of header) element("th", head, cell);
  const body = element("tbody", table);
  for (const cells of rows) {
    const row = element("tr", body, undefined, isMarked(cells) ? "changed" : "");
    for (const cell of cells) element("td", row, cell);
  }
}

const errorsOf = (counts) => kErrors.reduce((sum, name) => sum + (name === "dropped" ? 0 : counts[name]), 0);
const hitText = (counts) => (wasAsked(counts) ? percentText(counts.hits / (counts.hits + counts.misses)) : "–");
const timesOf = (values) => [values.mean, ...["p50", "p90", "p99", "p99.9", "p99.99", "max"].map((name) => values[name])]
  .map(durationText);

function addSummary() {
  const card = element("div", document.getElementById("summary"), undefined, "card");
  const times = ["mean", "p50", "p90", "p99", "p99.9", "p99.99", "max"];
  if (runs.length > 1) {
    const base = runs[0].run.rate;
    const versus = (rate) => (base > 0 ? `${(100 * (rate / base - 1)).toFixed(1)}\u202f%` : "–");
    addTable(card, ["run", "requests/s", "to the first", "hit", "errors", ...times],
             runs.map(({name, run}, i) => [name, countText(run.rate), i ? versus(run.rate) : "", hitText(run.counts),
                                           errorsOf(run.counts), ...timesOf(run.hist.response)]));
    return;
  }
  const [{run}] = runs;
  const verbs = Object.entries(run.verbs).map(([name, verb]) => [
    name, verb.count, hitText(verb.counts), errorsOf(verb.counts), ...timesOf(verb.hist.response)]);
  const all = (name, values) => [name, values.count, "", "", ...timesOf(values)];
  if (verbs.length > 1) verbs.push(all("all", run.hist.response));
  if (!run.closed_loop) verbs.push(all("service", run.hist.service), all("lag", run.hist.lag));
  if (run.handshakes?.times.count) verbs.push(all("TLS handshakes", run.handshakes.times));
  addTable(card, ["", "requests", "hit", "errors", ...times], verbs);
}

function fold(title) {
  const card = element("div", document.getElementById("details"), undefined, "card");
  const details = element("details", card);
  element("summary", details, title);
  return details;
}

// One row for each name of any run's texts; those that differ first.
function addTexts(title, textsOf) {
  const names = [...new Set(runs.flatMap(({run}) => Object.keys(textsOf(run))))];
  const rows = names.map((name) => [name, ...runs.map(({run}) => textsOf(run)[name] ?? "")]);
  const differs = ([, first, ...others]) => others.some((text) => text !== first);
  rows.sort((a, b) => differs(b) - differs(a));
  addTable(fold(title), ["", ...runs.map(({name}) => name)], rows, differs);
}

function addServers({name, run}) {
  for (const server of run.server) {
    const {before, after} = server.stats;
    if (Object.keys(before).length === 0) continue;
    const rows = Object.keys(before).map((key) => {
      const change = Number(after[key]) - Number(before[key]);
      return [key, before[key], after[key] ?? "", Number.isFinite(change) && change !== 0 ? change : ""];
    });
    const title = `Statistics of ${server.address}${runs.length > 1 ? `, ${name}` : ""}`;
    addTable(fold(title), ["", "before", "after", "change"], rows);
  }
}

function addPhases({name, run}) {
  if (run.phases.length < 2) return;
  const rows = run.phases.map((phase) => [phase.plan, secondsText(phase.start_s), secondsText(phase.seconds),
                                          countText(phase.planned), countText(phase.achieved)]);
  addTable(fold(runs.length > 1 ? `Phases of ${name}` : "Phases"),
           ["", "start", "length", "planned/s", "achieved/s"], rows);
}

function addDetails() {
  runs.forEach(addPhases);
  addTexts("Options", (run) => run.config);
  runs.forEach(addServers);
  addTexts("Machine of the generator", (run) => ({...run.host}));
}
