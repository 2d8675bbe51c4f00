// The entry of the GitHub Action (action.yml): bundled into action/index.js by scripts/bundle.mjs.

import { fileURLToPath } from "node:url";

import { runAction } from "./run.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
process.exitCode = await runAction(
  { variables: process.env, print: (text) => process.stdout.write(`${text}\n`) },
  root,
);
