/**
 * Links what augrad's own kernels are made of: the files of `shaders/`, and what the compiler writes. wesl, which links what users
 * declare, makes the same programs of them, as a test compares; but it is many times as large, so that a page without WGSL of its own does
 * without. What is written here is the part of WESL that those texts keep to: imports at the top, paths, and `@if` with names, `!`, `&&`
 * and `||` before an import, an item or a statement.
 */
import type { Link } from "./wesl.ts";

type Conditions = Readonly<Record<string, boolean>>;

/** A constant, a type, a variable or a function at the top of a module. */
interface Item {
  name: string;
  isStruct: boolean;
  tokens: readonly string[];
  /** Positions of the tokens that may name something. */
  words: readonly number[];
  module: Module;
}

interface Module {
  /** By their names. */
  items: Map<string, Item>;
  /** Paths of what it imports, by the names that it has here. */
  imports: Map<string, string>;
}

/** Spaces, comments, members and attributes, names and paths, numbers, and all else letter by letter. */
const TOKEN = /\s+|\/\/.*|\/\*[\s\S]*?\*\/|[.@][A-Za-z_]\w*|[A-Za-z_]\w*(?:::\w+)*|\d[\w.]*|[^\s\w]/g;
const IMPORT = /^import\s+package::([\w:]*\w)(?:::\{([^}]*)\})?(?:\s+as\s+(\w+))?\s*;$/;
const ITEM = /^(?:@\w+(?:\([^)]*\))?\s*)*(fn|struct|alias|const|override|var(?:<[^>]*>)?)\s+(\w+)/;

/** A text in pieces, without comments. */
const tokensOf = (text: string): string[] => text.match(TOKEN)?.filter((token) => !/^\/[/*]/.test(token)) ?? [];

/** Where the item or statement that starts at `from` ends: at its semicolon, or with its last block. */
function endOf(tokens: readonly string[], from: number): number {
  let depth = 0;
  for (let i = from; i < tokens.length; i++) {
    if ("([{".includes(tokens[i])) depth++;
    else if (")]}".includes(tokens[i])) depth--;
    if (depth > 0) continue;
    if (tokens[i] === ";") return i;
    if (tokens[i] !== "}") continue;
    const next = tokens.slice(i + 1, i + 3).find((token) => token.trim());
    if (next !== "else" && next !== ";") return i;
  }
  return tokens.length;
}

/** Whether `a && !b || c` holds; what nobody has set does not. */
const holds = (condition: string, conditions: Conditions): boolean =>
  condition
    .split("||")
    .some((all) =>
      all.split("&&").every((one) => (one.startsWith("!") ? !conditions[one.slice(1)] : conditions[one] === true)),
    );

/** The tokens without those whose `@if` does not hold. */
function chosen(tokens: readonly string[], conditions: Conditions): string[] {
  const left: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i] !== "@if") {
      left.push(tokens[i]);
      continue;
    }
    const close = tokens.indexOf(")", i);
    const condition = tokens.slice(i + 2, close).filter((token) => token.trim());
    i = holds(condition.join(""), conditions) ? close : endOf(tokens, close + 1);
  }
  return left;
}

/** What an import brings: paths by the names that they get. */
function importsOf([, path, list, as]: RegExpExecArray): [name: string, path: string][] {
  if (list === undefined) return [[as ?? path.slice(path.lastIndexOf(":") + 1), path]];
  const listed = list.split(",").filter((one) => one.trim());
  return listed.map((one) => {
    const [name, alias = name] = one.trim().split(/\s+as\s+/);
    return [alias, `${path}::${name}`];
  });
}

function moduleOf(tokens: readonly string[]): Module {
  const module: Module = { items: new Map(), imports: new Map() };
  for (let from = 0; from < tokens.length; ) {
    const own = tokens.slice(from, endOf(tokens, from) + 1);
    from += own.length;
    const text = own.join("").trim();
    if (!text) continue;
    const imported = IMPORT.exec(text);
    if (imported) for (const [name, path] of importsOf(imported)) module.imports.set(name, path);
    else {
      const [, kind, name] = ITEM.exec(text) ?? [];
      if (!name) throw new Error(`Neither an import nor an item of WGSL: ${text}`);
      const words = own.flatMap((token, i) => (/^[A-Za-z_]/.test(token) ? i : []));
      module.items.set(name, { name, isStruct: kind === "struct", tokens: own, words, module });
    }
  }
  return module;
}

/** A text that kernels share, in pieces: which conditions it asks for, and what it is with them, once for each of their values. */
interface Shared {
  tokens: readonly string[];
  asks: readonly string[];
  modules: Map<string, Module>;
}

const texts = new Map<string, Shared>();

/** What a text of the package is with these conditions. */
function sharedModule(text: string, conditions: Conditions): Module {
  let shared = texts.get(text);
  if (!shared) {
    const tokens = tokensOf(text);
    const asks = [...text.matchAll(/@if\(([^)]*)\)/g)].flatMap(([, condition]) => condition.match(/\w+/g) ?? []);
    texts.set(text, (shared = { tokens, asks: [...new Set(asks)], modules: new Map() }));
  }
  const key = shared.asks.map((name) => (conditions[name] ? "1" : "0")).join("");
  let module = shared.modules.get(key);
  if (!module) shared.modules.set(key, (module = moduleOf(chosen(shared.tokens, conditions))));
  return module;
}

/** The item that a token of an item names: of the same module, or of another one. */
function namedBy(
  { tokens, isStruct, module }: Item,
  i: number,
  find: (path: string) => Module | undefined,
): Item | undefined {
  // Members of structs have names of their own.
  if (isStruct && (tokens[i + 1] === ":" || tokens[i + 2] === ":")) return undefined;
  const token = tokens[i];
  const own = module.items.get(token);
  if (own) return own;
  const [first, ...rest] = token.includes("::") ? token.split("::") : [token];
  const from = module.imports.get(first);
  if (first !== "package" && from === undefined) return undefined;
  const path = [...(from ? [from] : []), ...rest].join("::");
  // A module alone is nothing: here its name is a variable's.
  if (rest.length === 0 && find(path)) return undefined;
  const cut = path.lastIndexOf("::");
  const item = find(path.slice(0, cut))?.items.get(path.slice(cut + 2));
  if (!item) throw new Error(`There is no package::${path}`);
  return item;
}

/** The items that an item names, by the positions of the tokens that do. */
type Named = Map<number, Item>;

/** The text of a root and of all items that it needs. */
function linked(root: Module, find: (path: string) => Module | undefined): string {
  const found = new Map<Item, Named>();
  const open = [...root.items.values()];
  for (const item of open) {
    if (found.has(item)) continue;
    const named: Named = new Map();
    for (const i of item.words) {
      const other = namedBy(item, i, find);
      if (!other) continue;
      named.set(i, other);
      open.push(other);
    }
    found.set(item, named);
  }
  const names = namesOf(root, found);
  const written = [...found].map(([{ tokens }, named]) => {
    const own = [...tokens];
    for (const [i, other] of named) own[i] = names.get(other)!;
    return own.join("").trim();
  });
  return written.join("\n");
}

/**
 * A name of its own for each item; the root's keep theirs, which pipelines ask for. A new name is no other word of the program, and
 * replaces the old one wherever it stands in a module. So what hides an item in a function still does.
 */
function namesOf(root: Module, found: ReadonlyMap<Item, Named>): Map<Item, string> {
  const words = new Set<string>();
  for (const [item, named] of found) for (const i of item.words) if (!named.has(i)) words.add(item.tokens[i]);
  const names = new Map<Item, string>();
  for (const item of found.keys()) {
    let { name } = item;
    if (item.module !== root) for (let k = 0; words.has(name); k++) name = `${item.name}${k}`;
    words.add(name);
    names.set(item, name);
  }
  return names;
}

/** A linker of the modules that are in a record, now or later. @throws Error where something is not there */
export function linkerOf(provided: Readonly<Record<string, string>>): Link {
  return async (path, { modules = {}, standIns = {}, conditions = {} }) => {
    const own = new Map<string, string>();
    await Promise.all(Object.entries(modules).map(async ([name, text]) => own.set(name, await text)));
    const known = new Map<string, Module | undefined>();
    const moduleAt = (name: string): Module | undefined => {
      const written = own.get(name);
      if (written !== undefined) return moduleOf(chosen(tokensOf(written), conditions));
      const text = provided[`package::${standIns[name] ?? name}`];
      return text === undefined ? undefined : sharedModule(text, conditions);
    };
    const find = (name: string): Module | undefined => {
      if (!known.has(name)) known.set(name, moduleAt(name));
      return known.get(name);
    };
    const root = find(path);
    if (!root) throw new Error(`There is no module package::${path}`);
    return linked(root, find);
  };
}
