// Style and script of the HTML report. Invariant: constants, since the page's policy names them by their hashes; the
// page reads well without the script, which only filters.

export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --panel: #f4f5f7; --text: #1c1e21; --muted: #565d66; --line: #d0d4da; --link: #0b57a4;
  --breaking: #a3141f; --likely: #8a4b00; --possible: #5b5310; --safe: #1c6b36; --accepted: #565d66; --on-level: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #15181c; --panel: #1f2429; --text: #e6e8ea; --muted: #a4acb5; --line: #3a4149; --link: #82b7f2;
    --breaking: #ff9c9c; --likely: #f5b667; --possible: #d9cc69; --safe: #86d39d; --accepted: #a4acb5; --on-level: #15181c;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 70rem; margin: 0 auto; padding: 0 1rem; }
footer { padding-bottom: 3rem; color: var(--muted); }
h1 { font-size: 1.5rem; margin: 1.5rem 0 0.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2rem 0 0.5rem; }
h3 { font-size: 1.05rem; margin: 0; overflow-wrap: anywhere; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
code { font: 0.92em/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
[hidden] { display: none !important; }
.skip { position: absolute; left: -999rem; background: var(--page); padding: 0.5rem 1rem; }
.skip:focus { left: 0.5rem; top: 0.5rem; }
.verdict { font-size: 1.1rem; font-weight: 600; }
.muted { color: var(--muted); }
.tables { display: flex; flex-wrap: wrap; gap: 1rem 3rem; align-items: flex-start; }
table { border-collapse: collapse; }
caption { text-align: left; font-weight: 600; padding-bottom: 0.25rem; }
th, td { text-align: left; padding: 0.2rem 1rem 0.2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.count { text-align: right; font-variant-numeric: tabular-nums; }
form { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 0.75rem 1rem; }
fieldset { border: 0; margin: 0; padding: 0; }
form, fieldset { display: flex; flex-wrap: wrap; gap: 0.5rem 1.25rem; align-items: center; }
legend { float: left; padding: 0 0.75rem 0 0; }
legend, form > label > span { font-weight: 600; }
label { min-height: 2rem; display: inline-flex; gap: 0.4rem; align-items: center; }
input, select, button { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--muted); border-radius: 4px; }
select, button, input[type="search"] { padding: 0.25rem 0.4rem; max-width: 16rem; }
.event { margin: 1rem 0; border: 1px solid var(--line); border-radius: 6px; content-visibility: auto; contain-intrinsic-size: auto 12rem; }
.event > h3 { background: var(--panel); padding: 0.5rem 1rem; border-radius: 6px 6px 0 0; }
.event > h3 .muted { font-weight: 400; font-size: 0.9rem; margin-left: 0.5rem; }
.finding { padding: 0.6rem 1rem; border-top: 1px solid var(--line); }
.finding:target { box-shadow: inset 4px 0 0 var(--link); }
.finding h4 { margin: 0; font-size: 1rem; font-weight: 400; display: flex; flex-wrap: wrap; gap: 0.25rem 0.6rem; align-items: baseline; }
.finding p { margin: 0.3rem 0; overflow-wrap: anywhere; }
.level { background: var(--accepted); color: var(--on-level); border-radius: 4px; padding: 0 0.45rem; font-weight: 600; }
.breaking { background: var(--breaking); } .likely { background: var(--likely); }
.possible { background: var(--possible); } .safe { background: var(--safe); }
summary { cursor: pointer; color: var(--link); width: fit-content; padding: 0.15rem 0; }
dl { margin: 0.25rem 0 0; display: grid; grid-template-columns: minmax(5rem, max-content) 1fr; gap: 0.2rem 1rem; }
dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: 0.4rem; } form { align-items: stretch; flex-direction: column; } }
@media print { form { display: none; } .event { content-visibility: visible; break-inside: avoid; } }
`;

export const SCRIPT = `
"use strict";
const form = document.getElementById("filters");
const findings = [...document.querySelectorAll(".finding")];
const events = [...document.querySelectorAll(".event")];

function isWanted(finding, data) {
  const { level, contracts, system } = finding.dataset;
  const contract = data.get("contract");
  const wanted = data.get("system");
  const text = data.get("text").trim().toLowerCase();
  return (
    data.getAll("level").includes(level) &&
    (contract === "" || contracts.split(" ").includes(contract)) &&
    (wanted === "" || system === wanted) &&
    (text === "" || finding.parentElement.dataset.event.toLowerCase().includes(text) ||
      finding.textContent.toLowerCase().includes(text))
  );
}

function filter() {
  const data = new FormData(form);
  for (const finding of findings) finding.hidden = !isWanted(finding, data);
  for (const event of events) event.hidden = event.querySelector(".finding:not([hidden])") === null;
  const shown = findings.filter((finding) => !finding.hidden).length;
  document.getElementById("shown").textContent = shown + " of " + findings.length + " findings shown";
}

function openTarget() {
  const details = document.querySelector(".finding:target details");
  if (details) details.open = true;
}

form.hidden = false;
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(filter));
addEventListener("hashchange", openTarget);
filter();
openTarget();
`;
