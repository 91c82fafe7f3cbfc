// A plugin for the build of the package: a transform brings its kind, and what else it asks of it. From source the compiler has one
// table of all kinds and one of abilities, which is what the types check; in the package they start with what every chain may need,
// and what a declaration names is put into them with the declaration. So an application's bundle has the kinds of the transforms that
// it imports. `declare()` brings all: whoever calls it names a kind at run time.
import { readFileSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAst, transformWithOxc } from "vite";

const fileOf = (name) => fileURLToPath(new URL(`../compiler/kinds/${name}.ts`, import.meta.url));

/**
 * Tables of the compiler: where they are, what is always in them, what brings all of the rest, and which entries a declaration asks for.
 * What converts an image is a point, and other kinds may turn out to be a map.
 */
const TABLES = [
  { name: "kinds", file: fileOf("index"), always: ["point", "map"], all: "bringAll", asked: kindsOf },
  { name: "abilities", file: fileOf("abilities"), always: [], all: "bringAllAbilities", asked: abilitiesOf },
];

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
const localsOf = ({ specifiers }) => specifiers.map(({ local }) => local.name);
const declarationOf = (statement) =>
  statement.type === "ExportNamedDeclaration" ? (statement.declaration ?? statement) : statement;

/** Abilities that a piece of a program names: `statistic: "mean"`. */
const abilitiesIn = (names) => (node) =>
  [...nodesIn(node)].flatMap(({ type, key }) => (type === "Property" && names.includes(key?.name) ? [key.name] : []));

/** What is found in a transform's declaration, or else in the functions that make it, here or where they are imported from. */
async function foundIn(init, program, file, find) {
  const own = find(init);
  if (own.length > 0 || init.type !== "CallExpression") return own;
  const name = init.callee.name;
  const here = program.body.map(declarationOf).filter(({ id }) => id?.name === name);
  if (here.length > 0) return find(here);
  const from = program.body.find((each) => isImport(each) && each.specifiers.some(({ local }) => local.name === name));
  if (!from?.source.value.startsWith(".")) return [];
  const other = await treeOf(resolve(dirname(file), from.source.value));
  return find(other.body.map(declarationOf).filter(({ id }) => id?.name === name));
}

/** The kinds of a transform; null where nothing says which. */
async function kindsOf(init, program, file) {
  const named = await foundIn(init, program, file, kindsIn);
  return named.length > 0 ? named : null;
}

/** The abilities that a transform asks for. */
async function abilitiesOf(init, program, file) {
  const names = (await treeOf(fileOf("abilities"))).body.filter(isImport).flatMap(localsOf);
  return foundIn(init, program, file, abilitiesIn(names));
}

/** A table of the compiler, empty but for what is always there. */
function openTable(program, { name: table, always, all }) {
  const files = program.body
    .filter(isImport)
    .flatMap(({ specifiers, source }) => specifiers.map(({ local }) => [local.name, source.value]));
  const entry = ([name]) =>
    `if (!(${JSON.stringify(name)} in ${table})) Object.defineProperty(${table}, ${JSON.stringify(name)}, { get: () => ${name} });`;
  return [
    ...files.map(([name, from]) => `import { ${name} } from ${JSON.stringify(from)};`),
    `export const ${table} = { ${always.map((name) => `get ${name}() { return ${name}; }`).join(", ")} };`,
    ...files.map((file) => `export function bring_${file[0]}() { ${entry(file)} }`),
    `export function ${all}() { ${files.map(([name]) => `bring_${name}();`).join(" ")} }`,
  ].join("\n");
}

/** @type {import("vite").Plugin} */
export const kinds = {
  name: "augrad:kinds",
  enforce: "post",
  transform: {
    filter: { id: /\/src\/(compiler\/kinds\/(?:index|abilities)|transforms\/(?:[\w-]+\/)?[\w-]+)\.ts$/ },
    async handler(code, id) {
      const program = this.parse(code);
      const table = TABLES.find(({ file }) => file === id);
      if (table) return { code: openTable(program, table), map: null };
      const edits = [];
      const brought = TABLES.map(() => new Set());
      for (const statement of program.body) {
        const made = declarationOf(statement);
        if (made.type === "FunctionDeclaration" && made.id.name === "declare") {
          edits.push([made.body.start + 1, TABLES.map(({ all }) => ` ${all}();`).join("")]);
          for (const [i, { all }] of TABLES.entries()) brought[i].add(all);
        }
        if (made.type !== "VariableDeclaration" || made === statement) continue;
        for (const { init } of made.declarations) {
          if (init?.type !== "CallExpression") continue;
          const wanted = [];
          for (const [i, { asked, always, all }] of TABLES.entries()) {
            const named = await asked(init, program, id);
            const brings = named
              ? [...new Set(named)].filter((name) => !always.includes(name)).map((name) => `bring_${name}`)
              : [all];
            for (const bring of brings) brought[i].add(bring);
            wanted.push(...brings);
          }
          if (wanted.length > 0)
            edits.push([init.start, `(${wanted.map((bring) => `${bring}(), `).join("")}`], [init.end, ")"]);
        }
      }
      if (edits.length === 0) return null;
      let text = code;
      for (const [at, more] of edits.sort(([a], [b]) => b - a)) text = text.slice(0, at) + more + text.slice(at);
      const imports = TABLES.map(({ file }, i) => {
        const from = relative(dirname(id), file).split(sep).join("/");
        return brought[i].size > 0 ? `import { ${[...brought[i]].join(", ")} } from ${JSON.stringify(from)};\n` : "";
      });
      return { code: imports.join("") + text, map: null };
    },
  },
};
