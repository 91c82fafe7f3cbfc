import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
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
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const jax = `@jax-js/jax@${devDependencies["@jax-js/jax"]}`;
  npm(project, "install", "--prefer-offline", "--no-audit", "--no-fund", `./${archive}`, jax);
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

test("the README's ten lines run there as printed", () => {
  copyFileSync(join(root, "examples", "quickstart", "quickstart.mjs"), join(project, "quickstart.mjs"));
  expect(run(project, process.execPath, "quickstart.mjs")).toMatch(
    /gradient per degree: .*\n1\. map +rotate > brightness/,
  );
});

/** Bundles a page of one script with Vite and returns the JavaScript. */
function bundle(name: string, script: string): string {
  const page = join(project, name);
  mkdirSync(page, { recursive: true });
  writeFileSync(join(page, "index.html"), '<!doctype html><script type="module" src="./main.js"></script>');
  writeFileSync(join(page, "main.js"), script);
  writeFileSync(join(project, "none.mjs"), "export default {};");
  const options = ["--config", "none.mjs", "--logLevel", "error", "--target", "esnext"];
  run(project, process.execPath, join(bin("vite"), "bin", "vite.js"), "build", page, ...options);
  const assets = join(page, "dist", "assets");
  const files = readdirSync(assets).filter((file) => file.endsWith(".js"));
  return files.map((file) => readFileSync(join(assets, file), "utf8")).join("\n");
}

test("an empty project bundles it for a page, without what only Node has", () => {
  const script = `
    import { apply, gamma, requestGpu, tensor } from "augrad";
    const gpu = await requestGpu();
    const x = tensor(gpu, new Float32Array(48).fill(0.5), [1, 3, 4, 4]);
    document.body.textContent = String(await apply(x, gamma({ gamma: 2 })).read());`;
  const code = bundle("page", script);
  expect(code.includes("requestAdapter")).toBe(true);
  expect(code.includes("safe_pow")).toBe(true);
  expect(/node:fs|sparticuz/.test(code)).toBe(false);
});

test("an empty project bundles the bridge to jax-js", () => {
  const code = bundle("bridge", 'import { JaxBridge } from "augrad/jax-js"; console.log(new JaxBridge());');
  expect(code.includes("gpuBufferSync")).toBe(true);
});

test.each(["bundler", "nodenext"])("its types resolve under moduleResolution %s", (resolution) => {
  const file = join(project, `types-${resolution}.ts`);
  const source = `
    import { type Gpu, requestGpu, type Tensor, tensor } from "augrad";
    import { JaxBridge } from "augrad/jax-js";
    import { dawn, requestGpu as requestInNode } from "augrad/node";
    export const gpu: Gpu = await requestGpu();
    export const other: Gpu = await requestInNode();
    export const values: Tensor = tensor(gpu, [1, 2], [2]);
    export const bridge: JaxBridge = new JaxBridge();
    export const shared: Gpu = bridge.gpu;
    export const entry: GPU = (await dawn()).gpu;
    // @ts-expect-error: a shape is no string, so the types are not any.
    export const wrong: string = values.shape;`;
  writeFileSync(file, source);
  // Float16Array is in the types of jax-js.
  const module = resolution === "nodenext" ? "nodenext" : "esnext";
  const flags = [
    "--noEmit",
    "--strict",
    "--target",
    "es2022",
    "--lib",
    "es2022,dom,esnext.float16",
    "--module",
    module,
  ];
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
