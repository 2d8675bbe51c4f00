// All formats of an audit by the name that `--format` and `--output` know them by.
// Invariant: renderers are pure; the same report and options give the same text.

import type { AuditReport } from "../../audit/audit-report.ts";
import type { AuditFormat } from "./formats.ts";
import { renderJson } from "../json.ts";
import { renderHtml } from "./html.ts";
import { renderMarkdown } from "./markdown.ts";
import { renderTerminal } from "./terminal.ts";

export interface AuditRenderOptions {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** Show what holds everywhere, too. */
  readonly all: boolean;
}

export type AuditRenderer = (report: AuditReport, options: AuditRenderOptions) => string;

export const AUDIT_RENDERERS: Readonly<Record<AuditFormat, AuditRenderer>> = {
  terminal: renderTerminal,
  json: renderJson,
  markdown: renderMarkdown,
  html: renderHtml,
};
