// All rules, sorted by id. Invariant: every rule file of this folder is listed (checked by test/rules/rules.test.ts).

import argumentAppended from "./argument-appended.ts";
import argumentInserted from "./argument-inserted.ts";
import argumentMoved from "./argument-moved.ts";
import argumentNullabilityChanged from "./argument-nullability-changed.ts";
import argumentRemoved from "./argument-removed.ts";
import argumentRenamed from "./argument-renamed.ts";
import argumentReplaced from "./argument-replaced.ts";
import argumentRetyped from "./argument-retyped.ts";
import arrayLengthTextChanged from "./array-length-text-changed.ts";
import charSignFlipped from "./char-sign-flipped.ts";
import commonFieldsChanged from "./common-fields-changed.ts";
import enumValueAdded from "./enum-value-added.ts";
import enumValueChanged from "./enum-value-changed.ts";
import enumValueRemoved from "./enum-value-removed.ts";
import eventAdded from "./event-added.ts";
import eventClassChanged from "./event-class-changed.ts";
import eventConditionChanged from "./event-condition-changed.ts";
import eventMoved from "./event-moved.ts";
import eventRemoved from "./event-removed.ts";
import eventRenamed from "./event-renamed.ts";
import eventSplit from "./event-split.ts";
import fieldAppended from "./field-appended.ts";
import fieldArrayLengthChanged from "./field-array-length-changed.ts";
import fieldConditionChanged from "./field-condition-changed.ts";
import fieldInserted from "./field-inserted.ts";
import fieldKindChanged from "./field-kind-changed.ts";
import fieldMoved from "./field-moved.ts";
import fieldRemoved from "./field-removed.ts";
import fieldRenamed from "./field-renamed.ts";
import fieldSignChanged from "./field-sign-changed.ts";
import fieldSizeChanged from "./field-size-changed.ts";
import fieldTypeChanged from "./field-type-changed.ts";
import printArgsChanged from "./print-args-changed.ts";
import printFormatChanged from "./print-format-changed.ts";
import recordGrown from "./record-grown.ts";
import recordShrunk from "./record-shrunk.ts";
import symbolTableChanged from "./symbol-table-changed.ts";
import syscallArgumentsChanged from "./syscall-arguments-changed.ts";
import syscallContextChanged from "./syscall-context-changed.ts";
import tracepointAdded from "./tracepoint-added.ts";
import tracepointRemoved from "./tracepoint-removed.ts";
import tracepointRenamed from "./tracepoint-renamed.ts";
import typeTextChanged from "./type-text-changed.ts";
import type { Rule } from "./rule.ts";

export const rules: readonly Rule[] = [
  argumentAppended,
  argumentInserted,
  argumentMoved,
  argumentNullabilityChanged,
  argumentRemoved,
  argumentRenamed,
  argumentReplaced,
  argumentRetyped,
  arrayLengthTextChanged,
  charSignFlipped,
  commonFieldsChanged,
  enumValueAdded,
  enumValueChanged,
  enumValueRemoved,
  eventAdded,
  eventClassChanged,
  eventConditionChanged,
  eventMoved,
  eventRemoved,
  eventRenamed,
  eventSplit,
  fieldAppended,
  fieldArrayLengthChanged,
  fieldConditionChanged,
  fieldInserted,
  fieldKindChanged,
  fieldMoved,
  fieldRemoved,
  fieldRenamed,
  fieldSignChanged,
  fieldSizeChanged,
  fieldTypeChanged,
  printArgsChanged,
  printFormatChanged,
  recordGrown,
  recordShrunk,
  symbolTableChanged,
  syscallArgumentsChanged,
  syscallContextChanged,
  tracepointAdded,
  tracepointRemoved,
  tracepointRenamed,
  typeTextChanged,
];

/** The rule of an id, for `explain`. */
export function findRule(id: string): Rule | undefined {
  return rules.find((rule) => rule.id === id);
}
