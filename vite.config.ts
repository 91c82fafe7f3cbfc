import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const entries = { index: "src/index.ts", node: "src/node/index.ts", "jax-js": "src/interop/jax-js.ts" };

/** The package's own names, for everything in this repository that is run from source. */
export const sourceAlias = [
  { find: /^augrad$/, replacement: path(entries.index) },
  { find: /^augrad\/node$/, replacement: path(entries.node) },
  { find: /^augrad\/jax-js$/, replacement: path(entries["jax-js"]) },
];

// `vite` serves examples/ from source; `vite build` makes the library, with the WGSL inside.
export default defineConfig(({ command }) => ({
  root: path("."),
  appType: "mpa",
  publicDir: false,
  resolve: { alias: command === "serve" ? sourceAlias : [] },
  server: { host: "127.0.0.1" },
  optimizeDeps: { include: ["wesl", "webgpu-utils", "@jax-js/jax"] },
  build: {
    target: "es2022",
    outDir: "dist",
    emptyOutDir: true,
    sourcemap: true,
    minify: false,
    lib: {
      entry: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(path(file)))),
      formats: ["es"],
    },
    rolldownOptions: {
      external: [/^node:/, "wesl", "webgpu-utils", "webgpu", "@sparticuz/chromium", "@jax-js/jax"],
      output: { entryFileNames: "[name].js", chunkFileNames: "chunks/[name]-[hash].js" },
    },
  },
}));
