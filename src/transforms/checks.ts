import { ArgumentError, describe } from "../gpu/errors.ts";
import { isPlainObject } from "../gpu/options.ts";
import type { Kind, NewDeclaration } from "./declaration.ts";

const KINDS: readonly Kind[] = ["point", "map", "line", "resize", "mix"];
const NAME = /^[A-Za-z][A-Za-z0-9]*$/;
/** Settings that every transform takes. */
export const COMMON = ["p", "on", "key"];

/** What a declaration has to be before anything is made of it; its WGSL is looked at when it is first used. */
export function checkDeclaration(declaration: NewDeclaration, own: ReadonlySet<string>): void {
  if (!isPlainObject(declaration)) throw new ArgumentError("declaration", describe(declaration), "an object");
  const { name, kind, params, options = {} } = declaration;
  if (typeof name !== "string" || !NAME.test(name))
    throw new ArgumentError("name", describe(name), "a name of letters and digits");
  if (own.has(name)) throw new ArgumentError("name", name, "a name that no transform of augrad has");
  const { module, wgsl } = declaration;
  if (module === undefined && typeof wgsl !== "string" && !isShader(wgsl))
    throw new ArgumentError(`wgsl of ${name}`, describe(wgsl), "WGSL, or a module that has it");
  if (!KINDS.includes(kind)) throw new ArgumentError(`kind of ${name}`, describe(kind), KINDS.join(", "));
  if (typeof params !== "object" || params === null)
    throw new ArgumentError(`params of ${name}`, describe(params), "an object of parameters, which may be empty");
  for (const setting of [...Object.keys(params), ...Object.keys(options)]) {
    if (!NAME.test(setting) || COMMON.includes(setting))
      throw new ArgumentError(
        `params of ${name}`,
        setting,
        `names of letters and digits, other than ${COMMON.join(", ")}`,
      );
  }
  for (const [param, { size = 1 }] of Object.entries(params)) {
    if (size !== "C" && !(Number.isInteger(size) && size >= 1))
      throw new ArgumentError(`size of ${name}.${param}`, describe(size), 'a whole number of at least 1, or "C"');
  }
}

const isShader = (value: unknown): boolean =>
  isPlainObject(value) && typeof value.path === "string" && "source" in value;
