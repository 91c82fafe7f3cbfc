import affineWgsl from "../../shaders/geometry/affine.wgsl";
import centerCropWgsl from "../../shaders/geometry/center_crop.wgsl";
import cropWgsl from "../../shaders/geometry/crop.wgsl";
import horizontalFlipWgsl from "../../shaders/geometry/horizontal_flip.wgsl";
import perspectiveWgsl from "../../shaders/geometry/perspective.wgsl";
import resizeWgsl from "../../shaders/geometry/resize.wgsl";
import rotateWgsl from "../../shaders/geometry/rotate.wgsl";
import scaleWgsl from "../../shaders/geometry/scale.wgsl";
import shearWgsl from "../../shaders/geometry/shear.wgsl";
import translateWgsl from "../../shaders/geometry/translate.wgsl";
import verticalFlipWgsl from "../../shaders/geometry/vertical_flip.wgsl";
import warpWgsl from "../../shaders/geometry/warp.wgsl";
import warpAffineWgsl from "../../shaders/geometry/warp_affine.wgsl";
import type { Shader } from "../gpu/wesl.ts";
import { type Declaration, define, type OptionSpec, type ParamSpec } from "./declare.ts";
import type { ParamValue } from "./values.ts";

/** How a map looks between and beyond pixels. */
export interface MapSettings {
  /** `bilinear` unless given; `bicubic` is Keys' kernel with a = −0.75. */
  interpolation?: "nearest" | "bilinear" | "bicubic";
  /**
   * What is seen beyond the image: 0, the nearest pixel, the image mirrored about its outermost pixels (`reflection`) or
   * about its edges (`symmetric`), or the values of `fill`.
   */
  padding?: "zeros" | "border" | "reflection" | "symmetric" | "fill";
  /** What `fill` padding shows: one value per channel. */
  fill?: ParamValue;
}

const MAP_OPTIONS: Record<string, OptionSpec> = {
  interpolation: {
    default: "bilinear",
    allowed: ["nearest", "bilinear", "bicubic"],
    doc: "how to look between pixels",
  },
  padding: {
    default: "zeros",
    allowed: ["zeros", "border", "reflection", "symmetric", "fill"],
    doc: "what lies beyond the image",
  },
};
const FILL: Record<string, ParamSpec> = {
  fill: { role: "fill", default: 0, size: "C", unit: "intensity", doc: "what `fill` padding shows" },
};
const SIZE: Record<string, OptionSpec> = {
  width: { allowed: "size", doc: "width of the result; the input's unless given" },
  height: { allowed: "size", doc: "height of the result; the input's unless given" },
};
// The centre of the image, (W − 1) / 2, is not known before the image is: NaN in a parameter means "the centre".
const CENTER: Record<string, ParamSpec> = {
  centerX: { default: Number.NaN, center: "x", unit: "pixels", doc: "centre of the motion; the image's unless given" },
  centerY: { default: Number.NaN, center: "y", unit: "pixels", doc: "centre of the motion; the image's unless given" },
};
const pixels = (doc: string): ParamSpec => ({ default: 0, unit: "pixels", doc });
const degrees = (doc: string): ParamSpec => ({ default: 0, unit: "degrees", doc });
// Scaled by less, an image of a million pixels is smaller than one.
const scaling = (doc: string): ParamSpec => ({ default: 1, unit: "factor", nonzero: 1e-6, doc });

/** Slants fold the plane where the two directions meet, tan x · tan y = 1, and tear it at a right angle. */
const slants =
  (across: string, down: string): NonNullable<Declaration["check"]> =>
  (values) => {
    const tan = [across, down].map((name) => Math.tan(((values[name]?.[0] ?? 0) * Math.PI) / 180));
    const wrong = tan.findIndex((t) => !(Math.abs(t) < 1e6));
    const fine = wrong < 0 && Math.abs(1 - tan[0] * tan[1]) > 1e-6;
    if (fine) return null;
    const argument = wrong === 1 ? down : across;
    const given = [across, down].filter((name) => values[name]).map((name) => `${name} = ${values[name][0]}`);
    return {
      argument,
      given: `${given.join(" and ")} degrees: a singular matrix`,
      allowed: `slants other than ±90 degrees, with tan ${across} · tan ${down} other than 1`,
    };
  };

/** Settings of maps whose result may have another size. */
export type Sized = {
  /** Width of the result in pixels; the input's unless given. */
  width?: number;
  /** Height of the result in pixels; the input's unless given. */
  height?: number;
};
/** Settings of maps that have a centre. */
export type Centered = {
  /** Centre of the motion in pixels; the image's unless given. */
  centerX?: ParamValue;
  /** Centre of the motion in pixels; the image's unless given. */
  centerY?: ParamValue;
};

const sized: Declaration["size"] = (options, [h, w]) => [
  (options.height as number) ?? h,
  (options.width as number) ?? w,
];

function map<Settings extends object>({
  kind = "map",
  ...declaration
}: Omit<Declaration, "kind" | "module" | "wgsl"> & { kind?: "map" | "resize"; wgsl: Shader }) {
  return define<Settings & MapSettings>({
    ...declaration,
    kind,
    params: { ...declaration.params, ...FILL },
    options: { ...declaration.options, ...MAP_OPTIONS },
  });
}

/** Mirrors left and right. */
export const horizontalFlip = map<object>({
  name: "horizontalFlip",
  wgsl: horizontalFlipWgsl,
  affine: true,
  inside: true,
  params: {},
  doc: "x' = W − 1 − x",
  source: "Kornia, geometry.hflip",
});

/** Mirrors top and bottom. */
export const verticalFlip = map<object>({
  name: "verticalFlip",
  wgsl: verticalFlipWgsl,
  affine: true,
  inside: true,
  params: {},
  doc: "y' = H − 1 − y",
  source: "Kornia, geometry.vflip",
});

/** Turns counter-clockwise about the centre. */
export const rotate = map<
  {
    /** Counter-clockwise as seen, in degrees; 0 unless given. */
    angle?: ParamValue;
  } & Centered
>({
  name: "rotate",
  wgsl: rotateWgsl,
  affine: true,
  params: { angle: degrees("counter-clockwise as seen"), ...CENTER },
  doc: "p' = R(angle) (p − c) + c",
  source: "Kornia, geometry.rotate",
});

/** Moves the content, right and down. */
export const translate = map<{
  /** To the right, in pixels; 0 unless given. */
  x?: ParamValue;
  /** Down, in pixels; 0 unless given. */
  y?: ParamValue;
}>({
  name: "translate",
  wgsl: translateWgsl,
  affine: true,
  params: { x: pixels("to the right"), y: pixels("down") },
  doc: "p' = p + (x, y)",
  source: "Kornia, geometry.translate",
});

/** Enlarges about the centre; the image keeps its size. */
export const scale = map<
  {
    /** Across; 1 unless given. */
    x?: ParamValue;
    /** Down; 1 unless given. */
    y?: ParamValue;
  } & Centered
>({
  name: "scale",
  wgsl: scaleWgsl,
  affine: true,
  params: { x: scaling("across"), y: scaling("down"), ...CENTER },
  doc: "p' = diag(x, y) (p − c) + c",
  source: "Kornia, geometry.scale",
});

/** Slants about the centre. */
export const shear = map<
  {
    /** Slant of the columns, in degrees; 0 unless given. */
    x?: ParamValue;
    /** Slant of the rows, in degrees; 0 unless given. */
    y?: ParamValue;
  } & Centered
>({
  name: "shear",
  wgsl: shearWgsl,
  affine: true,
  params: { x: degrees("slant of the columns"), y: degrees("slant of the rows"), ...CENTER },
  check: slants("x", "y"),
  doc: "p' = [[1, tan x], [tan y, 1]] (p − c) + c",
  source: "Kornia, geometry.shear",
});

/** Scales, slants, turns and moves, in this order, about the centre. */
export const affine = map<
  {
    /** Counter-clockwise as seen, in degrees; 0 unless given. */
    angle?: ParamValue;
    /** To the right, in pixels; 0 unless given. */
    x?: ParamValue;
    /** Down, in pixels; 0 unless given. */
    y?: ParamValue;
    /** Across; 1 unless given. */
    scaleX?: ParamValue;
    /** Down; 1 unless given. */
    scaleY?: ParamValue;
    /** Slant of the columns, in degrees; 0 unless given. */
    shearX?: ParamValue;
    /** Slant of the rows, in degrees; 0 unless given. */
    shearY?: ParamValue;
  } & Centered &
    Sized
>({
  name: "affine",
  wgsl: affineWgsl,
  affine: true,
  params: {
    angle: degrees("counter-clockwise as seen"),
    x: pixels("to the right"),
    y: pixels("down"),
    scaleX: scaling("across"),
    scaleY: scaling("down"),
    shearX: degrees("slant of the columns"),
    shearY: degrees("slant of the rows"),
    ...CENTER,
  },
  options: SIZE,
  size: sized,
  check: slants("shearX", "shearY"),
  doc: "p' = R(angle) Shear(x, y) diag(scaleX, scaleY) (p − c) + c + (x, y)",
  source: "torchvision, affine; Kornia, geometry.get_affine_matrix2d",
});

/** The projective map that takes four points of the source to four points of the result. */
export const perspective = map<
  {
    /** X0, y0, … x3, y3 in the source, in order around the quadrangle, in pixels; 8 values. */
    startPoints: ParamValue;
    /** Where they go, in pixels; 8 values. */
    endPoints: ParamValue;
  } & Sized
>({
  name: "perspective",
  wgsl: perspectiveWgsl,
  params: {
    startPoints: { size: 8, unit: "pixels", doc: "x0, y0, … x3, y3 in the source, in order around the quadrangle" },
    endPoints: { size: 8, unit: "pixels", doc: "where they go" },
  },
  options: SIZE,
  size: sized,
  check: (values) => {
    for (const argument of ["startPoints", "endPoints"]) {
      const q = values[argument];
      if (q && !isQuadrangle(q))
        return { argument, given: `[${q.join(", ")}]`, allowed: "four points, no three of them on one line" };
    }
    return null;
  },
  doc: "p' ~ M p with M start_i ~ end_i",
  source: "Heckbert 1989, Fundamentals of Texture Mapping; Kornia, geometry.get_perspective_transform",
});

/** No triangle of three corners is flatter than a millionth of its longest side, which is what f32 can tell. */
function isQuadrangle(q: readonly number[]): boolean {
  return TRIANGLES.every(([i, j, k]) => {
    const a = [q[2 * j] - q[2 * i], q[2 * j + 1] - q[2 * i + 1]];
    const b = [q[2 * k] - q[2 * i], q[2 * k + 1] - q[2 * i + 1]];
    const longest = Math.max(Math.hypot(...a), Math.hypot(...b), Math.hypot(a[0] - b[0], a[1] - b[1]));
    return Math.abs(a[0] * b[1] - a[1] * b[0]) > 1e-6 * longest * longest;
  });
}
const TRIANGLES = [
  [0, 1, 2],
  [0, 1, 3],
  [0, 2, 3],
  [1, 2, 3],
] as const;

/**
 * Refuses a matrix that f32 cannot invert. Its determinant comes as products of one element of each row and column: what is
 * lost between them does not depend on units.
 */
function invertible(matrix: readonly number[], plus: readonly number[], minus: readonly number[]) {
  const size = [...plus, ...minus].reduce((sum, product) => sum + Math.abs(product), 0);
  const total = (products: readonly number[]) => products.reduce((sum, product) => sum + product, 0);
  const det = total(plus) - total(minus);
  if (Math.abs(det) > 1e-6 * size && Number.isFinite(Math.fround(1 / det))) return null;
  return {
    argument: "matrix",
    given: `a singular matrix [${matrix.join(", ")}]`,
    allowed: "a matrix that has an inverse",
  };
}

/** The projective map of a 3 × 3 matrix, row by row, from source to destination pixels. */
export const warp = map<
  {
    /** Row by row, source to destination, in pixels; 9 values. */
    matrix: ParamValue;
  } & Sized
>({
  name: "warp",
  wgsl: warpWgsl,
  params: { matrix: { size: 9, unit: "pixels", doc: "row by row, source to destination" } },
  options: SIZE,
  size: sized,
  check: ({ matrix: m }) => {
    if (!m) return null;
    const plus = [m[0] * m[4] * m[8], m[1] * m[5] * m[6], m[2] * m[3] * m[7]];
    const minus = [m[0] * m[5] * m[7], m[1] * m[3] * m[8], m[2] * m[4] * m[6]];
    return invertible(m, plus, minus);
  },
  doc: "p' ~ M p",
  source: "Kornia, geometry.warp_perspective",
});

/** The affine map of a 2 × 3 matrix, row by row, from source to destination pixels. */
export const warpAffine = map<
  {
    /** Row by row, source to destination, in pixels; 6 values. */
    matrix: ParamValue;
  } & Sized
>({
  name: "warpAffine",
  wgsl: warpAffineWgsl,
  affine: true,
  params: { matrix: { size: 6, unit: "pixels", doc: "2 × 3, row by row, source to destination" } },
  options: SIZE,
  size: sized,
  check: ({ matrix: m }) => (m ? invertible(m, [m[0] * m[4]], [m[1] * m[3]]) : null),
  doc: "p' = L p + t",
  source: "Kornia, geometry.warp_affine",
});

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
  doc: "x' + ½ = (x + ½) · W' / W",
  source: "torchvision, resize",
});
