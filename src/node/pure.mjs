// A plugin for the build of the package: what a module of src/ computes for its constants may be left out with them.
// package.json says that no module has side effects. That holds for whole modules only, and the built package is one; so every
// constant that is computed says so itself, and an application's bundle has the transforms, kernels and operations that it uses.

/** What is cheap to keep, and known to every bundler to do nothing. */
const PLAIN = /^(?:Literal|ArrowFunctionExpression|FunctionExpression|Identifier|ClassExpression)$/;

/** @type {import("vite").Plugin} */
export const pure = {
  name: "augrad:pure",
  enforce: "post",
  transform: {
    filter: { id: /\/src\/.*\.ts$/ },
    handler(code) {
      const edits = [];
      for (const statement of this.parse(code).body) {
        const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
        if (declaration?.type !== "VariableDeclaration" || declaration.kind !== "const") continue;
        for (const { init } of declaration.declarations)
          if (init && !PLAIN.test(init.type)) edits.push([init.start, init.end]);
      }
      let made = code;
      for (const [start, end] of edits.reverse()) {
        made = `${made.slice(0, start)}/* @__PURE__ */ (() => (${made.slice(start, end)}))()${made.slice(end)}`;
      }
      return { code: made, map: null };
    },
  },
};
