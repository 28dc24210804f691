// Puts the page together.
function addVerdicts() {
  const section = document.getElementById("verdicts");
  const add = (isGood, run, text) =>
    element("p", section, runs.length > 1 ? `${run.name}: ${text}` : text, isGood ? "verdict good" : "verdict");
  for (const run of runs) {
    for (const {kind, sentence} of run.run.verdicts) add(kind === "sound", run, sentence);
    for (const {met, text, actual} of run.run.assertions) {
      add(met, run, `${met ? "met" : "failed"}: ${text}, it was ${actual}`);
    }
  }
}

function addTiles() {
  if (runs.length > 1) return;
  const [{run}] = runs;
  const tile = (title, text) => {
    const box = element("div", document.getElementById("tiles"), undefined, "tile");
    element("b", box, text);
    element("span", box, title);
  };
  tile("requests/s", countText(run.rate));
  for (const name of ["p50", "p99", "p99.9", "max"]) tile(name, durationText(run.hist.response[name]));
  if (wasAsked(run.counts)) tile("hit ratio", hitText(run.counts));
  tile(`errors in ${countText(run.counts.done)} requests`, String(run.errors));
}

function addAbout() {
  const [{run}] = runs;
  const servers = run.server.map((server) => [server.address, server.version].filter(Boolean).join(", version "));
  const started = new Date(run.started_unix_ms).toISOString().slice(0, 16).replace("T", " ") + " UTC";
  const loop = run.closed_loop ? "closed loop" : "open loop";
  document.getElementById("about").textContent = runs.length > 1
    ? `${runs.length} runs compared: ${runs.map(({name}) => name).join(", ")}`
    : `${started} · ${secondsText(run.seconds)} · ${loop} · ${servers.join(" · ")}`;
}

function drawCharts() {
  for (const chart of Object.values(Chart.instances)) chart.destroy();
  document.getElementById("charts").replaceChildren();
  Chart.defaults.color = colourOf("--quiet");
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  [rateChart(), percentileChart(), spectrumChart()].forEach(drawChart);
  runs.forEach(drawHeatMap);
  if (runs.some(({run}) => wasAsked(run.counts))) drawChart(hitChart());
  drawChart(errorChart());
}

addAbout();
addVerdicts();
addTiles();
addSummary();
drawCharts();
addDetails();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawCharts);
document.body.dataset.complete = "yes";
