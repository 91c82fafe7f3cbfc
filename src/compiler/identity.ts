import type { Declaration, Transform } from "../transforms/index.ts";
import { listsOf } from "./pack/lists.ts";
import type { Bound } from "./pass.ts";

const codes = new Map<string, number>();
const codeIds = new WeakMap<Declaration, number>();
const planIds = new WeakMap<Declaration, number>();
let plansSeen = 0;

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

/** A number of a declaration's own: its functions decide about sizes, and no text says whether two functions are equal. */
function planId(declaration: Declaration): number {
  let id = planIds.get(declaration);
  if (id === undefined) planIds.set(declaration, (id = plansSeen++));
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

/** What the plan of a transform depends on besides: which declaration it is, and all of its options. */
export function planKey({ transform: { declaration, options }, near }: Bound): string {
  let key = `${planId(declaration)}${near ? " near" : ""}`;
  for (const name in options) key += `,${valueKey(options[name])}`;
  return key;
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
