import distortWgsl from "../../../shaders/geometry/distort.wgsl";
import undistortWgsl from "../../../shaders/geometry/undistort.wgsl";
import type { ParamSpec } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";
import { field } from "./field.ts";

/** A camera and its lens, by OpenCV's model. */
export interface LensSettings {
  /** Focal length across, in pixels. */
  fx: ParamValue;
  /** Focal length down, in pixels. */
  fy: ParamValue;
  /** Where the optical axis meets the image, across, in pixels; the centre unless given. */
  cx?: ParamValue;
  /** Where the optical axis meets the image, down, in pixels; the centre unless given. */
  cy?: ParamValue;
  /** Radial: of r²; 0 unless given. */
  k1?: ParamValue;
  /** Radial: of r⁴; 0 unless given. */
  k2?: ParamValue;
  /** Tangential, down; 0 unless given. */
  p1?: ParamValue;
  /** Tangential, across; 0 unless given. */
  p2?: ParamValue;
  /** Radial: of r⁶; 0 unless given. */
  k3?: ParamValue;
  /** Radial, below the line: of r²; 0 unless given. */
  k4?: ParamValue;
  /** Radial, below the line: of r⁴; 0 unless given. */
  k5?: ParamValue;
  /** Radial, below the line: of r⁶; 0 unless given. */
  k6?: ParamValue;
  /** Thin prism, across: of r²; 0 unless given. */
  s1?: ParamValue;
  /** Thin prism, across: of r⁴; 0 unless given. */
  s2?: ParamValue;
  /** Thin prism, down: of r²; 0 unless given. */
  s3?: ParamValue;
  /** Thin prism, down: of r⁴; 0 unless given. */
  s4?: ParamValue;
  /** How far the sensor is turned about its horizontal axis, in degrees: OpenCV's τx; 0 unless given. */
  tiltX?: ParamValue;
  /** How far the sensor is turned about its vertical axis, in degrees: OpenCV's τy; 0 unless given. */
  tiltY?: ParamValue;
}

const lens = (doc: string) => ({ default: 0, unit: "factor", doc, neutral: 0, usual: [-0.2, 0.2] }) as const;
const tilt = (doc: string) => ({ default: 0, unit: "degrees", doc, neutral: 0, usual: [-10, 10] }) as const;
const focal = (doc: string) => ({ min: 1e-3, unit: "pixels", doc, usual: [112, 448] }) as const;

const LENS: Record<string, ParamSpec> = {
  fx: focal("focal length across"),
  fy: focal("focal length down"),
  cx: {
    default: Number.NaN,
    center: "x",
    usual: [0, 224],
    unit: "pixels",
    doc: "where the axis meets the image; its centre unless given",
  },
  cy: {
    default: Number.NaN,
    center: "y",
    usual: [0, 224],
    unit: "pixels",
    doc: "where the axis meets the image; its centre unless given",
  },
  k1: lens("radial, of r²"),
  k2: lens("radial, of r⁴"),
  p1: lens("tangential, down"),
  p2: lens("tangential, across"),
  k3: lens("radial, of r⁶"),
  k4: lens("radial below the line, of r²"),
  k5: lens("radial below the line, of r⁴"),
  k6: lens("radial below the line, of r⁶"),
  s1: lens("thin prism across, of r²"),
  s2: lens("thin prism across, of r⁴"),
  s3: lens("thin prism down, of r²"),
  s4: lens("thin prism down, of r⁴"),
  tiltX: tilt("turn of the sensor about its horizontal axis"),
  tiltY: tilt("turn of the sensor about its vertical axis"),
};

const SOURCE = "Brown 1966, Decentering Distortion of Lenses; OpenCV, undistort";

/**
 * Straightens what a lens has bent, by the model of Brown and Conrady, with a rational radial part, thin prisms and a tilted sensor:
 * all of OpenCV's coefficients.
 */
export const undistort = field<LensSettings>({
  name: "undistort",
  wgsl: undistortWgsl,
  params: LENS,
  example: {
    params: {
      fx: 9,
      fy: 8,
      k1: 0.21,
      k2: -0.06,
      p1: 0.03,
      p2: -0.02,
      k3: 0.01,
      k4: 0.05,
      s1: 0.02,
      s4: 0.01,
      tiltX: 3,
    },
  },
  doc: "p looks at c + f · D(q), q = (p − c) / f, D(q) = tilt(q · R(r²) + tangential + prism)",
  source: `${SOURCE}; Kornia, geometry.undistort_image`,
});

/**
 * Bends an image as a lens does: the inverse of {@link undistort}, by Newton's method, with its true gradients. What the lens shows
 * nowhere lies beyond the image, where `padding` says what is seen.
 */
export const distort = field<LensSettings>({
  name: "distort",
  wgsl: distortWgsl,
  params: LENS,
  example: {
    params: {
      fx: 9,
      fy: 8,
      k1: 0.11,
      k2: -0.03,
      p1: 0.02,
      p2: -0.01,
      k3: 0.01,
      k4: 0.02,
      s1: 0.02,
      s4: 0.01,
      tiltX: 3,
    },
  },
  doc: "p looks at c + f · x, D(x) = (p − c) / f, D as for undistort",
  source: SOURCE,
});
