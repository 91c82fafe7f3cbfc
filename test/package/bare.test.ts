import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emptyProject, root, run } from "./project.ts";

// An install without the optional packages, which is all that a page needs.

let project: string;
beforeAll(() => {
  project = emptyProject("--omit=optional");
});
afterAll(() => {
  if (project) rmSync(project, { recursive: true, force: true });
});

/** Runs a program there and returns what it prints, as JSON. */
function printed(name: string, source: string): unknown {
  writeFileSync(join(project, name), source);
  return JSON.parse(run(project, process.execPath, name));
}

test("it has a few megabytes, as many as the README says", () => {
  const modules = join(project, "node_modules");
  const files = readdirSync(modules, { recursive: true }).map((name) => lstatSync(join(modules, String(name))));
  const megabytes = files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0) / 1e6;
  // Half of it are source maps.
  expect(megabytes).toBeLessThan(8.5);
  const said = /--omit=optional .*?(\d+) MB/.exec(readFileSync(join(root, "README.md"), "utf8"));
  expect(Math.round(megabytes)).toBe(Number(said?.[1]));
});

test("without the package webgpu, Node says by a typed error what to install", () => {
  const source = `
    import { requestGpu, UnsupportedError } from "augrad/node";
    const error = await requestGpu().catch((reason) => reason);
    console.log(JSON.stringify([error instanceof UnsupportedError, error.code, error.message]));`;
  const [typed, code, message] = printed("without.mjs", source) as [boolean, string, string];
  expect(typed).toBe(true);
  expect(code).toBe("unsupported");
  expect(message).toMatch(/^WebGPU in Node needs the package "webgpu": run npm install webgpu/);
});

test.each(["augrad", "augrad/node"])('require("%s") gives the same module as import', (name) => {
  const source = `
    const augrad = require("${name}");
    import("${name}").then((module) => console.log(JSON.stringify([typeof augrad.requestGpu, augrad.apply === module.apply])));`;
  expect(printed("required.cjs", source)).toEqual(["function", true]);
});

test("links of its README and its list of changes are not dead", () => {
  const installed = join(project, "node_modules", "augrad");
  const own = "https://github.com/augrad/augrad/";
  for (const file of ["README.md", "CHANGELOG.md"]) {
    const text = readFileSync(join(installed, file), "utf8");
    for (const [, target] of text.matchAll(/\]\((?!#)([^)#\s]+)/g)) {
      if (target.startsWith(own))
        expect(existsSync(join(root, target.slice(own.length).split("/").slice(2).join("/"))), target).toBe(true);
      else if (!target.startsWith("https:")) expect(existsSync(join(installed, target)), target).toBe(true);
    }
  }
  const { repository } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  expect(repository.url).toContain(own.slice(8, -1));
});
