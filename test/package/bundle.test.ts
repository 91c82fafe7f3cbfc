import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { dawn } from "../../src/node/dawn.ts";
import { registry } from "../../src/registry.ts";
import { emptyProject, root, run } from "./project.ts";

// What an application carries: the transforms that it imports, and no other.

let project: string;
beforeAll(() => {
  project = emptyProject("--omit=optional");
  writeFileSync(join(project, "none.mjs"), "export default {};");
  // What Vite adds for browsers without module preloading asks for a document.
  writeFileSync(join(project, "node.mjs"), "export default { build: { modulePreload: false } };");
});
afterAll(() => {
  if (project) rmSync(project, { recursive: true, force: true });
});

interface Bundle {
  /** What is there before anything runs. */
  first: string[];
  /** What may be loaded beside the first work. */
  later: string[];
  /** The script's file. */
  entry: string;
}

interface Chunk {
  file: string;
  isEntry?: boolean;
  imports?: string[];
  dynamicImports?: string[];
}

/** Builds a page of one script with Vite, minified. */
function bundle(name: string, script: string, config = "none.mjs"): Bundle {
  const page = join(project, name);
  mkdirSync(page, { recursive: true });
  writeFileSync(join(page, "index.html"), '<!doctype html><script type="module" src="./main.js"></script>');
  writeFileSync(join(page, "main.js"), script);
  const options = ["--config", config, "--logLevel", "error", "--target", "es2022", "--manifest"];
  run(
    project,
    process.execPath,
    join(root, "node_modules", "vite", "bin", "vite.js"),
    ...["build", page, "--base", "./"],
    ...options,
  );
  const dist = join(page, "dist");
  const manifest: Record<string, Chunk> = JSON.parse(readFileSync(join(dist, ".vite", "manifest.json"), "utf8"));
  /** Chunks that are reached, without those that are loaded later, or with them. */
  const reached = (key: string, all: boolean, found = new Set<string>()): Set<string> => {
    if (found.has(key)) return found;
    found.add(key);
    const { imports = [], dynamicImports = [] } = manifest[key];
    for (const next of all ? [...imports, ...dynamicImports] : imports) reached(next, all, found);
    return found;
  };
  const [entry] = Object.keys(manifest).filter((key) => manifest[key].isEntry);
  const first = reached(entry, false);
  const later = [...reached(entry, true)].filter((key) => !first.has(key));
  const read = (key: string): string => readFileSync(join(dist, manifest[key].file), "utf8");
  return { first: [...first].map(read), later: later.map(read), entry: join(dist, manifest[entry].file) };
}

/** What Vite asks a document for that preloads modules. */
const DOCUMENT = {
  createElement: () => ({ relList: { supports: () => true } }),
  getElementsByTagName: () => [],
  querySelector: () => null,
  head: { appendChild: () => {} },
};

/** Runs a page's `run` in Node, on a device, and returns the files that it has loaded then. */
async function loadedBy({ entry }: Bundle): Promise<string[]> {
  const folder = dirname(entry);
  const texts = new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]));
  for (const [file, text] of texts) writeFileSync(join(folder, file), `globalThis.loaded.push("${file}");\n${text}`);
  const loaded: string[] = [];
  vi.stubGlobal("loaded", loaded);
  vi.stubGlobal("navigator", { gpu: (await dawn()).gpu });
  vi.stubGlobal("document", DOCUMENT);
  await import(/* @vite-ignore */ pathToFileURL(entry).href);
  await (globalThis as unknown as { run(): Promise<void> }).run();
  vi.unstubAllGlobals();
  return loaded.map((file) => texts.get(file)!);
}

const kilobytes = (files: string[]): number =>
  files.reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0) / 1000;

/** Transforms whose declaration or WGSL is in a text. */
function transformsIn(text: string): string[] {
  return [...registry.values()].flatMap(({ name, module }) =>
    // Families have functions that take the name first.
    new RegExp(`\\bname:["'\`]${name}["'\`],kind|["'\`]${module}["'\`]|\\b\\w+\\(["'\`]${name}["'\`],`).test(text)
      ? [name]
      : [],
  );
}

describe("a page that turns images and makes them brighter", () => {
  let made: Bundle;
  let learning: Bundle;
  let loaded: string[];
  let learned: string[];
  beforeAll(async () => {
    made = bundle(
      "two",
      `import { apply, brightness, requestGpu, rotate, tensor } from "augrad";
       globalThis.run = async () => {
         const x = tensor(await requestGpu(), new Float32Array(48), [1, 3, 4, 4]);
         return apply(x, [rotate({ angle: 30 }), brightness({ factor: 2 })]).read();
       };`,
    );
    loaded = await loadedBy(made);
    learning = bundle(
      "learning",
      `import { apply, brightness, grad, parameter, requestGpu, rotate, tensor } from "augrad";
       globalThis.run = async () => {
         const gpu = await requestGpu();
         const x = tensor(gpu, new Float32Array(96), [2, 3, 4, 4], { requiresGrad: true });
         const angle = parameter(gpu, [30, 40]);
         const y = apply(x, [rotate({ angle }), brightness({ factor: 2 })]);
         return Promise.all(grad(y, [x, angle], { gradient: y }).map((g) => g.read()));
       };`,
    );
    learned = await loadedBy(learning);
  });

  test("has these two transforms", () => {
    expect(transformsIn([...made.first, ...made.later].join("\n")).sort()).toEqual(["brightness", "rotate"]);
  });

  test("starts with less than 37 kB, and loads kernels and what writes WGSL beside its first work: 50 kB in all", () => {
    for (const text of ["@if(own_place)", "fn load_row(n: u32"]) {
      expect(made.first.some((file) => file.includes(text))).toBe(false);
      expect(loaded.some((file) => file.includes(text))).toBe(true);
    }
    expect(kilobytes(made.first)).toBeLessThan(37);
    expect(kilobytes(loaded)).toBeLessThan(50);
  });

  test("loads the kernels of the way back with the first gradient", () => {
    for (const kernel of ["pass::pixels_backward", "pass::map_gather", "pass::sum_rows"]) {
      expect(loaded.join("\n")).not.toContain(kernel);
      expect(learned.join("\n")).toContain(kernel);
    }
    // Nothing else is there to be loaded.
    expect(kilobytes([...made.first, ...made.later])).toBeLessThan(60);
    expect(kilobytes(learned)).toBeLessThan(65);
  });

  test("has the kernels of points and maps alone, and of what is always there", () => {
    const text = [...made.first, ...made.later].join("\n");
    const kernels = [...text.matchAll(/["'`]pass::(\w+)["'`]/g)].map(([, name]) => name);
    expect([...new Set(kernels)].sort()).toEqual([
      "map_gather",
      "map_parameters",
      "param_pack",
      "param_unpack",
      "pixels_backward",
      "pixels_forward",
      "sum_rows",
      "sum_short_rows",
    ]);
    expect(text).not.toMatch(/["'`](?:statistic::\w+|lib::threefry|tensor::reduce)["'`]/);
  });

  test("has WGSL without comments and indentation", () => {
    const wgsl = [...made.first, ...made.later].join("\n").match(/\bsource:`[^`]*\bfn \w+\([^`]*`/g) ?? [];
    expect(wgsl.length).toBeGreaterThan(30);
    for (const text of wgsl) expect(text).not.toMatch(/\/\/|\/\*|\n\s/);
  });
});

/** An example of each kind. */
const KINDS = [
  ...new Map(
    [...registry.values()].filter(({ example }) => example).map((declaration) => [declaration.kind, declaration]),
  ).values(),
];

test.each(KINDS.map((each) => [each.kind, each] as const))(
  "%s: a bundle of one transform has its kind",
  (kind, { name, example }) => {
    const settings = { ...example!.params, ...example!.options };
    const { entry } = bundle(
      kind,
      `import { explain, ${name} } from "augrad";
     const { passes } = explain([${name}(${JSON.stringify(settings)})], [2, 3, 24, 24]);
     console.log(JSON.stringify(passes.map(({ kind }) => kind)));`,
      "node.mjs",
    );
    expect(JSON.parse(run(project, process.execPath, entry))).toContain(kind);
  },
);

test("every transform of the package brings its kind, and declare() brings all", () => {
  const chunks = join(project, "node_modules", "augrad", "dist", "chunks");
  const text = readdirSync(chunks)
    .map((file) => (file.endsWith(".js") ? readFileSync(join(chunks, file), "utf8") : ""))
    .join("\n");
  for (const { name, kind, statistic, params } of registry.values()) {
    const [, brings] = new RegExp(`\\b${name} = /\\* @__PURE__ \\*/ \\(\\(\\) => (.*)`).exec(text) ?? [];
    expect(brings, name).toBeDefined();
    if (!["point", "map"].includes(kind))
      expect(brings, name).toMatch(new RegExp(`^\\((bring_\\w+\\(\\), )*(bring_${kind}|bringAll)\\(\\)`));
    // What a statistic needs comes with those that ask for one.
    expect(/^\((?:bring_\w+\(\), )*bring_statistic\(\)/.test(brings), name).toBe(statistic !== undefined);
    // And what lists need, with those that take one.
    const hasList = Object.values(params).some(({ list }) => list);
    expect(/^\((?:bring_\w+\(\), )*bring_list\(\)/.test(brings), name).toBe(hasList);
  }
  expect(text).toMatch(/function declare\([^\n]*\{\n\s*bringAll\(\);\s*bringAllAbilities\(\);/);
});

test("augrad/registry brings all transforms", () => {
  const { first, later } = bundle("all", 'import { registry } from "augrad/registry"; globalThis.names = registry;');
  expect(transformsIn([...first, ...later].join("\n"))).toEqual([...registry.keys()]);
  const alone = bundle("alone", 'import "augrad/registry";');
  expect(transformsIn(alone.first.join("\n"))).toEqual([...registry.keys()]);
});

test("augrad/recipes reads any transform in a bundle of its own", () => {
  const { entry } = bundle(
    "recipes",
    `import { fromRecipe } from "augrad/recipes";
     const transforms = [{ transform: "rotate", settings: { angle: { distribution: "uniform", lo: -9, hi: 9 } } }, { transform: "jpeg" }];
     console.log(String(fromRecipe({ format: "augrad/pipeline", version: 1, transforms })));`,
    "node.mjs",
  );
  expect(run(project, process.execPath, entry).trim()).toBe("sequential([rotate({ angle: uniform(-9, 9) }), jpeg()])");
});

test("the installed package says where its registry, its recipes and their schemas are", () => {
  const installed = join(project, "node_modules", "augrad");
  const { exports } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  for (const name of ["pipeline", "sampled"]) {
    const file = exports["./schemas/*"].replace("*", `${name}.schema.json`);
    expect(JSON.parse(readFileSync(join(installed, file), "utf8")).properties).toHaveProperty("version");
  }
  expect(existsSync(join(installed, exports["./recipes"].default))).toBe(true);
  for (const file of Object.values(exports["./registry"])) expect(existsSync(join(installed, String(file)))).toBe(true);
});
