// A plugin for the build of the package: a transform brings its kind. From source the compiler has one table of all kinds, which is
// what the types check; in the package it starts with the two that every chain may need, and what a declaration names is put into it
// with the declaration. So an application's bundle has the kinds of the transforms that it imports. `declare()` brings all: whoever
// calls it names a kind at run time.
import { readFileSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAst, transformWithOxc } from "vite";

const table = fileURLToPath(new URL("../compiler/kinds/index.ts", import.meta.url));
/** What converts an image is a point, and other kinds may turn out to be a map. */
const ALWAYS = ["point", "map"];

/** A file of TypeScript as a tree of JavaScript. */
async function treeOf(file) {
  const { code } = await transformWithOxc(readFileSync(file, "utf8"), file, { target: "es2022" });
  return parseAst(code);
}

function* nodesIn(node) {
  if (Array.isArray(node)) for (const each of node) yield* nodesIn(each);
  else if (node && typeof node.type === "string") {
    yield node;
    for (const key of Object.keys(node)) if (typeof node[key] === "object") yield* nodesIn(node[key]);
  }
}

/** Kinds that a piece of a program names: `kind: "mix"`, or `{ kind = "map" }`. */
const kindsIn = (node) =>
  [...nodesIn(node)].flatMap(({ type, key, value }) => {
    if (type !== "Property" || key?.name !== "kind") return [];
    const named = value.type === "AssignmentPattern" ? value.right : value;
    return named.type === "Literal" ? [named.value] : [];
  });

const isImport = ({ type }) => type === "ImportDeclaration";
const declarationOf = (statement) =>
  statement.type === "ExportNamedDeclaration" ? (statement.declaration ?? statement) : statement;

/** The kinds of a transform: what its declaration names, or else the functions that make it, here or where they are imported from. */
async function kindsOf(init, program, file) {
  const own = kindsIn(init);
  if (own.length > 0 || init.type !== "CallExpression") return own;
  const name = init.callee.name;
  const here = program.body.map(declarationOf).filter(({ id }) => id?.name === name);
  if (here.length > 0) return kindsIn(here);
  const from = program.body.find((each) => isImport(each) && each.specifiers.some(({ local }) => local.name === name));
  if (!from?.source.value.startsWith(".")) return [];
  const other = await treeOf(resolve(dirname(file), from.source.value));
  return kindsIn(other.body.map(declarationOf).filter(({ id }) => id?.name === name));
}

/** The compiler's table, empty but for what is always there. */
function openTable(program) {
  const files = program.body
    .filter(isImport)
    .flatMap(({ specifiers, source }) => specifiers.map(({ local }) => [local.name, source.value]));
  const entry = ([name]) =>
    `if (!(${JSON.stringify(name)} in kinds)) Object.defineProperty(kinds, ${JSON.stringify(name)}, { get: () => ${name} });`;
  return [
    ...files.map(([name, from]) => `import { ${name} } from ${JSON.stringify(from)};`),
    `export const kinds = { ${ALWAYS.map((name) => `get ${name}() { return ${name}; }`).join(", ")} };`,
    ...files.map((file) => `export function bring_${file[0]}() { ${entry(file)} }`),
    `export function bringAll() { ${files.map(([name]) => `bring_${name}();`).join(" ")} }`,
  ].join("\n");
}

/** @type {import("vite").Plugin} */
export const kinds = {
  name: "augrad:kinds",
  enforce: "post",
  transform: {
    filter: { id: /\/src\/(compiler\/kinds\/index|transforms\/(?:[\w-]+\/)?[\w-]+)\.ts$/ },
    async handler(code, id) {
      const program = this.parse(code);
      if (id === table) return { code: openTable(program), map: null };
      const edits = [];
      const brought = new Set();
      for (const statement of program.body) {
        const made = declarationOf(statement);
        if (made.type === "FunctionDeclaration" && made.id.name === "declare") {
          edits.push([made.body.start + 1, " bringAll();"]);
          brought.add("bringAll");
        }
        if (made.type !== "VariableDeclaration" || made === statement) continue;
        for (const { init } of made.declarations) {
          if (init?.type !== "CallExpression") continue;
          const named = await kindsOf(init, program, id);
          const wanted =
            named.length > 0
              ? named.filter((kind) => !ALWAYS.includes(kind)).map((kind) => `bring_${kind}`)
              : ["bringAll"];
          for (const bring of wanted) brought.add(bring);
          if (wanted.length > 0)
            edits.push([init.start, `(${wanted.map((bring) => `${bring}(), `).join("")}`], [init.end, ")"]);
        }
      }
      if (edits.length === 0) return null;
      let text = code;
      for (const [at, more] of edits.sort(([a], [b]) => b - a)) text = text.slice(0, at) + more + text.slice(at);
      const from = relative(dirname(id), table).split(sep).join("/");
      return { code: `import { ${[...brought].join(", ")} } from ${JSON.stringify(from)};\n${text}`, map: null };
    },
  },
};
