import { ArgumentError, hasModule, moduleSource } from "../gpu/index.ts";
import type { Declaration, OptionSpec, ParamSpec } from "../transforms/index.ts";
import { kinds } from "./kinds/index.ts";
import { reflect } from "./module.ts";

/**
 * Checks that a declaration and its WGSL agree: the module is there, its `Params` has a field of the right type for every
 * parameter, and none beside them, and its functions are those of its kind.
 * @throws ArgumentError that names what is missing
 */
export function checkModule(declaration: Declaration): void {
  const { name, wgsl, module, kind } = declaration;
  // What is made of other transforms has none.
  if (kinds[kind].compose) return;
  const source = wgsl ?? (hasModule(module) ? moduleSource(module) : undefined);
  if (source === undefined)
    throw new ArgumentError(`module of ${name}`, module, "a module below shaders/, or WGSL in `wgsl`");
  const reflected = reflect(source);
  if (!reflected) return;
  for (const [fn, params, result] of kinds[kind].functions(declaration)) {
    const found = reflected.functions[fn];
    const wanted = `fn ${fn}(${params.join(", ")})${result ? ` -> ${result}` : ""}`;
    if (!found) throw new ArgumentError(`WGSL of ${name}`, `no function ${fn}`, wanted);
    if (found.params.join() !== params.join() || found.result !== result) {
      throw new ArgumentError(
        `WGSL of ${name}`,
        `fn ${fn}(${found.params.join(", ")})${found.result ? ` -> ${found.result}` : ""}`,
        wanted,
      );
    }
  }
  if (kinds[kind].hasParams) checkParams(declaration, reflected.structs.Params);
}

function checkParams(declaration: Declaration, fields: Record<string, string> | undefined): void {
  const { name, kind, params, options = {} } = declaration;
  const argument = `Params of ${name}`;
  if (!fields) throw new ArgumentError(argument, "no such struct in its WGSL", "struct Params { ... }");
  const wanted = new Map<string, string[]>();
  for (const [param, spec] of Object.entries(params)) {
    // What is shown beyond the image, what is looked through, which samples are seen, and a seed are the compiler's business.
    if (!spec.role) wanted.set(spec.field ?? param, typesOf(spec));
  }
  for (const [option, spec] of Object.entries(options)) if (spec.inShader) wanted.set(option, [typeOf(spec)]);
  for (const [field, type] of Object.entries(kinds[kind].fields?.(declaration) ?? {})) wanted.set(field, [type]);
  // WGSL has no empty structs.
  if (wanted.size === 0) wanted.set("none", ["f32"]);
  const show = () => `{ ${[...wanted].map(([field, types]) => `${field}: ${types.join(" or ")}`).join(", ")} }`;
  for (const [field, types] of wanted) {
    if (!(field in fields)) throw new ArgumentError(argument, `no field ${field}`, show());
    if (!types.includes(fields[field])) throw new ArgumentError(argument, `${field}: ${fields[field]}`, show());
  }
  const extra = Object.keys(fields).find((field) => !wanted.has(field));
  if (extra) throw new ArgumentError(argument, `a field ${extra} that is no parameter`, show());
}

/** The type of an option. */
const typeOf = ({ default: value, allowed }: OptionSpec): string =>
  typeof value === "boolean" ? "bool" : allowed === "anyKernelSize" ? "vec2f" : "f32";

function typesOf({ size = 1, list }: ParamSpec): string[] {
  if (list) return ["Table"];
  if (size === "C") return ["vec3f"];
  // A neighbour's own.
  if (size === 1 || typeof size === "string") return ["f32"];
  return [`array<f32,${size}>`, ...(size <= 4 ? [`vec${size}f`] : [])];
}

const checked = new WeakSet<Declaration>();

/** {@link checkModule}, once for each declaration that a user made: those of the package are checked by its tests. */
export function checkUserModule(declaration: Declaration): void {
  if (checked.has(declaration)) return;
  if (declaration.wgsl !== undefined || !hasModule(declaration.module)) checkModule(declaration);
  checked.add(declaration);
}
