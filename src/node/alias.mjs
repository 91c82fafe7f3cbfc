// The package's own names, for everything in this repository that runs from source.
import { fileURLToPath } from "node:url";

const source = (file) => fileURLToPath(new URL(`../${file}`, import.meta.url));

export const sourceAlias = [
  { find: /^augrad$/, replacement: source("index.ts") },
  { find: /^augrad\/node$/, replacement: source("node/index.ts") },
  { find: /^augrad\/registry$/, replacement: source("registry.ts") },
  { find: /^augrad\/recipes$/, replacement: source("recipes.ts") },
  { find: /^augrad\/jax-js$/, replacement: source("interop/jax-js.ts") },
];
