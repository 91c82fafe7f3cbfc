/** What a field looks through: its size, which may be that of the result. */

/** Size [height, width] of what a field looks through; none for what is no such tensor. */
export function fieldSize(field: unknown): [number, number] | undefined {
  const shape = (Array.isArray(field) ? field[0] : field)?.shape;
  if (!Array.isArray(shape)) return undefined;
  // Of both forms that it might have, the one with a plane for x and one for y.
  const first = shape.length === 3 || shape[1] !== 2 ? 1 : 2;
  return [shape[first], shape[first + 1]];
}
