import erasingWgsl from "../../../shaders/noise/erasing.wgsl";
import { define, type ParamSpec } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";

const edge = (doc: string): ParamSpec => ({ usual: [0, 224], unit: "pixels", doc });
const side = (doc: string): ParamSpec => ({
  min: 0,
  neutral: 0,
  usual: [0, 112],
  intensity: [0, 112],
  unit: "pixels",
  doc,
});

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
    width: side("width of the rectangle"),
    height: side("height of the rectangle"),
    value: { default: 0, usual: [0, 1], unit: "intensity", doc: "what the rectangle becomes" },
  },
  example: { params: { x: 1.3, y: 2.2, width: 3.4, height: 2.7, value: 0.6 } },
  doc: "y = x + cover · (value − x)",
  source: "Zhong et al. 2017, Random Erasing; the cover is augrad's",
});
