import affineWgsl from "../../../shaders/geometry/affine.wgsl";
import horizontalFlipWgsl from "../../../shaders/geometry/horizontal_flip.wgsl";
import rotateWgsl from "../../../shaders/geometry/rotate.wgsl";
import scaleWgsl from "../../../shaders/geometry/scale.wgsl";
import shearWgsl from "../../../shaders/geometry/shear.wgsl";
import translateWgsl from "../../../shaders/geometry/translate.wgsl";
import verticalFlipWgsl from "../../../shaders/geometry/vertical_flip.wgsl";
import type { Declaration } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";
import { CENTER, type Centered, degrees, map, pixels, RELATIVE, SIZE, type Sized, scaling, sized } from "./maps.ts";

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

/** Mirrors left and right. */
export const horizontalFlip = map<object>({
  name: "horizontalFlip",
  wgsl: horizontalFlipWgsl,
  affine: true,
  inside: true,
  params: {},
  example: {},
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
  example: {},
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
  params: { angle: degrees("counter-clockwise as seen", 30), ...CENTER },
  example: { params: { angle: 17, centerX: 3.4, centerY: 2.7 } },
  doc: "p' = R(angle) (p − c) + c",
  source: "Kornia, geometry.rotate",
});

/** Moves the content, right and down. */
export const translate = map<{
  /** To the right, in pixels; 0 unless given. */
  x?: ParamValue;
  /** Down, in pixels; 0 unless given. */
  y?: ParamValue;
  /** `x` and `y` are in parts of the width and the height instead; false unless given. */
  relative?: boolean;
}>({
  name: "translate",
  wgsl: translateWgsl,
  affine: true,
  params: { x: pixels("to the right"), y: pixels("down") },
  options: RELATIVE,
  example: { params: { x: 1.3, y: -0.6 } },
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
  example: { params: { x: 1.2, y: 0.8, centerX: 3.4, centerY: 2.7 } },
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
  params: { x: degrees("slant of the columns", 15), y: degrees("slant of the rows", 15), ...CENTER },
  check: slants("x", "y"),
  example: { params: { x: 12, y: -7, centerX: 3.4, centerY: 2.7 } },
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
    /** `x` and `y` are in parts of the width and the height instead; false unless given. */
    relative?: boolean;
  } & Centered &
    Sized
>({
  name: "affine",
  wgsl: affineWgsl,
  affine: true,
  params: {
    angle: degrees("counter-clockwise as seen", 30),
    x: pixels("to the right"),
    y: pixels("down"),
    scaleX: scaling("across"),
    scaleY: scaling("down"),
    shearX: degrees("slant of the columns", 15),
    shearY: degrees("slant of the rows", 15),
    ...CENTER,
  },
  options: { ...SIZE, ...RELATIVE },
  size: sized,
  check: slants("shearX", "shearY"),
  example: { params: { angle: 17, x: 0.7, y: -0.4, scaleX: 1.2, scaleY: 0.9, shearX: 8, shearY: -5 } },
  doc: "p' = R(angle) Shear(x, y) diag(scaleX, scaleY) (p − c) + c + (x, y)",
  source: "torchvision, affine; Kornia, geometry.get_affine_matrix2d",
});
