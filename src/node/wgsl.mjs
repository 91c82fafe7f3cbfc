// A plugin for Vite: a WGSL file is a module, which imports the WGSL that it needs. Everything that runs from source has it.
import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const shaders = fileURLToPath(new URL("../../shaders", import.meta.url));

/** Without comments, indentation, blank lines, and spaces beside commas and braces, as it goes into the built package. */
export const stripped = (wgsl) =>
  wgsl
    .replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "")
    .split("\n")
    .map((line) => line.trim().replaceAll(/ ?([,{}]) ?/g, "$1"))
    .filter(Boolean)
    .join("\n");

/** `package::lib::math::power` is an item of the module `lib::math`; what the compiler generates has no file. */
function moduleOf(path, from) {
  const names = path.split("::");
  if (names[0] === "generated") return null;
  for (let n = names.length; n > 0; n--) {
    const module = names.slice(0, n).join("::");
    if (existsSync(fileOf(module))) return module;
  }
  throw new Error(`${from} needs package::${path}, which is in no file of shaders/`);
}

const fileOf = (module) => `${shaders}/${module.replaceAll("::", "/")}.wgsl`;

/** Modules that a module names, itself apart. */
function usesOf(wgsl, own, file) {
  const named = [...stripped(wgsl).matchAll(/\bpackage::(\w+(?:::\w+)*)/g)].map(([, path]) => moduleOf(path, file));
  return [...new Set(named)].filter((module) => module !== null && module !== own);
}

/** @type {(options?: { strip?: boolean }) => import("vite").Plugin} */
export const wgsl = ({ strip = false } = {}) => ({
  name: "augrad:wgsl",
  load: {
    filter: { id: /\.wgsl$/ },
    handler(id) {
      const source = readFileSync(id, "utf8");
      const path = relative(shaders, id).slice(0, -".wgsl".length).split(sep).join("::");
      const uses = usesOf(source, path, id);
      const from = (module) => `./${relative(dirname(id), fileOf(module)).split(sep).join("/")}`;
      const text = strip ? stripped(source) : source;
      const code = [
        ...uses.map((module, i) => `import u${i} from ${JSON.stringify(from(module))};`),

        `export default { path: ${JSON.stringify(path)}, source: ${JSON.stringify(text)}, uses: [${uses.map((_, i) => `u${i}`).join(", ")}] };`,
      ];
      return { code: code.join("\n"), map: null, moduleType: "js" };
    },
  },
});
