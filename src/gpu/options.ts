import { ArgumentError, describe } from "./errors.ts";

/**
 * What an option or an argument may be. Own code, no schema library: each is larger than this file, and its messages would
 * have to be written anew.
 */
export interface Rule {
  /** In words, for messages: "true or false". */
  readonly allowed: string;
  /** Whether a value may be given. */
  fits(value: unknown): boolean;
}

/** A rule of one's own: `rule("a canvas", isCanvas)`. */
export const rule = (allowed: string, fits: (value: unknown) => boolean): Rule => ({ allowed, fits });

/** True or false. */
export const flag = rule("true or false", (value) => typeof value === "boolean");
/** A string. */
export const text = rule("a string", (value) => typeof value === "string");
/** A function. */
export const A_FUNCTION = rule("a function", (value) => typeof value === "function");
/** A value that the caller of {@link readOptions} checks itself. */
export const checkedLater = rule("anything", () => true);

/** An object of WebGPU or of the page, by the methods that are used of it: the class of another window is another class. */
export const having = (allowed: string, ...methods: readonly string[]): Rule =>
  rule(allowed, (value) => {
    const object = value as Record<string, unknown> | null | undefined;
    return methods.every((method) => typeof object?.[method] === "function");
  });

/** One of a few values. */
export const oneOf = (...values: readonly unknown[]): Rule =>
  rule(values.join(", "), (value) => values.includes(value));

/** Bounds of a number; `above` and `below` are themselves not allowed. */
export interface Range {
  least?: number;
  above?: number;
  most?: number;
  below?: number;
  /** Whole numbers only. */
  whole?: boolean;
}

/** A finite number within bounds. */
export function number(range: Range = {}): Rule {
  const { least, above, most, below, whole = false } = range;
  const words =
    least !== undefined && most !== undefined
      ? [`from ${least} to ${most}`]
      : Object.entries({ "at least": least, above, "at most": most, below }).flatMap(([word, bound]) =>
          bound === undefined ? [] : [`${word} ${bound}`],
        );
  return rule(
    [whole ? "a whole number" : "a finite number", words.join(" and ")].filter(Boolean).join(" "),
    (value) =>
      typeof value === "number" &&
      (whole ? Number.isSafeInteger(value) : Number.isFinite(value)) &&
      value >= (least ?? -Infinity) &&
      value > (above ?? -Infinity) &&
      value <= (most ?? Infinity) &&
      value < (below ?? Infinity),
  );
}

/** Returns a value that fits. @throws ArgumentError that names `argument`, what was given, and what is allowed */
export function check<T>(argument: string, value: T, { fits, allowed }: Rule): T {
  if (!fits(value)) throw new ArgumentError(argument, describe(value), allowed);
  return value;
}

/**
 * The options given to a function, each with a rule. Nothing is ignored: what has no rule is refused, with the name that was
 * probably meant. Options that are undefined count as not given.
 *
 *     const { momentum = 0 } = readOptions<SgdOptions>("sgd", options, { momentum: number({ least: 0, below: 1 }), … });
 *
 * @param what the function, for messages: `sgd`
 * @throws ArgumentError for what is no plain object, an option without a rule, or a value that its rule refuses
 */
export function readOptions<T extends object>(
  what: string,
  given: T | undefined,
  rules: { readonly [Name in keyof T]-?: Rule },
): T {
  const read: Record<string, unknown> = {};
  if (given === undefined) return read as T;
  if (!isPlainObject(given)) {
    const names = Object.keys(rules).join(", ") || "no option";
    throw new ArgumentError(`options of ${what}()`, describe(given), `an object of options: ${names}`);
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(rules, name)) refuseUnknown("options", name, Object.keys(rules), "option", what);
    const value = given[name];
    if (value === undefined) continue;
    const { fits, allowed } = rules[name as keyof T];
    if (!fits(value)) throw new ArgumentError(name, describe(value), `${allowed} (an option of ${what}())`);
    read[name] = value;
  }
  return read as T;
}

/** Throws that a name is not known, with the one that was probably meant. `where` is what it stands in: `options`. */
export function refuseUnknown(where: string, name: string, known: readonly string[], what: string, of = ""): never {
  const meant = nearest(name, known);
  const hint = meant === undefined ? "" : ` (did you mean ${JSON.stringify(meant)}?)`;
  const argument = /^[\w$]+$/.test(name) ? `${where}.${name}` : `${where}[${describe(name)}]`;
  const allowed = known.length ? known.join(", ") : `no ${what}`;
  throw new ArgumentError(argument, `an unknown ${what}${hint}`, of ? `${allowed} (${what}s of ${of}())` : allowed);
}

/** An object literal, or what JSON.parse makes; of another window, too. No array, no class, no Map. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** What other libraries call it. */
const ELSEWHERE = new Map<string, readonly string[]>([
  ["dim", ["axes", "axis"]],
  ["gradoutputs", ["gradient"]],
  ["training", ["requiresGrad"]],
]);

/** The known name that was probably meant: `lr` for learningRate, `requires_grad` for requiresGrad, `axis` for axes. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const asked = plain(name);
  const foreign = ELSEWHERE.get(asked)?.find((other) => known.includes(other));
  if (foreign) return foreign;
  let best: string | undefined;
  let least = Infinity;
  for (const candidate of known) {
    const word = plain(candidate);
    const initials = plain(candidate.replace(/([A-Z])|(?<!^)[a-z0-9]/g, "$1"));
    const holds = asked.length > 2 && word.length > 2 && (asked.includes(word) || word.includes(asked));
    const apart = asked === initials ? 0.5 : holds ? 1 : distance(asked, word);
    if (apart < least && apart <= Math.max(1, Math.min(asked.length, word.length) / 3))
      [best, least] = [candidate, apart];
  }
  return best;
}

/** How many letters to put in, take out or change (Levenshtein 1965). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length];
}
