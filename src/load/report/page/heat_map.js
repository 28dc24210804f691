// Latency heat map: a column for each interval, a row for each eighth of an octave, the darker the more requests.
const kRowsPerOctave = 8;
const kMargin = {left: 64, right: 12, top: 6, bottom: 28};
const rowOf = (low) => Math.floor(kRowsPerOctave * Math.log2(Math.max(low, 1)));

function heatCells(series) {
  const columns = series.map((interval) => {
    const rows = new Map();
    for (const [low, count] of interval.response.buckets) rows.set(rowOf(low), (rows.get(rowOf(low)) ?? 0) + count);
    return rows;
  });
  const used = columns.flatMap((rows) => [...rows.keys()]);
  const counts = columns.flatMap((rows) => [...rows.values()]);
  const largest = (values) => values.reduce((a, b) => Math.max(a, b), 0);
  return {
    columns, most: largest(counts), total: counts.reduce((a, b) => a + b, 0),
    first: used.length ? used.reduce((a, b) => Math.min(a, b)) : 0, last: largest(used),
  };
}

function mixed(low, high, share) {
  const part = (text, i) => parseInt(text.slice(1 + 2 * i, 3 + 2 * i), 16);
  return `rgb(${[0, 1, 2].map((i) => Math.round(part(low, i) + share * (part(high, i) - part(low, i))))})`;
}

function drawHeatMap(run, index) {
  const canvas = figure(`heat-${index}`, named("Response times, how many of which", run));
  const cells = heatCells(run.run.series);
  canvas.dataset.count = cells.total;
  const scale = window.devicePixelRatio || 1;
  const [width, height] = [canvas.parentElement.clientWidth, canvas.parentElement.clientHeight];
  [canvas.width, canvas.height] = [width * scale, height * scale];
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  const series = run.run.series;
  const end = series.length ? series.at(-1).start_s + series.at(-1).seconds : 1;
  const rows = cells.last - cells.first + 1;
  const x = (s) => kMargin.left + (s / end) * (width - kMargin.left - kMargin.right);
  const y = (row) => height - kMargin.bottom - ((row - cells.first) / rows) * (height - kMargin.top - kMargin.bottom);
  const [low, high] = [colourOf("--heat-low"), colourOf("--heat-high")];
  cells.columns.forEach((column, i) => {
    const [from, to] = [x(series[i].start_s), x(series[i].start_s + series[i].seconds)];
    for (const [row, count] of column) {
      context.fillStyle = mixed(low, high, Math.log1p(count) / Math.log1p(cells.most));
      context.fillRect(from, y(row + 1), to - from + 0.5, y(row) - y(row + 1) + 0.5);
    }
  });
  drawHeatAxes(context, {x, y, end, height, cells});
  canvas.addEventListener("mousemove", (event) => {
    const i = series.findIndex((it) => event.offsetX < x(it.start_s + it.seconds));
    const row = [...(cells.columns[i] ?? new Map()).keys()].find((r) => event.offsetY <= y(r) && event.offsetY > y(r + 1));
    const from = durationText(2 ** (row / kRowsPerOctave));
    canvas.title = row === undefined ? "" : `${secondsText(series[i].start_s)}: ${cells.columns[i].get(row)} at ${from}`;
  });
}

function drawHeatAxes(context, {x, y, end, height, cells}) {
  context.fillStyle = colourOf("--quiet");
  context.font = "12px system-ui, 'Liberation Sans', sans-serif";
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (let ns = 1; kRowsPerOctave * Math.log2(ns) <= cells.last + 1; ns *= 10) {
    const row = kRowsPerOctave * Math.log2(ns);
    if (row >= cells.first) context.fillText(axisText(durationText(ns)), kMargin.left - 8, y(row));
  }
  context.textAlign = "center";
  for (let part = 0; part <= 4; ++part) {
    if (part === 4) context.textAlign = "right";
    context.fillText(secondsText((end * part) / 4), x((end * part) / 4), height - kMargin.bottom / 2);
  }
}
