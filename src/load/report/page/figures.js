// Figures as people read them: three digits, in the largest unit that leaves one before the point.
function inUnits(value, steps) {
  let [from, unit] = steps[0];
  for (const [next, name] of steps) if (value >= next) [from, unit] = [next, name];
  const shown = value / from;
  const decimals = from === steps[0][0] || shown >= 100 ? 0 : shown >= 10 ? 1 : 2;
  return shown.toFixed(decimals) + unit;
}
const durationText = (ns) => inUnits(ns, [[1, "\u202fns"], [1e3, "\u202fµs"], [1e6, "\u202fms"], [1e9, "\u202fs"]]);
const countText = (n) => inUnits(n, [[1, ""], [1e3, "k"], [1e6, "M"], [1e9, "G"]]);
const percentText = (share) => (100 * share).toFixed(2) + "\u202f%";
const secondsText = (s) => +s.toFixed(1) + "\u202fs";
// 100 is 99 %, as one of 100 is above.
const shareText = (x) => (x <= 1 ? "0" : String(+(100 - 100 / x).toPrecision(8))) + "\u202f%";
const axisText = (text) => text.replace(/\.0+(?=\D|$)|(\.\d*?)0+(?=\D|$)/, "$1");

const runs = JSON.parse(document.getElementById("runs").textContent);
const colourOf = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const seriesColour = (i) => colourOf(`--series-${(i % 6) + 1}`);

function element(tag, parent, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return parent.appendChild(made);
}
const wasAsked = (counts) => counts.hits + counts.misses > 0;
