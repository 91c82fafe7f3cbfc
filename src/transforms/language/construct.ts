import { ArgumentError, describe } from "../../gpu/errors.ts";
import { check, flag, number, refuseUnknown } from "../../gpu/options.ts";
import { KERNEL_OPTIONS } from "../filter/kernel.ts";
import { fieldSize } from "../geometry/look.ts";
import { type Declaration, needsField, type OptionSpec, type Transform } from "./declaration.ts";
import { printable, showTransform } from "./show.ts";
import type { ParamValue } from "./values.ts";

/** Settings that every transform takes, unless it declares one of that name itself. */
const COMMON = ["p", "on", "key", "sameOnBatch"];

/** The names of the settings that a transform takes. */
export function settingsOf({ params, options = {}, field }: Declaration): string[] {
  const source = field?.name === undefined ? [] : [field.name];
  return [...new Set([...Object.keys(params), ...Object.keys(options), ...source, ...COMMON])];
}

/** Makes a transform of settings, which it checks as far as that can be done without an image. */
export function construct(declaration: Declaration, settings: Record<string, unknown>): Transform {
  const { name } = declaration;
  const params: Record<string, ParamValue> = {};
  const options: Record<string, unknown> = {};
  const rest = { ...settings };
  const [p, on, key, sameOnBatch] = COMMON.map((setting) => {
    if (setting in declaration.params || setting in (declaration.options ?? {})) return undefined;
    const given = rest[setting];
    delete rest[setting];
    return given;
  });
  checkGiven(name, "p", p);
  checkGiven(name, "on", on);
  for (const [param, spec] of Object.entries(declaration.params)) {
    // As a default NaN stands for the centre; nobody means that by a NaN of their own.
    if (Number.isNaN(rest[param]))
      throw new ArgumentError(`${name}.${param}`, "NaN", `a finite number (f32) of ${spec.unit}`);
    const value = rest[param] === undefined ? spec.default : rest[param];
    delete rest[param];
    checkGiven(name, param, value);
    if (value === undefined)
      throw new ArgumentError(`${name}.${param}`, "nothing", `${spec.doc} (${spec.unit}); it has no default`);
    params[param] = value as ParamValue;
  }
  const { name: source = "", unit, doc } = declaration.field ?? {};
  const field = rest[source];
  if (declaration.field?.name !== undefined) {
    checkGiven(name, source, field);
    if (field === undefined && needsField(declaration))
      throw new ArgumentError(`${name}.${source}`, "nothing", `${doc} (${unit}); it has no default`);
    delete rest[source];
  }
  for (const [option, spec] of Object.entries(declaration.options ?? {})) {
    const value = rest[option] === undefined ? spec.default : rest[option];
    delete rest[option];
    checkOption(`${name}.${option}`, value, spec);
    options[option] = value;
  }
  if (declaration.field?.sizes) [options.height, options.width] = fieldSize(field) ?? [];
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) {
    refuseUnknown(name, unknown, settingsOf(declaration), "setting");
  }
  if (key !== undefined && typeof key !== "string")
    throw new ArgumentError(`${name}.key`, describe(key), "a string: the name of its random stream");
  if (sameOnBatch !== undefined) check(`${name}.sameOnBatch`, sameOnBatch, flag);
  const transform: Transform = {
    declaration,
    params,
    options,
    ...(field === undefined ? {} : { field: field as Transform["field"] }),
    p: p as Transform["p"],
    on: on as Transform["on"],
    key: key as string | undefined,
    ...(sameOnBatch === undefined ? {} : { sameOnBatch: sameOnBatch as boolean }),
  };
  return printable(transform, () => showTransform(transform));
}

/** A transform that another one is made of: of the settings that it knows, as they were prepared for that one. */
export function partOf(
  { declaration }: { declaration: Declaration },
  settings: Readonly<Record<string, unknown>>,
): Transform {
  const known = [...Object.keys(declaration.params), ...Object.keys(declaration.options ?? {})];
  return construct(declaration, Object.fromEntries(known.map((name) => [name, settings[name]])));
}

/** What a parameter may be depends on the image; what it may never be is refused here, where it was given. */
function checkGiven(name: string, setting: string, value: unknown): void {
  if (value === null || !["number", "object", "undefined"].includes(typeof value)) {
    const allowed = "a number, an array of numbers, a tensor or a distribution";
    throw new ArgumentError(`${name}.${setting}`, describe(value), allowed);
  }
}

/** Refuses what an option cannot be. */
export function checkOption(argument: string, value: unknown, spec: OptionSpec): void {
  if (value === undefined && spec.required)
    throw new ArgumentError(argument, "nothing", `${spec.doc}; it has no default`);
  if (spec.allowed === "size") {
    if (value === undefined && spec.default === undefined) return;
    if (!Number.isInteger(value) || (value as number) < 1)
      throw new ArgumentError(argument, describe(value), "a whole number of pixels, at least 1");
  } else if (typeof spec.allowed === "string") {
    if (value === undefined) return;
    const [fits, words] = KERNEL_OPTIONS[spec.allowed];
    if (!fits(value)) throw new ArgumentError(argument, describe(value), words);
  } else if (isList(spec.allowed)) {
    if (!spec.allowed.includes(value))
      throw new ArgumentError(argument, describe(value), spec.allowed.map((item) => JSON.stringify(item)).join(", "));
  } else if (value !== undefined || spec.default !== undefined) {
    const { min: least, max: most, integer: whole } = spec.allowed;
    check(argument, value, number({ least, most, whole }));
  }
}

/** Whether an option is one of a few values. */
export const isList = (allowed: OptionSpec["allowed"]): allowed is readonly unknown[] => Array.isArray(allowed);
