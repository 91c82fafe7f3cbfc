import { Recent } from "../gpu/index.ts";
import type { Declaration, Transform } from "../transforms/index.ts";
import { listsOf } from "./pack/lists.ts";
import type { Bound } from "./pass.ts";

const codes = new Map<string, number>();
const codeIds = new WeakMap<Declaration, number>();

/** A number that declarations share only where equal code is made of them: a name may be declared again, with other WGSL. */
export function codeId(declaration: Declaration): number {
  let id = codeIds.get(declaration);
  if (id === undefined) {
    const content = JSON.stringify(declaration, (_, value) => (typeof value === "bigint" ? `${value}n` : value));
    id = codes.get(content) ?? codes.size;
    codes.set(content, id);
    codeIds.set(declaration, id);
  }
  return id;
}

/** Module of a transform that a user declared with WGSL of its own: one chain may hold two of one name. */
export const userModule = (declaration: Declaration): string => `user::${declaration.name}_${codeId(declaration)}`;

/** Path of a transform's WGSL module: its own file, or what a user declared. */
export const modulePath = ({ transform: { declaration } }: Bound): string =>
  declaration.wgsl ? userModule(declaration) : declaration.module;

/** Names a value of an option so that no two differing values, or lists of them, have one name. */
function valueKey(value: unknown): string {
  // Most are numbers, switches and nothing, whose text is theirs alone.
  if (typeof value === "number" || typeof value === "boolean" || value === undefined) return String(value);
  return typeof value === "object" && value !== null
    ? JSON.stringify(value)
    : `${typeof value} ${JSON.stringify(value)}`;
}

/** What the code of a transform depends on: declaration, options in the shader and gate, but no values. */
export function linkKey({ transform: { declaration, options }, gate }: Bound): string {
  let inShader = "";
  for (const name in declaration.options)
    if (declaration.options[name].inShader) inShader += `,${valueKey(options[name])}`;
  const lists = listsOf({ options });
  for (const name in lists) inShader += `,${name} ${lists[name].length} ${lists[name].tables}`;
  return `${declaration.name}#${codeId(declaration)}(${inShader})${gate === "always" ? "" : `@${gate}`}`;
}

/** Says that an option that is no plain value follows, as a text. */
const LISTED = Symbol("listed");

/** Adds the values of options to what a plan depends on: numbers, words and switches as they are, lists by what they hold now. */
export function optionFacts(options: Readonly<Record<string, unknown>>, facts: unknown[]): void {
  for (const name in options) {
    const value = options[name];
    const isPlain = value === null || (typeof value !== "object" && typeof value !== "function");
    if (isPlain) facts.push(value);
    else facts.push(LISTED, JSON.stringify(value));
  }
}

/** Names of codes, so many at least: one that was not used for long may come again under another one. */
const names = new Recent<string>(8192);
let named = 0;

/** A short name of a long text, which every dispatch looks up; texts that differ have different ones. */
export function shortened(text: string): string {
  let name = names.get(text);
  if (name === undefined) names.set(text, (name = `#${named++}`));
  return name;
}

/** Options as they are now: lists in them are the caller's, who may change them. */
export function keptOptions({ options }: Transform): Readonly<Record<string, unknown>> {
  const kept: Record<string, unknown> = {};
  for (const name in options) {
    const value = options[name];
    kept[name] = Array.isArray(value) ? Object.freeze([...value]) : value;
  }
  return Object.freeze(kept);
}
