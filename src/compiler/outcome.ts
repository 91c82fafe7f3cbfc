import { ArgumentError, ShapeError } from "../gpu/index.ts";
import { type Shape, show } from "../tensor/index.ts";
import type { Transform } from "../transforms/index.ts";
import type { Bound } from "./pass.ts";

/** Shape of the result of one transform. */
export function outputSize({ declaration, options }: Transform, input: Shape): Shape {
  if (!declaration.size && !declaration.outChannels) return input;
  const [n, c, h, w] = input;
  const given = options as Record<string, unknown>;
  const [height, width] = declaration.size?.(given, [h, w]) ?? [h, w];
  return [n, declaration.outChannels?.(given, c) ?? c, height, width];
}

/** {@link outputSize}, checked: samples of a batch have one size, whatever their coins show. */
export function sized({ transform, gate }: Bound, input: Shape): Shape {
  const output = outputSize(transform, input);
  const { name } = transform.declaration;
  if (gate !== "always" && (output[2] !== input[2] || output[3] !== input[3])) {
    throw new ArgumentError(
      `${name}.p`,
      "a probability or a choice",
      `none: it changes the size from ${show(input)} to ${show(output)}, and samples of a batch have one size`,
    );
  }
  if (output[2] < 1 || output[3] < 1) throw new ShapeError(name, show(output), "sizes of at least 1");
  return output;
}
