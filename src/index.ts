// The public API: what a program that uses tpabi as a library may import (docs/api.md). Nothing else is promised.

export type { ArchEntry, ConfigFile, Provenance, Series } from "./baselines/registry.ts";
export { selectKernels } from "./baselines/select.ts";
export { type Baseline, listBaselines, readBaseline } from "./baselines/store.ts";
export { compare, type CompareOptions, compareSnapshots } from "./compare.ts";
export { type ErrorCode, ERRORS, ToolError } from "./errors.ts";
export { type Format, FORMATS } from "./reports/formats.ts";
export {
  type AppliedPolicy,
  type EventCounts,
  type NotComparable,
  type Renderer,
  RENDERERS,
  type RenderOptions,
  type Report,
  REPORT_SCHEMA_VERSION,
  type Summary,
} from "./reports/report.ts";
export * from "./rules/finding.ts";
export { applyPolicy, type PolicyOptions } from "./policy/apply.ts";
export type { Acceptance, Config, Grade } from "./policy/config.ts";
export { readConfig } from "./policy/read-config.ts";
export { FAIL_ON, type FailOn, POLICIES, type PolicyName } from "./rules/policy.ts";
export { rules } from "./rules/index.ts";
export type { Rule } from "./rules/rule.ts";
export { decode, encode } from "./snapshot/codec.ts";
export * from "./snapshot/model.ts";
export type { ReadOptions } from "./sources/reader.ts";
export { readSnapshot } from "./sources/source.ts";
