// How a case of the corpus is scored: which contract it is about, which findings count, and what follows from many of them.
// Invariant: the rules of the corpus itself, nothing that depends on how tpabi judges.

const HARD = new Set(["silent", "attach", "load", "missing", "build"]);

/** The contract that a case is about; none where no comparison of declarations can see it. */
export function contractOf(surface, consumer) {
  switch (surface) {
    case "raw-args":
      return "args";
    case "btf-struct":
      return "core";
    case "event-existence":
      return "existence";
    case "common-fields":
      return "layout";
    case "print-fmt":
      return "text";
    case "tracefs-format":
      return (
        { "fixed-struct": "layout", "lttng-kmod": "args", kmod: "args", "text-parser": "text" }[consumer] ?? "fields"
      );
    default:
      return undefined;
  }
}

/** The kind of reader that fares otherwise than its contract, if it is one. */
export function readerOf(consumer) {
  const reader = { "perf-script": "perf-python", "lttng-kmod": "module", kmod: "module" }[consumer];
  return reader === undefined ? {} : { reader };
}

/** The findings that concern an event, under its old name or its new one. */
export function findingsOn(event, findings) {
  return findings.filter(
    (finding) => finding.event === event || finding.before === event || finding.siblings?.includes(event) === true,
  );
}

/** Whether a finding is hard through a contract, or for a kind of reader within it. */
export function isHard(finding, contract, reader) {
  return HARD.has(finding.contracts[contract]) || HARD.has(finding.readers?.[reader]);
}

/**
 * Scores cases. A break is caught if a finding is hard through its contract and `likely` or `breaking`; a harmless case is
 * cleared if none is hard. The likelihood of a case is the highest of those that are hard.
 */
export function score(cases, judge) {
  return cases.map((one) => {
    const findings = judge(one);
    const hard = findings.filter((finding) => isHard(finding, one.contract, one.reader));
    const strong = hard.filter(({ level }) => level === "breaking" || level === "likely");
    return {
      ...one,
      right: one.breaks ? strong.length > 0 : hard.length === 0,
      likelihood: Math.max(0, ...hard.map(({ likelihood }) => likelihood)),
      anyLikelihood: Math.max(0, ...findings.map(({ likelihood }) => likelihood)),
    };
  });
}

/** Share of pairs of a break and a harmless case in which the break has the higher likelihood; ties count half. */
export function auc(scored, key = "likelihood") {
  const breaks = scored.filter((one) => one.breaks);
  const harmless = scored.filter((one) => !one.breaks);
  let sum = 0;
  for (const { [key]: one } of breaks)
    for (const { [key]: other } of harmless) sum += one > other ? 1 : one === other ? 0.5 : 0;
  return sum / (breaks.length * harmless.length);
}
