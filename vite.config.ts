import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { sourceAlias } from "./src/node/alias.mjs";
import { kinds } from "./src/node/kinds.mjs";
import { pure } from "./src/node/pure.mjs";
import { wgsl } from "./src/node/wgsl.mjs";

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const entries = {
  index: "src/index.ts",
  registry: "src/registry.ts",
  recipes: "src/recipes.ts",
  node: "src/node/index.ts",
  "jax-js": "src/interop/jax-js.ts",
};

// `vite` serves examples/ from source; `vite build` makes the library, with the WGSL inside.
export default defineConfig(({ command }) => ({
  root: path("."),
  appType: "mpa",
  publicDir: false,
  plugins: [wgsl({ strip: command === "build" }), ...(command === "build" ? [kinds, pure] : [])],
  resolve: { alias: command === "serve" ? sourceAlias : [] },
  // An isolated page has a clock of microseconds; the ticks of another one's are 0.1 ms or more.
  server: {
    host: "127.0.0.1",
    // A peer of the benchmark that is not installed is said on its page, not over it.
    hmr: { overlay: false },
    headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" },
  },
  // Safari has no `using`.
  oxc: { target: "es2022" },
  optimizeDeps: { include: ["wesl", "@jax-js/jax", "@observablehq/plot"] },
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
      external: [/^node:/, "wesl", "webgpu", "@sparticuz/chromium", "@jax-js/jax"],
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "chunks/[name]-[hash].js",
        // WGSL that several files import stays a file of its own, so that an application loads it with the first that it needs.
        codeSplitting: {
          // A file takes along what it needs: first those that kernels share, so that none of them lies with one kernel.
          groups: [/[\\/]shaders[\\/]lib[\\/]/, /[\\/]shaders[\\/](?:pass|see)[\\/]/].map((test, after) => ({
            test,
            priority: 1 - after,
            name: (id: string) => `${id.replace(/^.*[\\/](.*)\.wgsl$/, "$1")}`,
          })),
        },
      },
    },
  },
}));
