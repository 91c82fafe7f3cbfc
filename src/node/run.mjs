// Runs a TypeScript program of this project in Node, without a build: node src/node/run.mjs FILE [arguments]
// Vite does it, so that imports of WGSL (import.meta.glob with ?raw) work as they do in a page.
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { createServer, createServerModuleRunner } from "vite";

const [file, ...rest] = process.argv.slice(2);
if (!file) {
  console.error("Usage: node src/node/run.mjs FILE.ts [arguments]");
  process.exit(2);
}
const root = fileURLToPath(new URL("../..", import.meta.url));
const entry = resolve(file);
process.argv = [process.argv[0], entry, ...rest];

const server = await createServer({
  root,
  configFile: false,
  appType: "custom",
  logLevel: "error",
  cacheDir: "node_modules/.vite-run",
  server: { middlewareMode: true, hmr: false, watch: null, ws: false },
  optimizeDeps: { noDiscovery: true },
  // Node 20 has no `using`.
  oxc: { target: "es2022" },
});
const runner = createServerModuleRunner(server.environments.ssr, { hmr: false });
try {
  await runner.import(entry);
} catch (error) {
  console.error(error instanceof Error ? (process.env.AUGRAD_DEBUG ? error.stack : error.message) : error);
  process.exitCode = 1;
}
// The server stays for imports that the program does later; it does not keep the process alive.
