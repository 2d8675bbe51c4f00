// Judges an argument: by its position in raw_tp programs (the kernel checks the number only), in tp_btf programs (the
// verifier knows the types) and in probes of kernel modules (the compiler wants the very prototype); or by its name.

import { canonicalParameter } from "../../snapshot/c-type.ts";
import type { Arg } from "../../snapshot/model.ts";
import type { ArgumentSubject, Use } from "../use.ts";
import { breaks, HOLDS, unknown, type Verdict } from "../verdict.ts";
import type { Place, SubjectJudge } from "./subject.ts";

export const argumentJudge: SubjectJudge<ArgumentSubject> = {
  judge: (subject, use, place, meaning) => {
    const args = argsOf(place);
    if (args === undefined) return unknown("the source of this kernel does not know arguments");
    const { index, name, type } = subject;
    if (index === undefined) return args.some((arg) => arg.name === name) ? HOLDS : noName(name ?? "", args);
    const arg = args[index];
    if (arg === undefined) return breaks(pastTheEnd(use), `argument ${index + 1} of ${args.length} is read`);
    if (use.attach === "module") return judgeExact(type, arg, index);
    if (type !== undefined && !areCompatible(type, arg.type)) {
      const outcome = use.attach === "tp_btf" && isPointer(type) && !isPointer(arg.type) ? "load" : "silent";
      return breaks(outcome, `argument ${index + 1} is '${declare(arg)}', and is read as '${type}'`);
    }
    return meaning?.arg === undefined ? HOLDS : judgeMeaning(index, use, args, meaning.arg, meaning.kernel);
  },
  meaning: ({ index, type }, { attach }, place) => {
    const arg = index === undefined ? undefined : argsOf(place)?.[index];
    if (attach === "module" || arg === undefined) return undefined;
    return type === undefined || areCompatible(type, arg.type) ? { arg } : undefined;
  },
};

function argsOf({ view, tracepoint }: Place): readonly Arg[] | undefined {
  return view.knows.args ? tracepoint?.args : undefined;
}

/** bpftrace does not compile a script that names an argument which BTF does not have. */
function noName(name: string, args: readonly Arg[]): Verdict {
  if (args.some((arg) => arg.name === "")) return unknown("the source of this kernel does not know names of arguments");
  return breaks("missing", `no argument '${name}'`);
}

/** EINVAL at attach for raw programs; the verifier refuses typed ones; modules do not build. */
function pastTheEnd({ attach }: Use): "attach" | "load" | "build" {
  return attach === "raw_tp" ? "attach" : attach === "tp_btf" ? "load" : "build";
}

function judgeExact(type: string | undefined, arg: Arg, index: number): Verdict {
  if (type === undefined || canonicalParameter(type) === canonicalParameter(arg.type)) return HOLDS;
  return breaks("build", `argument ${index + 1} is '${declare(arg)}', not '${type}'`);
}

/** Against what the position means in the kernel that the program is taken to be written for. */
function judgeMeaning(index: number, { attach }: Use, args: readonly Arg[], meant: Arg, kernel: string): Verdict {
  const now = args[index] as Arg;
  const other = `argument ${index + 1} is '${declare(now)}', and '${declare(meant)}' in ${kernel}`;
  if (isPointer(meant.type) !== isPointer(now.type)) {
    return breaks(attach === "tp_btf" && isPointer(meant.type) ? "load" : "silent", other);
  }
  if (!areCompatible(meant.type, now.type)) return breaks("silent", other);
  const moved = args.findIndex(({ name }) => name !== "" && name === meant.name);
  if (now.name !== meant.name && moved >= 0 && areCompatible(meant.type, args[moved]?.type ?? "")) {
    return breaks("silent", `${other}; '${meant.name}' is argument ${moved + 1} here`);
  }
  return HOLDS;
}

/** Whether a register that holds one type can be read as the other: pointers to one thing, or numbers. */
function areCompatible(wanted: string, actual: string): boolean {
  const [one, other] = [plain(wanted), plain(actual)];
  if (one === other) return true;
  if (isPointer(one) && isPointer(other)) {
    return [one, other].some(isAny) || ![one, other].some((type) => COMPOSITE.test(type));
  }
  // Registers are 64 bits wide, so programs often take a pointer as a number first; never the other way round.
  return !isPointer(one) && !COMPOSITE.test(one) && (!isPointer(other) || /\b(?:long|[us]64|uintptr_t)\b/.test(one));
}

/** Without qualifiers and flavours: `const struct foo___old *` is `struct foo *`. */
function plain(type: string): string {
  const bare = type.replaceAll(/___\w+/g, "").replaceAll(/\b(?:const|volatile|__user|__rcu|__percpu)\b/g, " ");
  return canonicalParameter(bare);
}

const COMPOSITE = /^(?:struct|union)\b/;

/** A pointer that says nothing of what it points to, or to a function. */
function isAny(type: string): boolean {
  return type === "void *" || type.includes("(");
}

function isPointer(type: string): boolean {
  return /[*[(]/.test(type);
}

function declare({ type, name }: Arg): string {
  return `${type}${type.endsWith("*") || name === "" ? "" : " "}${name}`;
}
