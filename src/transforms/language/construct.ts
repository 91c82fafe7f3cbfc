import { ArgumentError, describe } from "../../gpu/errors.ts";
import { check, flag, number, refuseUnknown } from "../../gpu/options.ts";
import { KERNEL_OPTIONS } from "../filter/kernel.ts";
import { fieldSize } from "../geometry/look.ts";
import { type Declaration, needsField, type OptionSpec, type ParamSpec, type Transform } from "./declaration.ts";
import { printer, showTransform } from "./show.ts";
import type { ParamValue } from "./values.ts";

/** Settings that every transform takes, unless it declares one of that name itself. */
const COMMON = ["p", "on", "key", "sameOnBatch"];

/** The names of the settings that a transform takes. */
export function settingsOf({ params, options = {}, field }: Declaration): string[] {
  const source = field?.name === undefined ? [] : [field.name];
  return [...new Set([...Object.keys(params), ...Object.keys(options), ...source, ...COMMON])];
}

/** Where nothing is declared. */
const NONE: Readonly<Record<string, never>> = Object.freeze({});

/** Makes a transform of settings, which it checks as far as that can be done without an image. Every step makes its transforms anew. */
export function construct(declaration: Declaration, settings: Readonly<Record<string, unknown>>): Transform {
  const { name, params: specs, options: choices = NONE, field: source } = declaration;
  const common = (setting: string): unknown => {
    const given = settings[setting];
    return given === undefined || setting in specs || setting in choices ? undefined : given;
  };
  const p = common("p");
  const on = common("on");
  checkGiven(name, "p", p);
  checkGiven(name, "on", on);
  const params: Record<string, ParamValue> = {};
  for (const param in specs) params[param] = paramOf(name, param, settings[param], specs[param]);
  const field = source?.name === undefined ? undefined : settings[source.name];
  if (source?.name !== undefined) {
    checkGiven(name, source.name, field);
    if (field === undefined && needsField(declaration))
      throw new ArgumentError(`${name}.${source.name}`, "nothing", `${source.doc} (${source.unit}); it has no default`);
  }
  const options: Record<string, unknown> = {};
  for (const option in choices) {
    const given = settings[option];
    const value = given === undefined ? choices[option].default : given;
    checkOption(`${name}.${option}`, value, choices[option]);
    options[option] = value;
  }
  if (source?.sizes) [options.height, options.width] = fieldSize(field) ?? [];
  for (const setting of Object.keys(settings)) {
    const isKnown = Object.hasOwn(specs, setting) || Object.hasOwn(choices, setting) || COMMON.includes(setting);
    if (!isKnown && setting !== source?.name) refuseUnknown(name, setting, settingsOf(declaration), "setting");
  }
  const key = common("key");
  const sameOnBatch = common("sameOnBatch");
  if (key !== undefined && typeof key !== "string")
    throw new ArgumentError(`${name}.key`, describe(key), "a string: the name of its random stream");
  if (sameOnBatch !== undefined) check(`${name}.sameOnBatch`, sameOnBatch, flag);
  const made = { declaration, params, options, p, on, key } as { -readonly [Name in keyof Transform]: Transform[Name] };
  if (field !== undefined) made.field = field as Transform["field"];
  if (sameOnBatch !== undefined) made.sameOnBatch = sameOnBatch as boolean;
  return withText(made);
}

const withText = printer(showTransform);

/** The value of a parameter: what was given, or its default. */
function paramOf(name: string, param: string, given: unknown, spec: ParamSpec): ParamValue {
  // As a default NaN stands for the centre; nobody means that by a NaN of their own.
  if (Number.isNaN(given)) throw new ArgumentError(`${name}.${param}`, "NaN", `a finite number (f32) of ${spec.unit}`);
  const value = given === undefined ? spec.default : given;
  checkGiven(name, param, value);
  if (value === undefined)
    throw new ArgumentError(`${name}.${param}`, "nothing", `${spec.doc} (${spec.unit}); it has no default`);
  return value as ParamValue;
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
  const type = typeof value;
  if (value === null || (type !== "number" && type !== "object" && type !== "undefined")) {
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
