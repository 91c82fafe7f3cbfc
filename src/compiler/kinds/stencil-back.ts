/** What the way back stores of every output pixel, `Back` and the gradient of the one in the middle, and how it is read again. */

import { indent } from "./stencil-cells.ts";
import { backFields, type StencilSpec, storedFields } from "./stencil-module.ts";

const lanes = ["x", "y", "z"];
const lanesOf = (channels: number): readonly string[] => lanes.slice(0, Math.min(channels, 3));

/**
 * Where a thread's stored values begin, of each field and channel by itself: `kept_of`. Fields lie one after the other, those of three
 * channels as images, others by groups. It is worked out once, as reading a size from the uniform takes half as long as reading a pixel.
 */
export function keptCode(spec: StencilSpec): string {
  const { channels } = spec;
  const fields = storedFields(spec.head);
  const hasParts = channels > 3 && channels % 3 !== 0;
  const places = fields.flatMap(({ type }, f) => {
    const before = fields.slice(0, f);
    const images = before.filter((field) => field.type !== "f32").length;
    const at = `shape.samples * pixels * (${images}u * CHANNELS + ${f - images}u * GROUPS)`;
    if (type === "f32") return [`${at} + (n * GROUPS + lane / 3u) * pixels`];
    return lanesOf(channels).map((_, k) => `${at} + (n * CHANNELS + min(lane + ${k}u, CHANNELS - 1u)) * pixels`);
  });
  return `struct Kept { size: vec2i, lanes: u32, ${places.map((_, k) => `at${k}: u32`).join(", ")} }

fn kept_of(n: u32, lane: u32) -> Kept {
  let pixels = shape.out_width * shape.out_height;
  let size = vec2i(vec2u(shape.out_width, shape.out_height));
  return Kept(size, ${hasParts ? "CHANNELS - lane" : "3u"}, ${places.join(", ")});
}
`;
}

/** `save_back` and `load_back`. */
export function backCode(spec: StencilSpec, writes: boolean): string {
  const { channels } = spec;
  const fields = storedFields(spec.head);
  const hasParts = channels > 3 && channels % 3 !== 0;
  let place = 0;
  const lines = fields.flatMap(({ name, type }) => {
    const one = (to: string, k: number): string => {
      const at = `back[kept.at${place++} + i]`;
      if (k === 0 || !hasParts) return writes ? `${at} = ${to};` : `${to} = ${at};`;
      return writes ? `if (${k}u < kept.lanes) { ${at} = ${to}; }` : `${to} = select(0.0, ${at}, ${k}u < kept.lanes);`;
    };
    if (type === "f32") return [one(`b.${name}`, 0)];
    return lanesOf(channels).map((lane, k) => one(`b.${name}.${lane}`, k));
  });
  const struct = `struct Stored { ${fields.map(({ name, type }) => `${name}: ${type}`).join(", ")} }`;
  return writes
    ? `${struct}

fn save_back(b: Stored, kept: Kept, i: u32) {
${indent(lines)}
}
`
    : `${struct}

fn load_back(kept: Kept, i: u32) -> Stored {
${indent(["var b: Stored;", ...lines, "return b;"])}
}
`;
}

export const backOf = ({ head }: StencilSpec, from: string): string =>
  `s::Back(${backFields(head.transform.declaration)
    .map(({ name }) => `${from}.${name}`)
    .join(", ")})`;
