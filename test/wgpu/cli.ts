/**
 * `npm run test:wgpu [-- filters]`: the Node tests in Deno, on wgpu. It is the WebGPU of Firefox, and compiles WGSL by
 * another compiler (naga) than Chrome and Dawn do (Tint): what only Tint accepts is found here.
 */
import { spawn, spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { driver, findDeno, Missing } from "./deno.ts";

/** What `npm test` runs of it: every transform forward and backward, maps between and beyond pixels, and the device itself. */
const QUICK = ["transforms/contract", "transforms/geometry", "gpu/gpu"];
/** The exit status where this machine cannot run it. */
const NOT_HERE = 3;

const { values, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false }, json: { type: "string" } },
});

/** Runs Deno to its end and returns its exit status; a signal that ends us is passed on to it. */
async function run(deno: string, args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(deno, args, { env, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  return new Promise((done) => child.on("close", (code) => done(code ?? 1)));
}

async function main(): Promise<number> {
  const chosen = values.quick
    ? QUICK.filter((file) => filters.length === 0 || filters.some((text) => file.includes(text)))
    : filters;
  if (values.quick && chosen.length === 0) return 0;
  const deno = findDeno(console.log);
  const extent = values.quick ? { AUGRAD_CONTRACT: "short" } : {};
  const env = { XDG_RUNTIME_DIR: tmpdir(), DENO_NO_UPDATE_CHECK: "1", ...extent, ...process.env, ...(await driver()) };
  const flags = ["run", "-A", "--no-lock", "--unstable-webgpu"];
  const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
  const probe = spawnSync(deno, [...flags, here("probe.ts")], { env, encoding: "utf8" });
  if (probe.status !== 0) {
    throw new Missing(
      "Deno finds no WebGPU adapter: install a Vulkan driver (on Debian: apt-get install mesa-vulkan-drivers), or on x64 Linux npm install @sparticuz/chromium.",
    );
  }
  console.log(`wgpu: ${probe.stdout.trim()}`);
  const vitest = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
  const report = values.json ? ["--reporter=json", `--outputFile.json=${values.json}`] : [];
  const config = ["--config", here("vitest.config.ts"), "--reporter=default", ...report];
  return run(deno, [...flags, vitest, "run", ...config, ...chosen], env);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Missing)) throw error;
  console.error(`Not run on wgpu. ${error.message}`);
  process.exitCode = NOT_HERE;
}
