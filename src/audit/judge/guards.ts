// Whether a condition that a use stands under is met on one kernel. Invariant: undefined where this kernel's facts do not
// decide it: macros of a build, programs that are loaded on demand, structs that are no records.

import { compareVersions, inRange } from "../../snapshot/version.ts";
import { classOf, eventsOf, type KernelView, tracepointsOf } from "../kernel-view.ts";
import type { Guard, Target, Use } from "../use.ts";
import { memberOf, structFields } from "./member.ts";

/** Kernels have `btf_trace_<tracepoint>` since then. */
const TYPED_SINCE = "5.5";

/** Whether the program comes to the use as far as this guard is concerned. */
export function isPassed(guard: Guard, use: Use, view: KernelView): boolean | undefined {
  const isMet = isConditionMet(guard, use, view);
  return isMet === undefined ? undefined : isMet !== (guard.negated ?? false);
}

function isConditionMet(guard: Guard, use: Use, view: KernelView): boolean | undefined {
  switch (guard.kind) {
    case "version":
      return guard.range === undefined || view.kernel.version === ""
        ? undefined
        : inRange(view.kernel.version, guard.range);
    case "field":
      return guard.subject === undefined ? undefined : hasMember(guard.subject, view);
    case "type":
      return guard.subject === undefined ? undefined : hasType(guard.subject, view);
    case "event":
      return hasEvent(guard.subject === undefined ? use.target : parseTarget(guard.subject), view);
    case "flavour":
    case "ifdef":
    case "optional":
      return undefined;
  }
}

/** `trace_event_raw_x.member`; a name without a member is the struct. */
function hasMember(subject: string, view: KernelView): boolean | undefined {
  const [struct = "", member] = subject.split(".");
  if (member === undefined) return hasType(struct, view);
  const fields = structFields(view, struct);
  if (fields === undefined) return hasType(struct, view) === false ? false : undefined;
  return memberOf(fields, member) !== undefined;
}

function hasType(type: string, view: KernelView): boolean | undefined {
  const [, raw] = /^btf_trace_(\w+)$/.exec(type) ?? [];
  if (raw !== undefined) return isOlderThan(view, TYPED_SINCE) ? false : hasEvent({ name: raw }, view);
  if (classOf(type) === undefined || !view.knowsClasses) return undefined;
  return structFields(view, type) !== undefined;
}

function isOlderThan({ kernel: { version } }: KernelView, than: string): boolean {
  return version !== "" && compareVersions(version, than) < 0;
}

function hasEvent(target: Target, view: KernelView): boolean | undefined {
  const found = target.system === undefined ? tracepointsOf(view, target) : eventsOf(view, target);
  if (found.length > 0) return true;
  return view.knows.existence ? false : undefined;
}

function parseTarget(subject: string): Target {
  const [system = "", name] = subject.split(/[:/]/);
  return name === undefined ? { name: system } : { system, name };
}
