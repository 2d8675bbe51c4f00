// Runs the TypeScript sources as they are, as ES modules; types are checked by `npm run typecheck`, not here.

/** @type {import("jest").Config} */
export default {
  testEnvironment: "node",
  // Tests run whole kernels and git; a busy machine takes several times as long for them.
  testTimeout: 60_000,
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2023" }, module: { type: "es6" }, sourceMaps: "inline" },
    ],
  },
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/native/"],
  reporters: ["default", "<rootDir>/scripts/jest-summary.mjs"],
};
