// What a value read from JSON must look like, said with a few small checks.
// Invariant: says the same as docs/snapshot.schema.json; test/snapshot/saved.test.ts holds both against each other.

/** Nothing if the value is as it must be, else where it is not and why: `.fields[1].offset must be an integer`. */
export type Check = (value: unknown) => string | undefined;

export const isString: Check = (value) => (typeof value === "string" ? undefined : " must be a string");
/** JSON has no infinity, but `1e999` becomes one. */
export const isNumber: Check = (value) => (Number.isFinite(value) ? undefined : " must be a number");
export const isBoolean: Check = (value) => (typeof value === "boolean" ? undefined : " must be true or false");

export function isIntegerFrom(least: number): Check {
  return (value) => {
    if (!Number.isInteger(value)) return " must be an integer";
    return (value as number) >= least ? undefined : ` must be at least ${least}`;
  };
}

export function isOneOf(...values: readonly unknown[]): Check {
  return (value) =>
    values.includes(value) ? undefined : ` must be ${values.map((one) => JSON.stringify(one)).join(" or ")}`;
}

export function isListOf(check: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) return " must be a list";
    for (let index = 0; index < value.length; index++) {
      const wrong = check(value[index]);
      if (wrong !== undefined) return `[${index}]${wrong}`;
    }
    return undefined;
  };
}

/** An object that may have any keys. */
export function isRecordOf(check: Check): Check {
  return (value) => {
    if (!isObject(value)) return " must be an object";
    for (const key in value) {
      const wrong = check(value[key]);
      if (wrong !== undefined) return `.${key}${wrong}`;
    }
    return undefined;
  };
}

/** An object with these keys and no others. */
export function isObjectOf(
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Check {
  const needed = Object.keys(required);
  // A map: the text may have a key `__proto__` or `constructor`.
  const checks = new Map(Object.entries({ ...required, ...optional }));
  return (value) => {
    if (!isObject(value)) return " must be an object";
    for (const key in value) {
      const check = checks.get(key);
      if (check === undefined) return ` has an unknown key '${key}'`;
      const wrong = check(value[key]);
      if (wrong !== undefined) return `.${key}${wrong}`;
    }
    const missing = needed.find((key) => !Object.hasOwn(value, key));
    return missing === undefined ? undefined : ` has no '${missing}'`;
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
