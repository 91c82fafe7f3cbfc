import erasingWgsl from "../../shaders/blend/erasing.wgsl";
import { define } from "./declare.ts";
import type { ParamValue } from "./values.ts";

const edge = (doc: string) => ({ unit: "pixels", doc });

/**
 * Replaces a rectangle by `value`. Edges, not centres: the rectangle [0, 0, W, H] is the whole image. An edge inside a
 * pixel covers a part of it, so that place and size are differentiable; whole numbers give the hard rectangle.
 */
export const erasing = define<{
  /** Left edge, in pixels. */
  x: ParamValue;
  /** Upper edge, in pixels. */
  y: ParamValue;
  /** Width of the rectangle, in pixels. */
  width: ParamValue;
  /** Height of the rectangle, in pixels. */
  height: ParamValue;
  /** What the rectangle becomes; 0 unless given. */
  value?: ParamValue;
}>({
  name: "erasing",
  kind: "point",
  wgsl: erasingWgsl,
  linear: true,
  position: true,
  params: {
    x: edge("left edge"),
    y: edge("upper edge"),
    width: { ...edge("width of the rectangle"), min: 0 },
    height: { ...edge("height of the rectangle"), min: 0 },
    value: { default: 0, unit: "intensity", doc: "what the rectangle becomes" },
  },
  doc: "y = x + cover · (value − x)",
  source: "Zhong et al. 2017, Random Erasing; the cover is augrad's",
});
