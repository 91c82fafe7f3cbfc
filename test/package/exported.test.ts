import { readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { root } from "./project.ts";

// What a signature names has to have a name for its users, too: every type that an exported declaration of the package mentions has to
// be exported by one of the entries, or to come from elsewhere.

const DIST = join(root, "dist/types");

/** The options and entries of the build. */
function project(): ts.ParsedCommandLine {
  const path = join(root, "tsconfig.build.json");
  const parsed = ts.parseJsonConfigFileContent(ts.readConfigFile(path, ts.sys.readFile).config, ts.sys, dirname(path));
  return { ...parsed, options: { ...parsed.options, skipLibCheck: true } };
}

/** A program of declarations, of which some may lie in memory. */
function programOf(entries: string[], options: ts.CompilerOptions, files = new Map<string, string>()): ts.Program {
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.getSourceFile = (file, version, ...rest) => {
    const text = files.get(file);
    return text === undefined ? getSourceFile(file, version, ...rest) : ts.createSourceFile(file, text, version, true);
  };
  return ts.createProgram(entries, { ...options, noEmit: true }, host);
}

/** What stands for a type in a declaration: a name, or the last part of a qualified one. */
function nameOf(node: ts.Node): ts.Node | undefined {
  if (ts.isTypeReferenceNode(node)) return node.typeName;
  if (ts.isExpressionWithTypeArguments(node)) return node.expression;
  if (ts.isTypeQueryNode(node)) return node.exprName;
  return ts.isImportTypeNode(node) ? node.qualifier : undefined;
}

/** Whether a declaration is one of `declare global`. */
const isGlobal = (node: ts.Node): boolean =>
  node.parent !== undefined && ((node.flags & ts.NodeFlags.GlobalAugmentation) !== 0 || isGlobal(node.parent));

/** Types that exported declarations mention, and that no entry exports: "Clipped, of brightness in transforms/color.d.ts". */
function unexported(program: ts.Program, entries: string[]): string[] {
  const checker = program.getTypeChecker();
  const resolve = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const exported = new Set(
    entries.flatMap((entry) =>
      checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)!)!).map(resolve),
    ),
  );
  const isOurs = (symbol: ts.Symbol) =>
    !(symbol.flags & ts.SymbolFlags.TypeParameter) &&
    symbol.declarations?.some((each) => each.getSourceFile().fileName.startsWith(DIST) && !isGlobal(each));
  const found = new Set<string>();
  const visit = (node: ts.Node, by: ts.Symbol): void => {
    const name = nameOf(node);
    const symbol = name && checker.getSymbolAtLocation(name);
    if (symbol && isOurs(resolve(symbol)) && !exported.has(resolve(symbol)))
      found.add(`${symbol.name}, of ${by.name} in ${relative(DIST, node.getSourceFile().fileName)}`);
    ts.forEachChild(node, (child) => visit(child, by));
  };
  for (const symbol of exported) for (const each of symbol.declarations ?? []) visit(each, symbol);
  return [...found];
}

const parsed = project();
const toDeclaration = (file: string) => join(DIST, relative(join(root, "src"), file).replace(/\.ts$/, ".d.ts"));

test("every type that a public signature mentions is exported", () => {
  const entries = parsed.fileNames.filter((file) => !file.endsWith(".d.ts")).map(toDeclaration);
  const shipped = readdirSync(DIST, { recursive: true, encoding: "utf8" }).map((file) => join(DIST, file));
  expect(entries.filter((entry) => !shipped.includes(entry))).toEqual([]);
  expect(unexported(programOf(entries, parsed.options), entries)).toEqual([]);
});

test("a type that is missing is found, wherever it is mentioned", () => {
  const entry = join(DIST, "of-a-test.d.ts");
  const files = new Map([
    [entry, 'export { f, v, type I } from "./of-a-test-a.ts";'],
    [
      join(DIST, "of-a-test-a.d.ts"),
      `type A = 1; interface B {} interface C<T> { t: T } type D = 4; declare const E: number; type F = 6;
       export declare function f<T extends A>(x: readonly B[]): Promise<T | Date>;
       export declare const v: { [K in "x"]: typeof E };
       export interface I extends C<D> { i: I; x: import("./of-a-test-a.ts").G }
       export type G = F;`,
    ],
  ]);
  const found = unexported(programOf([entry], parsed.options, files), [entry]);
  expect(found.map((text) => text.split(",")[0]).sort()).toEqual(["A", "B", "C", "D", "E", "G"]);
});
