import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

// What a user does: pack, install the archive into an empty project, run it in Node, bundle it for a page, type-check.

const root = fileURLToPath(new URL("../..", import.meta.url));
const bin = (name: string) => join(root, "node_modules", name);
/** Runs a program and returns what it printed; what it printed is in the error when it fails. */
function run(cwd: string, file: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${[file, ...args].join(" ")}: ${error?.message ?? ""}\n${stdout}\n${stderr}`);
  return stdout;
}

const npm = (cwd: string, ...args: string[]) => run(cwd, process.platform === "win32" ? "npm.cmd" : "npm", ...args);

let project: string;

beforeAll(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), "augrad-install-")));
  // dist/ has been built just before; packing it again would only cost time.
  npm(root, "pack", "--ignore-scripts", "--pack-destination", project);
  const archive = readdirSync(project).find((file) => file.endsWith(".tgz"));
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
  npm(project, "install", "--prefer-offline", "--no-audit", "--no-fund", `./${archive}`);
});
afterAll(() => {
  if (project) rmSync(project, { recursive: true, force: true });
});

test("the archive holds the library, its types and nothing of the workshop", () => {
  const files = readdirSync(join(project, "node_modules", "augrad"), { recursive: true }).map(String);
  for (const file of [
    "dist/index.js",
    "dist/node.js",
    "dist/types/index.d.ts",
    "README.md",
    "LICENSE",
    "package.json",
  ]) {
    expect(files.map((name) => name.replaceAll("\\", "/"))).toContain(file);
  }
  expect(files.filter((file) => /^(src|test|bench|examples|node_modules)\b/.test(file))).toEqual([]);
});

test("an empty project runs it in Node", () => {
  const script = `
    import { requestGpu, tensor } from "augrad/node";
    const gpu = await requestGpu();
    console.log(JSON.stringify(Array.from(await tensor(gpu, [1, 2, 3], [3]).read())));`;
  writeFileSync(join(project, "run.mjs"), script);
  expect(JSON.parse(run(project, process.execPath, "run.mjs"))).toEqual([1, 2, 3]);
});

test("an empty project bundles it for a page", () => {
  const page = join(project, "page");
  mkdirSync(page, { recursive: true });
  writeFileSync(join(page, "index.html"), '<!doctype html><script type="module" src="./main.js"></script>');
  const script = `
    import { requestGpu, tensor } from "augrad";
    const gpu = await requestGpu();
    document.body.textContent = String(await tensor(gpu, [1, 2, 3], [3]).read());`;
  writeFileSync(join(page, "main.js"), script);
  const vite = ["build", page, "--config", "none.mjs", "--logLevel", "error", "--target", "esnext"];
  writeFileSync(join(project, "none.mjs"), "export default {};");
  run(project, process.execPath, join(bin("vite"), "bin", "vite.js"), ...vite);
  const assets = join(page, "dist", "assets");
  const bundle = readdirSync(assets)
    .filter((file) => file.endsWith(".js"))
    .map((file) => readFileSync(join(assets, file), "utf8"))
    .join("\n");
  expect(bundle).toContain("requestAdapter");
  // What only Node has stays out of a page.
  expect(bundle).not.toMatch(/node:fs|sparticuz/);
});

test.each(["bundler", "nodenext"])("its types resolve under moduleResolution %s", (resolution) => {
  const file = join(project, `types-${resolution}.ts`);
  const source = `
    import { type Gpu, requestGpu, type Tensor, tensor } from "augrad";
    import { dawn, requestGpu as requestInNode } from "augrad/node";
    export const gpu: Gpu = await requestGpu();
    export const other: Gpu = await requestInNode();
    export const values: Tensor = tensor(gpu, [1, 2], [2]);
    export const entry: GPU = (await dawn()).gpu;
    // @ts-expect-error: a shape is no string, so the types are not any.
    export const wrong: string = values.shape;`;
  writeFileSync(file, source);
  const module = resolution === "nodenext" ? "nodenext" : "esnext";
  const flags = ["--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom", "--module", module];
  run(
    project,
    process.execPath,
    join(bin("typescript"), "bin", "tsc"),
    ...flags,
    "--moduleResolution",
    resolution,
    file,
  );
});
