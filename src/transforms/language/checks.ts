import { ArgumentError, describe } from "../../gpu/errors.ts";
import { A_FUNCTION, check, isPlainObject, number, oneOf, type Rule, refuseUnknown, rule } from "../../gpu/options.ts";
import { KERNEL_OPTIONS } from "../filter/kernel.ts";
import { checkCells, checkList, checkListsTogether } from "./check-lists.ts";
import { checkOption, isList } from "./construct.ts";
import type { EstimatorSpec, Example, Kind, NewDeclaration, OptionSpec, ParamSpec, Reads } from "./declaration.ts";

/** A kind that is missing here is a type error. */
const KINDS = Object.keys({
  point: true,
  map: true,
  field: true,
  line: true,
  stencil: true,
  resize: true,
  block: true,
  mix: true,
  program: true,
  composite: true,
} satisfies Record<Kind, true>);
const READS: readonly Reads[] = ["pixel", "place", "neighbours", "block", "image", "batch"];

const A_NAME = rule(
  "a name of letters and digits",
  (name) => typeof name === "string" && /^[A-Za-z][A-Za-z0-9]*$/.test(name),
);
// WGSL has a field of this name, unless the parameter says another, and no name with two underscores in front.
const A_SETTING = rule(
  "names of letters, digits and underscores",
  (name) => typeof name === "string" && /^[A-Za-z]\w*$/.test(name),
);
const TRUE = rule("true, or nothing", (value) => value === true);
const TEXT = rule("a few words", (value) => typeof value === "string");

/** What a transform that draws in the shader depends on. NaN stands for none: `sequential` draws it. */
export const SEED: ParamSpec = {
  role: "key",
  default: Number.NaN,
  integer: true,
  gradient: false,
  min: 0,
  max: Number.MAX_SAFE_INTEGER,
  unit: "seed",
  doc: "what its random numbers depend on",
};

/**
 * Random numbers are drawn for the pixels of a point, or of what a field looks through, or by the kernels of a program, which find the
 * words of the seed behind the other parameters; `seed` is then what they depend on.
 */
function checkDraws({ name, kind, params, options = {}, draws, linear, field }: NewDeclaration): void {
  if (draws === undefined) return;
  check(`draws of ${name}`, draws, number({ least: 1, most: 8, whole: true }));
  const isField = kind === "field" && field !== undefined && !field.made;
  if (!isField && kind !== "program" && (kind !== "point" || linear)) {
    const allowed = "a point that is not linear, a field that looks through a tensor, or a program";
    throw new ArgumentError(`draws of ${name}`, linear ? "a linear point" : `a ${kind}`, allowed);
  }
  // A declaration that is registered has the parameter.
  if ((params.seed && params.seed.role !== "key") || "seed" in options)
    throw new ArgumentError(`params of ${name}`, "seed", "names other than seed, which draws makes a parameter");
}

/** Linear points run where no size is at hand. */
function checkFrame({ name, kind, frame, linear }: NewDeclaration): void {
  if (frame && (kind !== "point" || linear))
    throw new ArgumentError(`frame of ${name}`, linear ? "a linear point" : `a ${kind}`, "a point that is not linear");
}

/** Masks get a point's own rule with another value. */
function checkCovers({ name, kind, covers, params }: NewDeclaration): void {
  if (covers === undefined) return;
  if (kind !== "point") throw new ArgumentError(`covers of ${name}`, `a ${kind}`, "a point");
  check(`covers of ${name}`, covers, oneOf(...Object.keys(params)));
}

/** A field alone looks where a place says. */
function checkReach({ name, kind, reach }: NewDeclaration): void {
  if (reach !== undefined && (kind !== "field" || typeof reach !== "function"))
    throw new ArgumentError(
      `reach of ${name}`,
      kind === "field" ? describe(reach) : `a ${kind}`,
      "a function of a field",
    );
}

const A_COUNT = number({ least: 1, most: 16, whole: true });

/** A mix says how many pixels it looks at, and by which one of its parameters it finds its partners. */
function checkMix({ name, kind, params, mix }: NewDeclaration): void {
  const partners = Object.keys(params).filter((param) => params[param].role === "partner");
  if (kind !== "mix") {
    if (partners.length > 0)
      throw new ArgumentError(
        `role of ${name}.${partners[0]}`,
        "partner",
        "a role that a parameter of a mix alone has",
      );
    return;
  }
  if (!isPlainObject(mix))
    throw new ArgumentError(`mix of ${name}`, describe(mix), "{ taps, reach, parts } or { taps, reach, shares }");
  check(`taps of ${name}`, mix.taps, A_COUNT);
  check(`reach of ${name}`, mix.reach, A_COUNT);
  if (mix.parts !== undefined && mix.shares !== undefined)
    throw new ArgumentError(`shares of ${name}`, "shares beside parts", "one of the two: shares follow from parts");
  const rule = mix.parts === undefined ? "shares" : "parts";
  check(`${rule} of ${name}`, mix[rule], A_FUNCTION);
  // One without a partner moves pixels of its own sample about.
  if (partners.length > 1 || (partners.length === 1 && typeof (params[partners[0]].size ?? 1) !== "number")) {
    const given = partners.length === 1 ? "one per channel" : `${partners.length} of role partner`;
    throw new ArgumentError(
      `params of ${name}`,
      given,
      "at most one parameter of role partner, with one or several values per sample",
    );
  }
}

/** A composite says what it is made of, and nothing else does. */
function checkComposite({ name, kind, composite }: NewDeclaration): void {
  if (kind !== "composite" && composite === undefined) return;
  if (kind !== "composite") throw new ArgumentError(`composite of ${name}`, `a ${kind}`, "nothing but for a composite");
  if (!isPlainObject(composite))
    throw new ArgumentError(`composite of ${name}`, describe(composite), "{ chains, combine }");
  check(`chains of ${name}`, composite.chains, A_FUNCTION);
  if (composite.combine !== undefined) check(`combine of ${name}`, composite.combine, A_FUNCTION);
}

/** What a declaration has to be before anything is made of it; its WGSL is looked at when it is first used. */
export function checkDeclaration(declaration: NewDeclaration): void {
  if (!isPlainObject(declaration)) throw new ArgumentError("declaration", describe(declaration), "an object");
  const { name, kind, params, options = {}, module, wgsl, reads, estimator, example } = declaration;
  check("name", name, A_NAME);
  checkComposite(declaration);
  if (kind !== "composite" && module === undefined && typeof wgsl !== "string" && !isShader(wgsl))
    throw new ArgumentError(`wgsl of ${name}`, describe(wgsl), "WGSL, or a module that has it");
  check(`kind of ${name}`, kind, oneOf(...KINDS));
  if (typeof params !== "object" || params === null)
    throw new ArgumentError(`params of ${name}`, describe(params), "an object of parameters, which may be empty");
  if (typeof options !== "object" || options === null)
    throw new ArgumentError(`options of ${name}`, describe(options), "an object of options, or nothing");
  for (const setting of [...Object.keys(params), ...Object.keys(options)])
    check(`params of ${name}`, setting, A_SETTING);
  const twice = Object.keys(options).find((option) => option in params);
  if (twice !== undefined) throw new ArgumentError(`options of ${name}`, twice, "names that no parameter has");
  for (const [param, spec] of Object.entries(params)) checkParam(`${name}.${param}`, spec);
  checkListsTogether(name, params);
  for (const [option, spec] of Object.entries(options)) checkSpec(`${name}.${option}`, spec);
  checkMix(declaration);
  checkFrame(declaration);
  checkReach(declaration);
  checkCovers(declaration);
  if (reads !== undefined) check(`reads of ${name}`, reads, oneOf(...READS));
  if (declaration.draws !== undefined) checkDraws(declaration);
  if (estimator !== undefined) checkEstimator(name, estimator, "estimator" in params || "estimator" in options);
  if (example !== undefined)
    checkExample(name, example, declaration.draws ? { seed: SEED, ...params } : params, options);
}

const isShader = (value: unknown): boolean =>
  isPlainObject(value) && typeof value.path === "string" && "source" in value;

/** One number, or one for each of the parameter's values. */
const valuesOf = (spec: ParamSpec, integer: boolean, bounds: Pick<ParamSpec, "min" | "max"> = spec): Rule => {
  const one = number({ least: bounds.min, most: bounds.max, whole: integer });
  const { size = 1, list } = spec;
  const isOpen = list || typeof size === "string";
  const count = isOpen ? "several" : String(size);
  return rule(size === 1 && !list ? one.allowed : `${one.allowed}, or ${count} of them`, (value) =>
    Array.isArray(value)
      ? (isOpen ? value.length > 0 : value.length === size) && value.every((each) => one.fits(each))
      : one.fits(value),
  );
};

const range = (bounds: Pick<ParamSpec, "min" | "max">): Rule => {
  const one = number({ least: bounds.min, most: bounds.max });
  return rule(
    `two numbers, each ${one.allowed}`,
    (value) => Array.isArray(value) && value.length === 2 && value.every((each) => one.fits(each)),
  );
};

/** Numbers of values that follow from the image, or from the size of a kernel. */
const SIZES = ["C", "kernel", "kernelWidth", "kernelHeight", "points"];

/** A parameter's values are numbers within its bounds, wherever its declaration has some. */
function checkParam(argument: string, spec: ParamSpec): void {
  if (!isPlainObject(spec)) throw new ArgumentError(argument, describe(spec), "an object: what the parameter is");
  const { size, list, integer, gradient, min, max, neutral, usual, intensity, field } = spec;
  if (size !== undefined && !SIZES.includes(size as string) && !(Number.isInteger(size) && (size as number) >= 1))
    throw new ArgumentError(
      `size of ${argument}`,
      describe(size),
      `a whole number of at least 1, ${SIZES.map((name) => JSON.stringify(name)).join(", ")}`,
    );
  if (size === "points" && spec.role !== "through")
    throw new ArgumentError(
      `size of ${argument}`,
      '"points"',
      "another size: a field alone has points, which it is made of",
    );
  if (spec.cells !== undefined) checkCells(argument, spec);
  if (list !== undefined) checkList(argument, spec);
  if (integer !== undefined) check(`integer of ${argument}`, integer, TRUE);
  if (gradient !== undefined && (gradient as unknown) !== false)
    throw new ArgumentError(`gradient of ${argument}`, describe(gradient), "false, or nothing");
  for (const [name, bound] of Object.entries({ min, max }))
    if (bound !== undefined) check(`${name} of ${argument}`, bound, number());
  if (min !== undefined && max !== undefined && min > max)
    throw new ArgumentError(`min of ${argument}`, `${min} above a max of ${max}`, "a number that max is not below");
  // As a default NaN stands for the centre.
  if (spec.default !== undefined && !Number.isNaN(spec.default))
    check(`default of ${argument}`, spec.default, valuesOf(spec, integer === true));
  if (neutral !== undefined) check(`neutral of ${argument}`, neutral, valuesOf(spec, integer === true));
  for (const [name, pair] of Object.entries({ usual, intensity }))
    if (pair !== undefined) check(`${name} of ${argument}`, pair, range(spec));
  for (const [name, text] of Object.entries({ unit: spec.unit, doc: spec.doc }))
    check(`${name} of ${argument}`, text, TEXT);
  if (field !== undefined) check(`field of ${argument}`, field, A_SETTING);
}

function checkSpec(argument: string, spec: OptionSpec): void {
  if (!isPlainObject(spec)) throw new ArgumentError(argument, describe(spec), "an object: what the option is");
  const { allowed } = spec;
  const fits = isList(allowed)
    ? allowed.length > 0
    : allowed === "size" || (allowed as string) in KERNEL_OPTIONS || isPlainObject(allowed);
  if (!fits)
    throw new ArgumentError(
      `allowed of ${argument}`,
      describe(allowed),
      `a list of values, { min, max, integer }, "size" or ${Object.keys(KERNEL_OPTIONS)
        .map((name) => JSON.stringify(name))
        .join(", ")}`,
    );
  if (isPlainObject(allowed)) {
    const known = ["min", "max", "integer"];
    const unknown = Object.keys(allowed).find((key) => !known.includes(key));
    if (unknown !== undefined) refuseUnknown(`allowed of ${argument}`, unknown, known, "bound");
  }
  check(`doc of ${argument}`, spec.doc, TEXT);
  if (spec.default !== undefined) checkOption(`default of ${argument}`, spec.default, spec);
}

function checkEstimator(name: string, estimator: EstimatorSpec, taken: boolean): void {
  const argument = `estimator of ${name}`;
  if (taken) throw new ArgumentError(argument, "a setting of that name beside it", "no other setting of that name");
  const surrogates = isPlainObject(estimator) ? (estimator as Partial<EstimatorSpec>).surrogates : undefined;
  if (!isPlainObject(surrogates) || Object.keys(surrogates).length === 0)
    throw new ArgumentError(argument, describe(estimator), "{ default, surrogates: { name: formula } }");
  for (const [key, formula] of Object.entries(surrogates)) {
    check(argument, key, A_NAME);
    check(`surrogate ${key} of ${name}`, formula, TEXT);
  }
  check(`default of ${argument}`, estimator.default, oneOf(...Object.keys(surrogates)));
}

/** An example has to be one: a value that the declaration refuses is no example of it. */
function checkExample(
  name: string,
  example: Example,
  params: Readonly<Record<string, ParamSpec>>,
  options: Readonly<Record<string, OptionSpec>>,
): void {
  if (!isPlainObject(example)) throw new ArgumentError(`example of ${name}`, describe(example), "{ params, options }");
  for (const [param, value] of Object.entries((example as Example).params ?? {})) {
    if (!(param in params)) refuseUnknown(`example of ${name}`, param, Object.keys(params), "parameter");
    check(`example of ${name}.${param}`, value, valuesOf(params[param], params[param].integer === true));
  }
  for (const [option, value] of Object.entries((example as Example).options ?? {})) {
    if (option === "estimator") continue;
    if (!(option in options)) refuseUnknown(`example of ${name}`, option, Object.keys(options), "option");
    checkOption(`example of ${name}.${option}`, value, options[option]);
  }
  for (const [param, spec] of Object.entries(params)) {
    // An image is no plain value.
    const isNeeded = spec.default === undefined && spec.role !== "image";
    if (isNeeded && !(param in ((example as Example).params ?? {})))
      throw new ArgumentError(`example of ${name}`, "nothing", `a value of ${param}, which has no default`);
  }
  for (const [option, spec] of Object.entries(options)) {
    if (spec.required && !(option in ((example as Example).options ?? {})))
      throw new ArgumentError(`example of ${name}`, "nothing", `a value of ${option}, which has no default`);
  }
}
