import type { Entry } from "./plan.ts";

/** The items of the entries that stand within no other one. */
export function outermost<T>(entries: readonly Entry[], items: readonly T[]): T[] {
  const found: T[] = [];
  for (let i = 0; i < entries.length; i += 1 + entries[i].inside) found.push(items[i]);
  return found;
}

/** The numbers of the entries that stand within one, and within no other there. */
export const withinOf = (entries: readonly Entry[], i: number): number[] =>
  outermost(
    entries.slice(i + 1, i + 1 + entries[i].inside),
    Array.from({ length: entries[i].inside }, (_, k) => i + 1 + k),
  );
