import { existsSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { sourceAlias } from "./src/node/alias.mjs";
import { wgsl } from "./src/node/wgsl.mjs";

// One of your own, test/setup.ts, comes along: to measure, for example.
const setupFiles = ["test/patience.ts", "test/setup.ts"].filter((file) => existsSync(file));

export default defineConfig({
  test: {
    // A GPU device per process: threads of one process would share Dawn's instance.
    pool: "forks",
    maxWorkers: 2,
    projects: [
      {
        // Unit and gradient tests, from source, in Node on Dawn.
        resolve: { alias: sourceAlias },
        plugins: [wgsl()],
        test: {
          name: "node",
          include: ["test/**/*.test.ts"],
          exclude: ["test/browser/**", "test/package/**"],
          setupFiles,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // The built package: on a page in a browser, and packed and installed elsewhere.
        plugins: [wgsl()],
        test: {
          name: "built",
          include: ["test/browser/**/*.test.ts", "test/package/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
