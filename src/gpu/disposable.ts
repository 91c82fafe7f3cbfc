/**
 * The key of `using`. Where an engine has no `Symbol.dispose` (Safari), compilers that lower `using` look for this symbol
 * of the registry instead; a bare `[Symbol.dispose]` would make a method called "undefined" there.
 */
export const disposeKey: typeof Symbol.dispose =
  Symbol.dispose ?? (Symbol.for("Symbol.dispose") as typeof Symbol.dispose);
