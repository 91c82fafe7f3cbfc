import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { root } from "../package/project.ts";

// What a signature names has to have a name for its users, too. The declarations that the package ships are made in memory,
// and every type that an exported one mentions has to be exported by one of the entries, or to come from elsewhere.

const DIST = join(root, ".declarations");

/** The options and entries of the build. */
function project(): ts.ParsedCommandLine {
  const path = join(root, "tsconfig.build.json");
  const parsed = ts.parseJsonConfigFileContent(ts.readConfigFile(path, ts.sys.readFile).config, ts.sys, dirname(path));
  return { ...parsed, options: { ...parsed.options, outDir: DIST, skipLibCheck: true } };
}

/** The build's declarations, by path. */
function declarations({ fileNames, options }: ts.ParsedCommandLine): Map<string, string> {
  const made = new Map<string, string>();
  const program = ts.createProgram(fileNames, options);
  program.emit(undefined, (file, text) => made.set(file, text), undefined, true);
  return made;
}

/** A program of declarations that lie in memory. */
function programOf(files: Map<string, string>, entries: string[], options: ts.CompilerOptions): ts.Program {
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.directoryExists = (folder) => folder.startsWith(DIST) || ts.sys.directoryExists(folder);
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
  const files = declarations(parsed);
  expect(entries.filter((entry) => !files.has(entry))).toEqual([]);
  expect(unexported(programOf(files, entries, parsed.options), entries)).toEqual([]);
}, 180_000);

test("a type that is missing is found, wherever it is mentioned", () => {
  const entry = join(DIST, "index.d.ts");
  const files = new Map([
    [entry, 'export { f, v, type I } from "./a.ts";'],
    [
      join(DIST, "a.d.ts"),
      `type A = 1; interface B {} interface C<T> { t: T } type D = 4; declare const E: number; type F = 6;
       export declare function f<T extends A>(x: readonly B[]): Promise<T | Date>;
       export declare const v: { [K in "x"]: typeof E };
       export interface I extends C<D> { i: I; x: import("./a.ts").G }
       export type G = F;`,
    ],
  ]);
  const found = unexported(programOf(files, [entry], parsed.options), [entry]);
  expect(found.map((text) => text.split(",")[0]).sort()).toEqual(["A", "B", "C", "D", "E", "G"]);
});
