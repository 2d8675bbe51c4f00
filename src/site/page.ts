// The one page of the site. Invariant: it allows nothing but its own scripts and styles, and no connection at all.

import { renderDocument } from "../reports/html-document.ts";
import { markup } from "../reports/markup.ts";

/** `'self'` is the directory of the page in a browser that opens it from a disk, too (test/site/browser). */
const POLICY = ["script-src 'self'", "style-src 'self'", "img-src 'self' data:"];

export function renderPage(title: string): string {
  return renderDocument({
    title,
    allows: POLICY,
    head: [
      markup`<meta name="generator" content="tpabi">`,
      markup`<link rel="icon" href="data:,">`,
      markup`<link rel="stylesheet" href="app.css">`,
      markup`<script src="app.js" defer></script>`,
      markup`<script src="data/core.js" defer></script>`,
    ],
    body: markup`<div id="app"><p class="loading">Loading…</p></div>
<noscript><p>This page shows its data with a script, and your browser runs none. <code>tpabi history</code>, <code>tpabi diff</code> and <code>tpabi stats</code> say the same in a terminal.</p></noscript>`,
  });
}
