/** The rules of docs/architecture.md that only words kept: which room may import which, and who builds WGSL. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/** The order that docs/architecture.md lists: a room imports only rooms before it. */
const rooms = (() => {
  const text = readFileSync(join(root, "docs/architecture.md"), "utf8");
  const list = /^ {4}src\/\n((?: {6}\S.*\n)+)/m.exec(text)?.[1] ?? "";
  return [...list.matchAll(/^ {6}(\w+)\/ /gm)].map(([, name]) => name);
})();

const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((file) => /\.m?ts$/.test(file))
  .map((file) => ({ file, text: readFileSync(join(root, "src", file), "utf8") }));

/** The files that a file imports, below src/. */
const importsOf = ({ file, text }: (typeof files)[0]): string[] =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(([, path]) =>
    relative(join(root, "src"), resolve(root, "src", file, "..", path)),
  );

const roomOf = (file: string): string => (file.includes("/") ? file.split("/")[0] : "");

test("docs/architecture.md lists every room of src/", () => {
  const folders = readdirSync(join(root, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect([...rooms].sort()).toEqual(folders.map(({ name }) => name).sort());
});

test("a room imports only rooms above it", () => {
  expect(files.flatMap(importsOf).length).toBeGreaterThan(files.length);
  const wrong = files.flatMap((entry) =>
    importsOf(entry).flatMap((path) => {
      const [from, to] = [roomOf(entry.file), roomOf(path)];
      // src/index.ts is the door of everything; src/node is a package entry that opens it.
      if (from === "" || from === to || (to === "" && (from === "node" || from === "interop"))) return [];
      return rooms.indexOf(to) < rooms.indexOf(from) && to !== "" ? [] : [`${entry.file} imports ${path}`];
    }),
  );
  expect(wrong).toEqual([]);
});

/** What only WGSL has in it. */
const WGSL = /@compute|var<storage|var<uniform|ptr<function|\bfn \w+\(|@builtin\(|@group\(/;

test("only compiler/ builds WGSL", () => {
  const builders = files.filter(({ text }) => WGSL.test(text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "")));
  const strangers = builders.map(({ file }) => file).filter((file) => roomOf(file) !== "compiler");
  expect(strangers).toEqual([]);
});

test("only gpu/ calls the device", () => {
  const callers = files.filter(({ text }) =>
    /\bdevice\.(create\w+|queue|pushErrorScope|importExternalTexture)\b/.test(text),
  );
  expect(callers.map(({ file }) => roomOf(file)).filter((room) => room !== "gpu")).toEqual([]);
});

/** Functions of a file, at any depth, with how many lines each has. */
function functionsOf({ file, text }: (typeof files)[0]): { name: string; lines: number }[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lineOf = (at: number): number => source.getLineAndCharacterOfPosition(at).line;
  const found: { name: string; lines: number }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && "body" in node && node.body)
      found.push({
        name: `${file}:${lineOf(node.getStart()) + 1}`,
        lines: lineOf(node.end) - lineOf(node.getStart()) + 1,
      });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Whether a file begins with a comment that says why it, or a function of it, is long. */
const hasReason = (text: string): boolean => /^\/\*\*(?:(?!\*\/)[\s\S])*\b(?:long|lines)\b/.test(text);

test("no function of compiler/ has over 60 lines, and no file over 300, without a reason in its first comment", () => {
  const compiler = files.filter(({ file }) => roomOf(file) === "compiler");
  const functions = compiler.flatMap((entry) => functionsOf(entry));
  expect(functions.length).toBeGreaterThan(400);
  const long = compiler.flatMap((entry) => {
    const lines = entry.text.split("\n").length - 1;
    const wrong = functionsOf(entry).filter((own) => own.lines > 60);
    const said = [
      ...(lines > 300 ? [`${entry.file}: ${lines} lines`] : []),
      ...wrong.map((own) => `${own.name}: ${own.lines} lines`),
    ];
    return hasReason(entry.text) ? [] : said;
  });
  expect(long).toEqual([]);
  const body = "\n  f();".repeat(60);
  expect(
    functionsOf({ file: "a.ts", text: `export async function f(\n  x: number,\n): void {${body}\n}` })[0].lines,
  ).toBe(64);
  expect([hasReason("/** Longing. */\n/** It is long. */"), hasReason("/** A table:\n * it is long. */")]).toEqual([
    false,
    true,
  ]);
});

// A page's first bytes have none of it: it is loaded with the first kernel.
test("what writes WGSL is imported when it is needed", () => {
  const WRITERS = /(-wgsl|pixels\/chain|pixels\/io)\.ts$/;
  const writers = new Set(files.map(({ file }) => file).filter((file) => WRITERS.test(file)));
  expect(writers.size).toBeGreaterThan(4);
  const imports = new Map(
    files.map(({ file, text }) => [
      file,
      [...text.matchAll(/^(?:import|export) (?!type )[^;]*? from "(\.[^"]+)";/gm)].map(([, path]) =>
        relative(join(root, "src"), resolve(root, "src", file, "..", path)),
      ),
    ]),
  );
  const usersOf = (path: string) => [...imports].flatMap(([file, paths]) => (paths.includes(path) ? [file] : []));
  // What they alone share is loaded with them.
  for (let size = 0; size < writers.size; ) {
    size = writers.size;
    for (const { file } of files.filter(({ file }) => !writers.has(file))) {
      const users = usersOf(file);
      if (users.length > 0 && users.every((user) => writers.has(user))) writers.add(file);
    }
  }
  const early = [...imports].filter(([file]) => !writers.has(file));
  expect(
    early.flatMap(([file, paths]) =>
      paths.filter((path) => writers.has(path)).map((path) => `${file} imports ${path}`),
    ),
  ).toEqual([]);
});

describe("what the compiler writes names WGSL that comes with it", () => {
  /** Files whose WGSL comes with another file, which is loaded before it is linked. */
  const COMES_WITH: Record<string, string> = {
    "kinds/field.ts": "kinds/field-wgsl.ts",
    "kinds/scatter.ts": "kinds/field-wgsl.ts",
    "kinds/line-axis.ts": "kinds/line-wgsl.ts",
    "kinds/statistic.ts": "kinds/statistic-shaders.ts",
  };
  const compiler = join(root, "src/compiler");
  const own = readdirSync(compiler, { recursive: true })
    .map((file) => String(file).replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".ts"));
  const read = (file: string): string => readFileSync(join(compiler, file), "utf8");
  const imported = (file: string): string[] =>
    [...read(file).matchAll(/shaders\/([\w/]+)\.wgsl"/g)].map(([, path]) => path.replaceAll("/", "::"));

  test.each(own)("%s", (file) => {
    const named = [...read(file).matchAll(/package::((?:lib|pass|see|statistic)::\w+)/g)].map(([, path]) => path);
    // A transform that draws names the module of draws by itself.
    const missing = named.filter(
      (path) =>
        path !== "lib::draw" && !imported(file).includes(path) && !imported(COMES_WITH[file] ?? file).includes(path),
    );
    expect(missing).toEqual([]);
  });

  test.each(own)("%s loads what writes WGSL with its shaders", (file) => {
    const loaded = [...read(file).matchAll(/(\S*)import\("(?!\.\/\S+"\)\.)/g)].map(([, before]) => before);
    expect(loaded.filter((before) => !before.endsWith("withShaders("))).toEqual([]);
  });
});
