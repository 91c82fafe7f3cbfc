// Runs a program of this project in Node, from source and without a build: node src/node/run.mjs FILE [arguments]
// Vite does it, so that imports of WGSL work as they do in a page.
import { dirname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { sourceAlias } from "./alias.mjs";
import { wgsl } from "./wgsl.mjs";

const [file, ...rest] = process.argv.slice(2);
if (!file) {
  console.error("Usage: node src/node/run.mjs FILE [arguments]");
  process.exit(2);
}
const entry = resolve(file);
process.argv = [process.argv[0], entry, ...rest];

/** Imports a module through Vite. The server stays for later imports; it does not keep the process alive. */
async function importFromSource(path) {
  const { createServer, createServerModuleRunner } = await import("vite");
  const server = await createServer({
    configFile: false,
    root: fileURLToPath(new URL("../..", import.meta.url)),
    resolve: { alias: sourceAlias },
    plugins: [wgsl()],
    appType: "custom",
    logLevel: "error",
    cacheDir: "node_modules/.vite-run",
    server: { middlewareMode: true, hmr: false, watch: null, ws: false },
    // Node 20 has no `using`.
    oxc: { target: "es2022" },
    optimizeDeps: { noDiscovery: true },
  });
  await createServerModuleRunner(server.environments.ssr, { hmr: false }).import(path);
}

try {
  // The programs beside this one import nothing of augrad.
  const isOwn = dirname(entry) === dirname(fileURLToPath(import.meta.url)) && entry.endsWith(".mjs");
  await (isOwn ? import(pathToFileURL(entry).href) : importFromSource(entry));
} catch (error) {
  console.error(error instanceof Error ? (process.env.AUGRAD_DEBUG ? error.stack : error.message) : error);
  process.exitCode = 1;
}
