// The findings of the HTML report: a section for each event, an article for each finding in it.
// Invariant: what the script filters by stands in data attributes, and nothing depends on the script.

import { CONTRACTS, type Finding } from "../rules/finding.ts";
import { systemOf } from "../snapshot/model.ts";
import { type Detail, detailsOf } from "./details.ts";
import { type Html, markup } from "./markup.ts";
import type { EventGroup } from "./words.ts";

export function renderEventSection({ event, findings }: EventGroup, index: number): Html {
  const place = findings.find(({ declaration }) => declaration)?.declaration ?? findings[0]?.location;
  const at = place && markup`<span class="muted">${place.file}:${place.line}</span>`;
  return markup`<section class="event" id="event-${index}" data-event="${event}" aria-labelledby="name-${index}">
<h3 id="name-${index}"><code>${event}</code> ${at}</h3>
${findings.map(renderFinding)}</section>
`;
}

function renderFinding(finding: Finding): Html {
  const { id, rule, event, level, likelihood, message, contracts } = finding;
  const met = CONTRACTS.filter((contract) => contracts[contract] !== "none").join(" ");
  return markup`<article class="finding" id="finding-${id}"
 data-level="${level}" data-contracts="${met}" data-system="${systemOf(event)}">
<h4>${renderLevel(finding)} <code>${rule}</code> <span class="muted">likelihood ${likelihood.toFixed(2)}</span></h4>
<p>${message}</p>
<details><summary>Details</summary><dl>
${detailsOf(finding).map(renderDetail)}</dl></details>
</article>
`;
}

function renderLevel({ level, accepted, fails }: Finding): Html {
  if (accepted) return markup`<span class="level">${level}, accepted</span>`;
  return markup`<span class="level ${level}">${level}${fails ? ", fails" : ""}</span>`;
}

function renderDetail({ name, text, isCode }: Detail): Html {
  return markup`<dt>${name}</dt><dd>${isCode ? markup`<code>${text}</code>` : text}</dd>\n`;
}
