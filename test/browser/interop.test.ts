import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, preview } from "vite";
import { afterAll, expect, test } from "vitest";
import { beyondPhone, closeBrowser, withPage } from "./harness.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "examples", "interop");

afterAll(closeBrowser);

/** Whether the engines are there, in the versions that the recipes are for; installs them where they are not. */
function install(): string | null {
  const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const has = ([name, version]: [string, unknown]) => {
    const file = join(folder, "node_modules", name, "package.json");
    return existsSync(file) && JSON.parse(readFileSync(file, "utf8")).version === version;
  };
  if (Object.entries(dependencies).every(has)) return null;
  console.log("Installing TensorFlow.js and ONNX Runtime Web (npm ci in examples/interop, 45 MB) ...");
  const isWindows = process.platform === "win32";
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status, stderr } = spawnSync(isWindows ? "npm.cmd" : "npm", args, {
    cwd: folder,
    encoding: "utf8",
    shell: isWindows,
  });
  return status === 0 ? null : `npm ci in examples/interop failed: ${stderr.trim().split("\n")[0]}`;
}

interface Shown extends Results {
  /** What reaches beyond a small phone, and where the page links back to. */
  beyond: unknown[];
  back: (string | null)[];
}

interface Results {
  failed?: string;
  onnx: { error: number; blurred: number };
  held: number;
  tensorflow: number[][];
  alone: number[][];
}

/** The page of the recipes, bundled with the built package as a user's project would be. */
async function results(): Promise<Shown> {
  const outDir = mkdtempSync(join(tmpdir(), "augrad-interop-"));
  const common = { configFile: false as const, root: folder, logLevel: "error" as const };
  const alias = [
    { find: /^augrad$/, replacement: join(root, "dist", "index.js") },
    // It is no export of the package, and a page has to serve it.
    {
      find: /^onnxruntime-web\/(.*\.wasm\?url)$/,
      replacement: `${join(folder, "node_modules", "onnxruntime-web", "dist")}/$1`,
    },
  ];
  // TensorFlow.js asks for Node's environment in passing.
  const define = { "process.env.NODE_ENV": '"production"' };
  await build({
    ...common,
    define,
    resolve: { alias },
    build: { outDir, emptyOutDir: true, target: "esnext", minify: false },
  });
  const server = await preview({ ...common, build: { outDir }, preview: { port: 0, host: "127.0.0.1" } });
  try {
    const { port } = server.httpServer.address() as AddressInfo;
    return await withPage(`http://127.0.0.1:${port}/`, async (page) => {
      await page.waitForFunction("window.results", { timeout: 120_000 });
      const shown = (await page.evaluate("window.results")) as Results;
      const back = await page.$$eval("nav a", (links) => links.map((link) => link.getAttribute("href")));
      return { ...shown, beyond: await beyondPhone(page), back };
    });
  } finally {
    await server.close();
    rmSync(outDir, { recursive: true, force: true });
  }
}

test("the recipes for TensorFlow.js and ONNX Runtime Web give augrad's own values and gradients", async (context) => {
  const missing = install();
  if (missing) {
    console.log(`The recipes for other engines are not tested: ${missing}`);
    context.skip();
  }
  const { failed, onnx, held, tensorflow, alone, beyond, back } = await results();
  expect(failed).toBeUndefined();
  expect(beyond).toEqual([]);
  expect(back).toEqual(["../"]);
  expect(onnx.error).toBeLessThan(1e-5);
  expect(onnx.blurred).toBe(2880);
  expect(held).toBe(0);
  expect(tensorflow.map((one) => one.length)).toEqual([2880, 2, 2]);
  for (const [k, gradient] of alone.entries()) {
    const size = Math.max(...gradient.map(Math.abs));
    expect(size).toBeGreaterThan(0);
    for (const [i, value] of gradient.entries()) expect(Math.abs(tensorflow[k][i] - value)).toBeLessThan(1e-5 * size);
  }
});
