// The data of the site, loaded when a page asks for them. Scripts, not requests: a page on a disk may not fetch.
// Invariant: each file is loaded once; a file that is missing is an error that the page shows.

import { useEffect, useState } from "preact/hooks";

import type { Core, KernelFacts, SearchData, StabilityData, SystemData, ToolData } from "../data.ts";
import type * as Judge from "./judge.ts";

declare global {
  // What the data files call, and what the rules read (node-module.ts).
  var tpabiData: (name: string, json: string) => void;
  var tpabiRead: (name: string) => unknown;
  var tpabiJudge: typeof Judge;
}

/** Data files whose names are fixed; there is one for each system and each tool beside them. */
interface Files {
  readonly core: Core;
  readonly kernels: KernelFacts;
  readonly search: SearchData;
  readonly stability: StabilityData;
}

const values = new Map<string, unknown>();
const pending = new Map<string, Promise<unknown>>();

globalThis.tpabiData = (name, json) => {
  values.set(name, JSON.parse(json));
  if (name === "core") start();
};
globalThis.tpabiRead = (name) => values.get(name);

let start = (): void => {};

/** Calls `run` as soon as the core data are there. */
export function whenReady(run: () => void): void {
  start = run;
  if (values.has("core")) run();
}

export function core(): Core {
  return values.get("core") as Core;
}

/** Names of what `useData` loads: data files, or `judge` for the script with the diff and the rules. */
export type Request = string;

function isThere(name: Request): boolean {
  return name === "judge" ? "tpabiJudge" in globalThis : values.has(name);
}

function load(name: Request): Promise<unknown> {
  if (isThere(name)) return Promise.resolve();
  const known = pending.get(name);
  if (known !== undefined) return known;
  const source = name === "judge" ? "judge.js" : `data/${name}.js`;
  const loading = new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => {
      pending.delete(name);
      reject(new Error(`${source} is missing: the site was not copied as a whole`));
    });
    document.head.append(script);
  });
  pending.set(name, loading);
  return loading;
}

export type Loading =
  | { readonly state: "loading"; readonly done: number }
  | { readonly state: "failed"; readonly why: string };

/** Loads data; `ready` as soon as all of them are there and can be read. */
export function useData(names: readonly Request[]): Loading | { readonly state: "ready" } {
  const [, update] = useState(0);
  const [failure, setFailure] = useState<string>();
  const key = names.join(" ");
  useEffect(() => {
    let isWanted = true;
    setFailure(undefined);
    // One redraw a frame, however many files arrive.
    let frame = 0;
    const redraw = (): void => {
      if (isWanted && frame === 0) frame = requestAnimationFrame(() => ((frame = 0), update((count) => count + 1)));
    };
    for (const name of names) {
      load(name).then(redraw, (error: Error) => {
        if (isWanted) setFailure(error.message);
      });
    }
    return () => {
      isWanted = false;
    };
  }, [key]);
  if (failure !== undefined) return { state: "failed", why: failure };
  const done = names.filter(isThere).length;
  return done === names.length ? { state: "ready" } : { state: "loading", done };
}

/** Data that `useData` said are there. */
export function read<Name extends keyof Files>(name: Name): Files[Name] {
  return values.get(name) as Files[Name];
}

export function readSystem(file: string): SystemData {
  return values.get(file) as SystemData;
}

export function readTool(file: string): ToolData {
  return values.get(file) as ToolData;
}
