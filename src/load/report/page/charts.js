// The line charts. A plan is {id, title, x, y, lines: [{label, points: [{x, y}], ...}]}; axes are {type, text}.
const kTime = {type: "linear", text: secondsText, title: "time"};
const kLatency = {type: "logarithmic", text: durationText, title: "response time"};
const kErrors = ["server_errors", "client_errors", "broken", "lost", "timeouts", "corrupt", "dropped"];
const kPercentiles = ["p50", "p90", "p99", "p99.9", "max"];

const named = (label, run) => (runs.length > 1 ? `${label} ${run.name}`.trim() : label);

// One point for each interval, at its end; none where there is no value.
function overTime(run, value) {
  return run.run.series.map((interval) => ({x: interval.start_s + interval.seconds, y: value(interval)}))
    .filter((point) => point.y !== null);
}

function rateChart() {
  const lines = [];
  runs.forEach((run, i) => {
    lines.push({label: named("achieved", run), points: overTime(run, (it) => it.achieved), colour: i});
    if (run.run.closed_loop) return;
    lines.push({label: named("planned", run), points: overTime(run, (it) => it.planned),
                colour: runs.length > 1 ? i : 1, dash: [6, 4]});
  });
  return {id: "rate", title: "Requests a second, planned and achieved", x: kTime,
          y: {type: "linear", text: countText, title: "requests/s", from: 0}, lines};
}

function percentileChart() {
  const names = runs.length > 1 ? ["p50", "p99"] : kPercentiles;
  const lines = runs.flatMap((run, i) => names.map((name, k) => ({
    label: named(name, run),
    points: overTime(run, (it) => (it.response.count ? it.response[name] : null)),
    colour: runs.length > 1 ? i : k,
    dash: runs.length > 1 && name === "p50" ? [2, 3] : [],
  })));
  return {id: "percentiles", title: "Response time over the run", x: kTime, y: kLatency, lines};
}

// The middle of the bucket that begins at `low`: from 128 on, 64 buckets make a power of two.
function middle(low) {
  const width = low < 128 ? 1 : 2 ** (Math.floor(Math.log2(low)) - 6);
  return low + (width - 1) / 2;
}

// How the time grows towards the slowest: x is 1 / (1 - share).
function spectrum(values) {
  let seen = 0;
  return values.buckets.map(([low, count]) => {
    seen += count;
    return seen < values.count ? {x: values.count / (values.count - seen), y: Math.min(middle(low), values.max)}
                               : {x: values.count, y: values.max};
  });
}

function spectrumChart() {
  const lines = runs.map((run, i) => ({label: named("response", run), points: spectrum(run.run.hist.response), colour: i}));
  if (runs.length === 1 && !runs[0].run.closed_loop) {
    lines.push({label: "service", points: spectrum(runs[0].run.hist.service), colour: 1, dash: [6, 4]});
  }
  return {id: "spectrum", title: "Percentiles of the response time", y: kLatency, lines,
          x: {type: "logarithmic", text: shareText, title: "percentile"}};
}

function hitChart() {
  const lines = runs.map((run, i) => ({
    label: named("hit ratio", run), colour: i, points: overTime(run, (it) => (wasAsked(it.counts) ? it.hit : null)),
  }));
  return {id: "hits", title: "Hit ratio", x: kTime, y: {type: "linear", text: percentText, title: "hits", to: 1}, lines};
}

// Of one run each kind that occurred, of several the sum.
function errorChart() {
  const sum = (it) => kErrors.reduce((total, name) => total + it.counts[name], 0);
  let lines = runs.map((run, i) => ({label: named("errors and drops", run), colour: i, points: overTime(run, sum)}));
  const kinds = kErrors.filter((name) => runs[0].run.counts[name] > 0);
  if (runs.length === 1 && kinds.length > 0) {
    lines = kinds.map((name, i) => ({label: name.replace("_", " "), colour: i,
                                     points: overTime(runs[0], (it) => it.counts[name])}));
  }
  return {id: "errors", title: "Errors, timeouts, drops", x: kTime,
          y: {type: "linear", text: countText, title: "in an interval", from: 0, least: 1, precision: 0}, lines};
}

function figure(id, title) {
  const card = element("figure", document.getElementById("charts"), undefined, "card");
  card.id = id;
  element("h2", card, title);
  return element("canvas", element("div", card, undefined, "plot"));
}

function axis(plan) {
  const isLogarithmic = plan.type === "logarithmic";
  const label = (value) => {
    const mantissa = value / 10 ** Math.floor(Math.log10(value) + 1e-9);
    return isLogarithmic && Math.abs(mantissa - 1) > 1e-6 ? null : axisText(plan.text(value));
  };
  return {
    type: plan.type, min: plan.from, max: plan.to, suggestedMax: plan.least,
    title: {display: true, text: plan.title}, grid: {color: colourOf("--line"), borderColor: colourOf("--line")},
    ticks: {callback: label, precision: plan.precision, maxRotation: 0, autoSkipPadding: 12},
  };
}

function drawChart(plan) {
  const datasets = plan.lines.map((line) => ({
    label: line.label, data: line.points, borderColor: seriesColour(line.colour), backgroundColor: seriesColour(line.colour),
    borderDash: line.dash ?? [], borderWidth: 2, pointRadius: line.points.length > 1 ? 0 : 3, pointHitRadius: 8,
  }));
  const tooltip = {callbacks: {
    title: (items) => (items.length ? plan.x.text(items[0].parsed.x) : ""),
    label: (item) => `${item.dataset.label} ${plan.y.text(item.parsed.y)}`,
  }};
  const chart = new Chart(figure(plan.id, plan.title), {
    type: "line", data: {datasets},
    options: {
      animation: false, responsive: true, maintainAspectRatio: false, interaction: {mode: "nearest", axis: "x", intersect: false},
      scales: {x: axis(plan.x), y: axis(plan.y)},
      plugins: {tooltip, legend: {position: "bottom", labels: {boxWidth: 18, boxHeight: 2}}},
    },
  });
  addData(chart.canvas.closest("figure"), chart.data.datasets, plan);
}

// What the chart shows, as a table.
function addData(card, datasets, plan) {
  const rows = new Map();
  datasets.forEach((set, column) => set.data.forEach(({x, y}) => {
    if (!rows.has(x)) rows.set(x, new Array(datasets.length).fill(""));
    rows.get(x)[column] = y;
  }));
  const cells = [...rows].sort((a, b) => a[0] - b[0]).map(([x, values]) => [x, ...values]);
  const details = element("details", card);
  element("summary", details, "Data");
  addTable(details, [plan.x.title, ...datasets.map((set) => set.label)], cells);
}
