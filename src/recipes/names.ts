import { ArgumentError, describe, nearest } from "../gpu/index.ts";

/** An error that says which name is not known, and which one was probably meant. */
export function unknownName(at: string, name: unknown, known: Iterable<string>, what: string): ArgumentError {
  const names = [...known];
  const meant = typeof name === "string" && name.length < 100 ? nearest(name, names) : undefined;
  const hint = meant === undefined ? "" : `, an unknown ${what} (did you mean ${JSON.stringify(meant)}?)`;
  const allowed = names.length <= 40 ? names.join(", ") : `one of ${names.length} names`;
  return new ArgumentError(at, `${describe(name)}${hint}`, `a ${what}: ${allowed}`);
}
