// All commands: what the help of tpabi says of each, and where it is defined. Only the one that runs is loaded.

import type { Command } from "commander";

/** One command of `tpabi`. */
export interface Entry {
  readonly name: string;
  /** What may follow the name, as the list of commands shows it. */
  readonly usage: string;
  readonly description: string;
  /** It is in no help. */
  readonly hidden?: true;
  /** The module that gives the command its arguments, options and action. */
  readonly load: () => Promise<{ readonly define: (command: Command) => void }>;
}

/** In the order in which the help lists them. */
export const COMMANDS: readonly Entry[] = [
  {
    name: "check",
    usage: "[options] [range]",
    description: "Say whom a change to a kernel breaks, before it is merged, at the lines that do it.",
    load: () => import("./check.ts"),
  },
  {
    name: "diff",
    usage: "[options] <before> <after>",
    description: "Say what changed in the tracepoints between two kernels, and whom it breaks.",
    load: () => import("./diff.ts"),
  },
  {
    name: "notes",
    usage: "[options] <before> <after>",
    description: "Write the tracepoint section of release notes, or check whether notes mention what breaks.",
    load: () => import("./notes.ts"),
  },
  {
    name: "audit",
    usage: "[options] <path...>",
    description: "Say which tracepoints, fields and arguments a tool relies on, and on which kernels that holds.",
    load: () => import("./audit.ts"),
  },
  {
    name: "history",
    usage: "[options] <event>",
    description: "Show the life of an event: when it came, what changed, whom that broke, when it went.",
    load: () => import("./history.ts"),
  },
  {
    name: "maturity",
    usage: "[options] [event]",
    description: "Say how settled events are: how old, how often broken, since when unchanged, who uses them.",
    load: () => import("./maturity.ts"),
  },
  {
    name: "stats",
    usage: "[options]",
    description: "Count what was added, removed, changed and broken in each kernel, and what lasted.",
    load: () => import("./stats.ts"),
  },
  {
    name: "site",
    usage: "[options]",
    description:
      "Write a static site that shows the history of every tracepoint: events, comparisons, tools, stability.",
    load: () => import("./site.ts"),
  },
  {
    name: "export",
    usage: "[options]",
    description: "Write kernels, events, fields, arguments, changes and findings as tables for data bases.",
    load: () => import("./export.ts"),
  },
  {
    name: "baseline",
    usage: "",
    description: "List, show, add, merge and check baselines: the saved kernels that versions name.",
    load: () => import("./baseline.ts"),
  },
  {
    name: "snapshot",
    usage: "[options] <kernel>",
    description: "Save everything that consumers of tracepoints can rely on in one kernel.",
    load: () => import("./snapshot.ts"),
  },
  {
    name: "verify",
    usage: "[options] <source> <running>",
    description: "Hold what the source says of a kernel against what that kernel says of itself.",
    load: () => import("./verify.ts"),
  },
  {
    name: "suggest",
    usage: "[options] <name>",
    description: "Name the tracepoints nearest to a missing event or to a kernel function.",
    load: () => import("./suggest.ts"),
  },
  {
    name: "rules",
    usage: "[options]",
    description: "List the rules that judge changes, with the contracts that each breaks in its example.",
    load: () => import("./rules.ts"),
  },
  {
    name: "explain",
    usage: "<rule>",
    description: "Say what a rule means, whom it hurts and what to do instead.",
    load: () => import("./explain.ts"),
  },
  {
    name: "accept",
    usage: "[options] <finding...>",
    description: "Accept findings: they stay in reports and no longer fail. Written into tpabi.yml.",
    load: () => import("./accept.ts"),
  },
  {
    name: "completion",
    usage: "<shell>",
    description: "Print a script by which a shell completes commands, options and their values.",
    load: () => import("./completion.ts"),
  },
  {
    name: "words",
    usage: "<kind> [start]",
    description: "Print the words that a shell completes.",
    hidden: true,
    load: () => import("./words.ts"),
  },
];
