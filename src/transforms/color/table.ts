import lutWgsl from "../../../shaders/color/lut.wgsl";
import { define } from "../language/declare.ts";
import type { ListValue } from "../language/values.ts";

/**
 * Looks every value up in a table: the first entry is what 0 becomes, the last one what 1 becomes, and the others lie evenly between.
 * What is below 0 or above 1 becomes the first or the last. So does any curve, and an 8-bit table of 256 entries.
 *
 * Its gradient in the image is the slope of the table there, for `nearest` too (straight-through); in the table, each entry gets that of
 * the values which took it.
 */
export const lut = define<{
  /**
   * 2 to 256 entries, `[K]`; one table per sample, `[N, K]`; or one per sample and channel, `[N, C, K]`. 1 stands for all samples, or
   * all channels.
   */
  table: ListValue;
  /** Between two entries: `linear` (unless given), or the `nearest` one. */
  interpolation?: "linear" | "nearest";
}>({
  name: "lut",
  kind: "point",
  wgsl: lutWgsl,
  params: { table: { list: { min: 2, max: 256 }, unit: "intensity", doc: "what values from 0 to 1 become" } },
  options: {
    interpolation: {
      default: "linear",
      allowed: ["linear", "nearest"],
      doc: "what lies between two entries",
      inShader: true,
    },
  },
  example: { params: { table: [0.1, 0.15, 0.5, 0.9, 0.8] } },
  doc: "y = table(x), 0 at its first entry, 1 at its last",
  source: "OpenCV, LUT; PIL, Image.point",
});
