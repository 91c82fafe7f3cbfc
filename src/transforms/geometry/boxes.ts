import cropAndResizeWgsl from "../../../shaders/geometry/crop_and_resize.wgsl";
import cropByBoxesWgsl from "../../../shaders/geometry/crop_by_boxes.wgsl";
import type { Declaration, ParamSpec } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";
import { map, SIZE, type Sized, sized } from "./maps.ts";

// Boxes are edges: the whole image is (0, 0, W, H).

const box = (doc: string): ParamSpec => ({ size: 4, unit: "pixels", doc });

/** Refuses boxes without an inside, and those that f32 cannot tell from one. */
const ordered: NonNullable<Declaration["check"]> = (values) => {
  for (const [argument, [x0, y0, x1, y1]] of Object.entries(values).filter(([name]) => name !== "fill")) {
    const least = 1e-6 * Math.max(1, ...[x0, y0, x1, y1].map(Math.abs));
    if (x1 - x0 >= least && y1 - y0 >= least) continue;
    return {
      argument,
      given: `[${[x0, y0, x1, y1].join(", ")}]`,
      allowed: "(x0, y0, x1, y1) with x0 < x1 and y0 < y1",
    };
  }
  return null;
};

/**
 * Cuts out a box, and brings it to a size, with half-pixel centres. Nothing is averaged where it shrinks. Differentiable in the box.
 *
 * Kornia's boxes are the centres of the corners' pixels, (x0, y0) to (x1, y1), which it takes to those of the result: it looks at
 * x0 + i (x1 − x0) / (W' − 1). That is this box, from edge to edge, where it keeps its size: (x0, y0, x1 + 1, y1 + 1). Quadrangles are for
 * {@link perspective}.
 */
export const cropAndResize = map<{
  /** (x0, y0, x1, y1), edges in pixels: 4 values, or 4 for each sample; the whole image is (0, 0, W, H). */
  box: ParamValue;
  /** Width of the result, in pixels. */
  width: number;
  /** Height of the result, in pixels. */
  height: number;
}>({
  name: "cropAndResize",
  wgsl: cropAndResizeWgsl,
  affine: true,
  params: { box: box("edges (x0, y0, x1, y1) of what is cut out") },
  options: {
    width: { ...SIZE.width, required: true, doc: "width of the result" },
    height: { ...SIZE.height, required: true, doc: "height of the result" },
  },
  size: sized,
  check: ordered,
  example: { params: { box: [1.3, 0.6, 6.2, 5.9] }, options: { width: 9, height: 4 } },
  doc: "x' + ½ = (x + ½ − x0) · W' / (x1 − x0)",
  source: "Kornia, geometry.crop_and_resize",
});

/**
 * Takes a box of the image to a box of the result, and what lies around it along. Nothing is averaged where it shrinks. Differentiable in both
 * boxes.
 *
 * Kornia's result is as large as the second box, and shows what is at its upper left from (0, 0) on.
 */
export const cropByBoxes = map<
  {
    /** (x0, y0, x1, y1) in the image, edges in pixels: 4 values, or 4 for each sample. */
    srcBox: ParamValue;
    /** (x0, y0, x1, y1) in the result, likewise. */
    dstBox: ParamValue;
  } & Sized
>({
  name: "cropByBoxes",
  wgsl: cropByBoxesWgsl,
  affine: true,
  params: {
    srcBox: box("edges (x0, y0, x1, y1) of a box of the image"),
    dstBox: box("where they go in the result"),
  },
  options: SIZE,
  size: sized,
  check: ordered,
  example: { params: { srcBox: [1.3, 0.6, 6.2, 5.9], dstBox: [0.4, 1.1, 7.3, 6.8] } },
  doc: "x' + ½ = (x + ½ − a.x0) · (b.x1 − b.x0) / (a.x1 − a.x0) + b.x0, box a to box b",
  source: "Kornia, geometry.crop_by_boxes",
});
