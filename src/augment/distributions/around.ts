import { add, exp, mul } from "../../autograd/index.ts";
import { ArgumentError, readOptions } from "../../gpu/index.ts";
import type { Around, Bound } from "../../transforms/index.ts";
import { checkBound, checkComponents, componentsOf, frozen, LARGEST, numberAt } from "./bounds.ts";
import { type Family, made, rounded, sharing, table, type Value } from "./family.ts";
import { RANGE, type RangeOptions, scaleText } from "./range.ts";

/**
 * Uniform on [centre - width, centre + width]: centre + (2u - 1) width. With `scale: "log"`, centre exp((2u - 1) width):
 * the width is then in natural logarithms. A learned width may become negative: the range is the same.
 * @throws ArgumentError for a number that is NaN, infinite, or a negative width; for a centre that is not positive with `scale: "log"`
 */
export function around(centre: Bound, width: Bound, options?: RangeOptions): Around {
  const { scale = "linear", ...read } = readOptions<RangeOptions>("around", options, RANGE);
  checkBound("centre", centre, scale);
  checkBound("width", width, "linear", 0);
  checkComponents("width", centre, width);
  for (let i = 0; i < Math.max(componentsOf(centre), componentsOf(width)); i++) {
    const c = numberAt(centre, i);
    const w = numberAt(width, i);
    const most = scale === "log" ? c * Math.exp(w) : Math.abs(c) + w;
    if (most > LARGEST) throw new ArgumentError("width", `${w} around ${c}`, "a range that f32 can hold");
  }
  return made(AROUND, {
    distribution: "around",
    centre: frozen(centre),
    width: frozen(width),
    scale,
    ...sharing(read),
  });
}

const f32 = Math.fround;

export const AROUND: Family<Around> = {
  bounds: ({ centre, width }) => [
    ["centre", centre],
    ["width", width],
  ],
  support(of, k) {
    const centre = numberAt(of.centre, k);
    const width = numberAt(of.width, k);
    return of.scale === "log"
      ? [[centre * Math.exp(-width), centre * Math.exp(width)]]
      : [[centre - width, centre + width]];
  },
  value,
  ...rounded(value),
  draw(of, { bound, keep, upload, units }) {
    const centre = bound("centre", of.centre);
    const width = bound("width", of.width);
    const offset = keep(mul(upload(units.map((u) => 2 * u - 1)), width));
    return of.scale === "linear" ? keep(add(centre, offset)) : keep(mul(centre, keep(exp(offset))));
  },
  text: (of) => ({ given: [of.centre, of.width], options: scaleText(of) }),
};

function value(of: Around, components: number): Value {
  const centre = table(components, (k) => f32(numberAt(of.centre, k)));
  const width = table(components, (k) => f32(numberAt(of.width, k)));
  if (of.scale === "log") return (u, k) => f32(centre[k] * Math.exp((2 * u - 1) * width[k]));
  return (u, k) => f32(centre[k] + f32((2 * u - 1) * width[k]));
}
