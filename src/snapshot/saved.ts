// What a saved snapshot must look like, before it is trusted: it may come from anywhere.
// Mirrors docs/snapshot.schema.json, which is what others go by; checking by hand takes a tenth of a schema validator's time.

import {
  type Check,
  isBoolean,
  isIntegerFrom,
  isListOf,
  isNumber,
  isObjectOf,
  isOneOf,
  isRecordOf,
  isString,
} from "./shape.ts";

const isCount = isIntegerFrom(0);
const isLine = isIntegerFrom(1);

const isLocation = isObjectOf({ file: isString, line: isLine });

/** In a field of an event: the file is left out where it is the event's own. */
const isShortLocation = isObjectOf({ line: isLine }, { file: isString });

const isKernel = isObjectOf(
  { version: isString, arch: isString, origin: isListOf(isOneOf("source", "tracefs", "btf")) },
  { ref: isString, commit: isString, config: isString },
);

const isKnows = isObjectOf({
  layout: isBoolean,
  types: isBoolean,
  args: isBoolean,
  printFormat: isBoolean,
  values: isBoolean,
  locations: isBoolean,
  existence: isBoolean,
});

const isPrint = isObjectOf({ format: isString, args: isString }, { symbols: isRecordOf(isRecordOf(isNumber)) });

const isEvent = isObjectOf(
  { system: isString, name: isString, fields: isListOf(fieldWith(isShortLocation)) },
  { class: isString, tracepoint: isString, print: isPrint, when: isString, location: isLocation },
);

const isArg = isObjectOf({ name: isString, type: isString }, { nullable: isBoolean, error: isOneOf(true) });

const isTracepoint = isObjectOf(
  { name: isString, args: isListOf(isArg) },
  { bare: isOneOf(true), writable: isOneOf(true), when: isString, location: isLocation },
);

const isClass = isObjectOf({ name: isString, fields: isListOf(fieldWith(isLocation)) }, { size: isCount });

const isProblem = isObjectOf({ code: isString, message: isString }, { file: isString, line: isLine, event: isString });

/** What is wrong with the value of a snapshot file, or nothing. */
export const findFault = isObjectOf(
  {
    schemaVersion: isOneOf(1),
    kernel: isKernel,
    knows: isKnows,
    commonFields: isListOf(fieldWith(isLocation)),
    events: isListOf(isEvent),
    tracepoints: isListOf(isTracepoint),
    enums: isRecordOf(isNumber),
    problems: isListOf(isProblem),
  },
  { classes: isListOf(isClass), contexts: isListOf(isClass) },
);

function fieldWith(isPlace: Check): Check {
  return isObjectOf(
    { name: isString, type: isString, kind: isOneOf("scalar", "array", "dynamic", "relative") },
    { offset: isCount, size: isCount, signed: isBoolean, length: isCount, when: isString, location: isPlace },
  );
}
