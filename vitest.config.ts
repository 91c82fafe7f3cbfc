import { existsSync, readdirSync, readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { sourceAlias } from "./src/node/alias.mjs";
import { wgsl } from "./src/node/wgsl.mjs";

// One of your own, test/setup.ts, comes along: to measure, for example.
const setupFiles = ["test/patience.ts", "test/setup.ts"].filter((file) => existsSync(file));

const BUILT = ["test/browser/**/*.test.ts", "test/package/**/*.test.ts"];

/**
 * Files that have a process of their own: they declare transforms, which stay in its registry, put something else in the place of a
 * module, or see what a process says once. All others share processes, as to start one and import everything takes longer than most
 * files' tests. `test/shared.ts` fails where a file should be here.
 */
const alone = readdirSync("test", { recursive: true, encoding: "utf8" })
  .map((file) => `test/${file.replaceAll("\\", "/")}`)
  .filter((file) => file.endsWith(".test.ts") && /\bdeclare\w*[(<:]|\bvi\.mock\(/.test(readFileSync(file, "utf8")))
  .concat("test/docs/readme.test.ts", "test/gpu/memory.test.ts");

const patient = { testTimeout: 180_000, hookTimeout: 180_000 };
/** Unit and gradient tests, from source, in Node on Dawn. */
const fromSource = { resolve: { alias: sourceAlias }, plugins: [wgsl()] };

export default defineConfig({
  test: {
    // A GPU device per file, and processes, not threads: these would share Dawn's instance.
    pool: "forks",
    maxWorkers: 2,
    projects: [
      {
        ...fromSource,
        test: {
          ...patient,
          name: "node",
          include: ["test/**/*.test.ts"],
          exclude: [...BUILT, ...alone],
          isolate: false,
          setupFiles: [...setupFiles, "test/shared.ts"],
        },
      },
      { ...fromSource, test: { ...patient, name: "node, alone", include: alone, exclude: BUILT, setupFiles } },
      // The built package: on a page in a browser, and packed and installed elsewhere.
      { plugins: [wgsl()], test: { ...patient, name: "built", include: BUILT } },
    ],
  },
});
