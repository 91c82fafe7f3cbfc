import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, expect, test } from "vitest";
import { absolute, READ, relative } from "../../src/node/links.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const folder = mkdtempSync(join(tmpdir(), "augrad-docs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The targets of a text's links and pictures. */
const targets = (text: string) => [...text.matchAll(/\]\(([^)\s]+)/g)].map(([, target]) => target);

test.each(READ)("the links of the packed %s lead to the repository, and come back", (file) => {
  const text = read(file);
  const packed = absolute(text);
  expect(targets(packed).filter((target) => !/^(https:|#)/.test(target))).toEqual([]);
  for (const target of targets(packed)) {
    const [, kind, path] = /^https:\/\/github\.com\/augrad\/augrad\/(blob|raw)\/main\/([^#]+)/.exec(target) ?? [];
    if (path) expect(existsSync(join(root, path)), path).toBe(true);
    if (path) expect(kind, path).toBe(/\.(webp|png|svg)$/.test(path) ? "raw" : "blob");
  }
  expect(relative(packed)).toBe(text);
  expect(absolute(packed)).toBe(packed);
});

test("npm pack changes the links, and back", () => {
  const { scripts, repository } = JSON.parse(read("package.json"));
  expect(repository.url).toBe("git+https://github.com/augrad/augrad.git");
  expect(scripts.prepack).toMatch(/links\.mjs --absolute$/);
  expect(scripts.postpack).toMatch(/links\.mjs --relative$/);
});

test("what npm run docs and npm ci write is not checked as a part of the project", () => {
  const written = ["docs/api/media/cli.ts", "test/wgpu/node_modules/deno/a.ts", "bench/peers/node_modules/b/b.ts"];
  const own = ["docs/readme.ts", "src/index.ts", "vite.config.ts"];
  for (const file of [...written, ...own]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), "export {};");
  }
  const { config } = ts.parseConfigFileTextToJson("tsconfig.json", read("tsconfig.json"));
  const { fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  expect(fileNames.map((file) => file.slice(folder.length + 1)).sort()).toEqual(own);
});

// A page's program is bundled, not run.
const EXAMPLES = ["quickstart", "learned-range", "labels", "own-transform"].map(
  (name) => `examples/quickstart/${name}.mjs`,
);

test("the README says how an example runs in a clone without a build, and it runs from source", () => {
  const [, command] = /`(npm run example examples\/\S+)`/.exec(read("README.md")) ?? [];
  expect(EXAMPLES.map((file) => `npm run example ${file}`)).toContain(command);
  expect(JSON.parse(read("package.json")).scripts.example).toBe("node src/node/setup.mjs");
  const program = join(folder, "where.mjs");
  writeFileSync(
    program,
    'import { tensor } from "augrad/node"; try { tensor(null); } catch (error) { console.log(error.stack); }',
  );
  const printed = execFileSync(process.execPath, ["src/node/run.mjs", program], { cwd: root, encoding: "utf8" });
  expect(printed).toMatch(/src[\\/]tensor[\\/]\w+\.ts/);
});
