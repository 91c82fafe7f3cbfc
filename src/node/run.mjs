// Runs a TypeScript program of this project in Node, without a build: node src/node/run.mjs FILE [arguments]
// Vite does it, so that imports of WGSL (import.meta.glob with ?raw) work as they do in a page.
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { sourceAlias } from "./alias.mjs";

const [file, ...rest] = process.argv.slice(2);
if (!file) {
  console.error("Usage: node src/node/run.mjs FILE.ts [arguments]");
  process.exit(2);
}
const entry = resolve(file);
process.argv = [process.argv[0], entry, ...rest];

/** Imports a module through Vite. The server stays for later imports; it does not keep the process alive. */
async function importTypeScript(path) {
  const { createServer, createServerModuleRunner } = await import("vite");
  const server = await createServer({
    configFile: false,
    root: fileURLToPath(new URL("../..", import.meta.url)),
    resolve: { alias: sourceAlias },
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
  await (entry.endsWith(".mjs") ? import(pathToFileURL(entry).href) : importTypeScript(entry));
} catch (error) {
  console.error(error instanceof Error ? (process.env.AUGRAD_DEBUG ? error.stack : error.message) : error);
  process.exitCode = 1;
}
