import eraseAreaWgsl from "../../../shaders/noise/erase_area.wgsl";
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
  covers: "value",
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

const share = (doc: string): ParamSpec => ({ default: 0.5, min: -1, max: 2, usual: [0, 1], unit: "share", doc });

/**
 * Replaces a rectangle by `value`, as `erasing` does, of so large a share of the image: at any size of image the same. A side that would
 * be longer than the image's is as long. Where `x` or `y` lies beyond 0..1, a part of it lies beyond the image.
 */
export const eraseArea = define<{
  /** Area of the rectangle, as a share of the image's. */
  area: ParamValue;
  /** Its height over its width; 1 unless given. */
  ratio?: ParamValue;
  /** How much of the room that it leaves lies on its left, −1 to 2; 0.5 unless given. */
  x?: ParamValue;
  /** How much of the room that it leaves lies above, −1 to 2; 0.5 unless given. */
  y?: ParamValue;
  /** What the rectangle becomes; 0 unless given. */
  value?: ParamValue;
}>({
  name: "eraseArea",
  kind: "point",
  wgsl: eraseAreaWgsl,
  position: true,
  frame: true,
  covers: "value",
  params: {
    area: { min: 1e-6, usual: [0.02, 0.33], unit: "share", doc: "area of the rectangle" },
    ratio: { default: 1, min: 1e-3, usual: [0.3, 3.3], unit: "factor", doc: "its height over its width" },
    x: share("room on its left"),
    y: share("room above it"),
    value: { default: 0, usual: [0, 1], unit: "intensity", doc: "what the rectangle becomes" },
  },
  example: { params: { area: 0.2, ratio: 1.3, x: 0.3, y: 0.6, value: 0.6 } },
  doc: "y = x + cover · (value − x), height √(area · W H · ratio), width √(area · W H / ratio)",
  source: "Zhong et al. 2017, Random Erasing; torchvision, RandomErasing",
});
