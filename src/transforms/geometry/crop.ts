import centerCropWgsl from "../../../shaders/geometry/center_crop.wgsl";
import cropWgsl from "../../../shaders/geometry/crop.wgsl";
import resizeWgsl from "../../../shaders/geometry/resize.wgsl";
import type { ParamValue } from "../language/values.ts";
import { map, pixels, SIZE, sized } from "./maps.ts";

/** Cuts out a window; places between pixels are interpolated. */
export const crop = map<{
  /** Left edge of the window, in pixels; 0 unless given. */
  x?: ParamValue;
  /** Upper edge of the window, in pixels; 0 unless given. */
  y?: ParamValue;
  /** Width of the window, in pixels. */
  width: number;
  /** Height of the window, in pixels. */
  height: number;
}>({
  name: "crop",
  wgsl: cropWgsl,
  affine: true,
  params: { x: pixels("left edge of the window"), y: pixels("upper edge of the window") },
  options: {
    width: { ...SIZE.width, required: true, doc: "width of the window" },
    height: { ...SIZE.height, required: true, doc: "height of the window" },
  },
  size: sized,
  example: { params: { x: 1.3, y: 0.6 }, options: { width: 5, height: 4 } },
  doc: "p' = p − (x, y)",
  source: "torchvision, crop",
});

/** Cuts out the middle. Where the difference of sizes is odd, the window lies half a pixel up and left, on whole pixels. */
export const centerCrop = map<{
  /** Width of the window, in pixels. */
  width: number;
  /** Height of the window, in pixels. */
  height: number;
}>({
  name: "centerCrop",
  wgsl: centerCropWgsl,
  affine: true,
  params: {},
  options: {
    width: { ...SIZE.width, required: true, doc: "width of the window" },
    height: { ...SIZE.height, required: true, doc: "height of the window" },
  },
  size: sized,
  example: { options: { width: 5, height: 4 } },
  doc: "p' = p − floor((size − window) / 2)",
  source: "torchvision, center_crop",
});

/** Changes the size, with half-pixel centres; averages over the source pixels where it shrinks, unless `antialias` is false. */
export const resize = map<{
  /** Width of the result; the input's unless given, in pixels. */
  width?: number;
  /** Height of the result; the input's unless given, in pixels. */
  height?: number;
  /** Average where it shrinks; true unless given. */
  antialias?: boolean;
}>({
  name: "resize",
  kind: "resize",
  wgsl: resizeWgsl,
  affine: true,
  inside: true,
  params: {},
  options: { ...SIZE, antialias: { default: true, allowed: [true, false], doc: "average where it shrinks" } },
  size: sized,
  example: { options: { width: 5, height: 11 } },
  doc: "x' + ½ = (x + ½) · W' / W",
  source: "torchvision, resize",
});
