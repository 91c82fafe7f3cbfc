/** Whether some of a thread's three channels may not exist. */
export const isPartial = (channels: number): boolean => channels % 3 !== 0;

/** Whether that differs from thread to thread: four channels are a group of three and a group of one. */
export const hasPartGroups = (channels: number): boolean => isPartial(channels) && channels > 3;

/**
 * What keeps lanes of channels that do not exist apart. `own` makes them 0: so they are at the input of every transform. `safe`
 * is for `backward`, which multiplies by their gradient of 0: next to nothing, but 1 / x and log x are finite.
 */
export function lanesCode(channels: number): string {
  if (!isPartial(channels)) return "";
  const [zero, little] = ["0.0", "1e-18"].map((v) =>
    hasPartGroups(channels)
      ? `select(vec3f(${v}), x, r.there)`
      : `vec3f(${["x.x", channels > 1 ? "x.y" : v, v].join(", ")})`,
  );
  return `fn own(x: vec3f, r: Row) -> vec3f { return ${zero}; }
fn safe(x: vec3f, r: Row) -> vec3f { return ${little}; }
`;
}

/** `x` with 0 in lanes of channels that do not exist. */
export const own = (channels: number, x: string): string => (isPartial(channels) ? `own(${x}, r)` : x);

/** `x` with next to nothing in them. */
export const safe = (channels: number, x: string): string => (isPartial(channels) ? `safe(${x}, r)` : x);
