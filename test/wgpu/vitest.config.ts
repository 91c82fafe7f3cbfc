import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { sourceAlias } from "../../src/node/alias.mjs";
import { wgsl } from "../../src/node/wgsl.mjs";

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const dawn = { find: /^.*\/dawn\.ts$/, replacement: path("dawn.ts") };

/** The Node tests, unchanged, in Deno: naga compiles the WGSL, and wgpu runs it. */
export default defineConfig({
  root: path("../.."),
  resolve: { alias: [...sourceAlias, dawn] },
  plugins: [wgsl()],
  test: {
    name: "wgpu",
    pool: "forks",
    maxWorkers: 2,
    include: ["test/**/*.test.ts"],
    // What starts browsers, builds, or runs Node's own programs.
    exclude: [
      "test/browser/**",
      "test/package/**",
      "test/bench/**",
      "test/node/**",
      "test/wgpu/**",
      "test/fuzz/fuzz.test.ts",
    ],
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
