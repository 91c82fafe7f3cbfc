import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asDeveloped, emptyProject, root, run } from "./project.ts";

// What a user does: pack, install the archive into an empty project, run it in Node, bundle it for a page. What it needs of
// TypeScript is in types.test.ts.

const bin = (name: string) => join(root, "node_modules", name);

let project: string;

beforeAll(() => {
  project = emptyProject(asDeveloped("@jax-js/jax"));
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
