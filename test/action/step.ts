// Runs the action's entry as the runner of GitHub does: inputs in the environment, files for the payload, outputs and summary.

import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { temporaryDirectory } from "../git/repository.ts";

const ENTRY = fileURLToPath(new URL("../../action/index.js", import.meta.url));

export interface Step {
  readonly status: number | null;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

export interface StepOptions {
  readonly workspace: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly payload?: object;
  /** Where GitHub's API is. */
  readonly api?: string;
}

/** Inputs that are not given are empty, but for those that action.yml gives a default. */
const DEFAULTS = { "REPOSITORY-PATH": ".", ARCH: "x86_64,arm64", "PER-COMMIT": "false", FETCH: "true", COMMENT: "false" };

export async function runStep({ workspace, inputs = {}, payload = {}, api = "" }: StepOptions): Promise<Step> {
  const directory = temporaryDirectory();
  const file = (name: string, text = ""): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const env = {
    PATH: process.env["PATH"],
    HOME: directory,
    ...Object.fromEntries(Object.entries(DEFAULTS).map(([name, value]) => [`INPUT_${name}`, value])),
    ...Object.fromEntries(given),
    GITHUB_WORKSPACE: workspace,
    GITHUB_REPOSITORY: "owner/linux",
    GITHUB_API_URL: api,
    GITHUB_EVENT_PATH: file("event.json", JSON.stringify(payload)),
    GITHUB_OUTPUT: file("output"),
    GITHUB_STEP_SUMMARY: file("summary"),
    RUNNER_TEMP: directory,
  };
  const child = spawn(process.execPath, [ENTRY], { cwd: workspace, env });
  let log = "";
  child.stdout.on("data", (part: Buffer) => (log += part.toString()));
  child.stderr.on("data", (part: Buffer) => (log += part.toString()));
  const status = await new Promise<number | null>((done) => child.on("close", done));
  return {
    status,
    log,
    outputs: parseOutputs(readFileSync(env.GITHUB_OUTPUT, "utf8")),
    summary: readFileSync(env.GITHUB_STEP_SUMMARY, "utf8"),
  };
}

/** As the runner reads them: `name<<delimiter`, lines, the delimiter alone on a line. */
function parseOutputs(text: string): Readonly<Record<string, string>> {
  const outputs: Record<string, string> = {};
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const [, name, delimiter] = /^(.+?)<<(.+)$/.exec(lines[at] ?? "") ?? [];
    if (name === undefined || delimiter === undefined) continue;
    const end = lines.indexOf(delimiter, at + 1);
    outputs[name] = lines.slice(at + 1, end).join("\n");
    at = end;
  }
  return outputs;
}

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly authorization: string;
}

/** A stand-in for GitHub's API; `answer` gives status and JSON. */
export async function withApi<T>(
  answer: (request: Request) => readonly [number, unknown],
  use: (url: string, requests: readonly Request[]) => Promise<T>,
): Promise<T> {
  const requests: Request[] = [];
  const server = createServer((incoming, response) => {
    let body = "";
    incoming.on("data", (part: Buffer) => (body += part.toString()));
    incoming.on("end", () => {
      const { method = "", url = "", headers } = incoming;
      const request = { method, path: url, body, authorization: headers.authorization ?? "" };
      requests.push(request);
      const [status, value] = answer(request);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests);
  } finally {
    server.close();
  }
}
