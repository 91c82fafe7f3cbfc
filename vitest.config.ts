import { existsSync, readdirSync, readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { sourceAlias } from "./src/node/alias.mjs";
import { wgsl } from "./src/node/wgsl.mjs";

// One of your own, test/setup.ts, comes along: to measure, for example.
const setupFiles = ["test/patience.ts", "test/setup.ts"].filter((file) => existsSync(file));

const BUILT = ["test/browser/**/*.test.ts", "test/package/**/*.test.ts"];

const texts = readdirSync("test", { recursive: true, encoding: "utf8" })
  .map((file) => `test/${file.replaceAll("\\", "/")}`)
  .filter((file) => file.endsWith(".test.ts"))
  .map((file): [string, string] => [file, readFileSync(file, "utf8")]);

/**
 * Files that have a process of their own: they put something else in the place of a module, see what a process says once, or declare
 * transforms and go through all that are declared.
 */
const alone = texts
  .filter(([, text]) => /\bvi\.mock\(/.test(text))
  .map(([file]) => file)
  .concat(
    ["api/surface", "docs/readme", "gpu/memory", "transforms/declarations"].map((name) => `test/${name}.test.ts`),
  );

/**
 * All others share processes, as to start one and import everything takes longer than most files' tests. Transforms that a file declares stay
 * in the registry, which many tests go through: files that declare are among themselves. `test/shared.ts` fails where one should be here.
 */
const declaring = texts
  .filter(([file, text]) => /\bdeclare\w*[(<]/.test(text) && !alone.includes(file))
  .map(([file]) => file);

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
          exclude: [...BUILT, ...declaring, ...alone],
          isolate: false,
          setupFiles: [...setupFiles, "test/shared.ts"],
        },
      },
      {
        ...fromSource,
        test: { ...patient, name: "node, declaring", include: declaring, exclude: BUILT, isolate: false, setupFiles },
      },
      { ...fromSource, test: { ...patient, name: "node, alone", include: alone, exclude: BUILT, setupFiles } },
      // The built package: on a page in a browser, and packed and installed elsewhere.
      { plugins: [wgsl()], test: { ...patient, name: "built", include: BUILT } },
    ],
  },
});
