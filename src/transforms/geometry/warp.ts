import perspectiveWgsl from "../../../shaders/geometry/perspective.wgsl";
import warpWgsl from "../../../shaders/geometry/warp.wgsl";
import warpAffineWgsl from "../../../shaders/geometry/warp_affine.wgsl";
import type { ParamValue } from "../language/values.ts";
import { map, RELATIVE, SIZE, type Sized, sized } from "./maps.ts";
import { isQuadrangle } from "./quadrangle.ts";

/** The projective map that takes four points of the source to four points of the result. */
export const perspective = map<
  {
    /** X0, y0, … x3, y3 in the source, in order around the quadrangle, in pixels: 8 values, or 4 pairs; tensors `[4, 2]` or `[N, 4, 2]`, `[8]` or `[N, 8]`. */
    startPoints: ParamValue;
    /** Where they go, likewise. */
    endPoints: ParamValue;
    /** Points are in parts of width and height, before and after, 0 and 1 being the edges, instead of pixels; false unless given. */
    relative?: boolean;
  } & Sized
>({
  name: "perspective",
  wgsl: perspectiveWgsl,
  params: {
    startPoints: {
      size: 8,
      cells: [4, 2],
      unit: "pixels",
      doc: "x0, y0, … x3, y3 in the source, in order around the quadrangle",
    },
    endPoints: { size: 8, cells: [4, 2], unit: "pixels", doc: "where they go" },
  },
  options: {
    ...SIZE,
    relative: { ...RELATIVE.relative, doc: "points in parts of width and height, from edge to edge" },
  },
  size: sized,
  check: (values) => {
    for (const argument of ["startPoints", "endPoints"]) {
      const q = values[argument];
      if (q && !isQuadrangle(q))
        return { argument, given: `[${q.join(", ")}]`, allowed: "four points, no three of them on one line" };
    }
    return null;
  },
  example: {
    params: {
      startPoints: [0.1, 0.2, 7.3, 0.4, 7.1, 6.8, -0.3, 7.2],
      endPoints: [0.6, 0.5, 6.7, 0.3, 7.2, 6.6, -0.4, 7.3],
    },
  },
  doc: "p' ~ M p with M start_i ~ end_i",
  source: "Heckbert 1989, Fundamentals of Texture Mapping; Kornia, geometry.get_perspective_transform",
});

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
    /** Row by row, source to destination, in pixels: 9 values, or 3 rows of 3; tensors `[3, 3]` or `[N, 3, 3]`, `[9]` or `[N, 9]`. */
    matrix: ParamValue;
  } & Sized
>({
  name: "warp",
  wgsl: warpWgsl,
  params: {
    matrix: {
      size: 9,
      cells: [3, 3],
      neutral: [1, 0, 0, 0, 1, 0, 0, 0, 1],
      unit: "pixels",
      doc: "row by row, source to destination",
    },
  },
  options: SIZE,
  size: sized,
  check: ({ matrix: m }) => {
    if (!m) return null;
    const plus = [m[0] * m[4] * m[8], m[1] * m[5] * m[6], m[2] * m[3] * m[7]];
    const minus = [m[0] * m[5] * m[7], m[1] * m[3] * m[8], m[2] * m[4] * m[6]];
    return invertible(m, plus, minus);
  },
  example: { params: { matrix: [1.1, 0.2, -0.7, -0.1, 0.9, 0.8, 0.01, -0.02, 1] } },
  doc: "p' ~ M p",
  source: "Kornia, geometry.warp_perspective",
});

/** The affine map of a 2 × 3 matrix, row by row, from source to destination pixels. */
export const warpAffine = map<
  {
    /** Row by row, source to destination, in pixels: 6 values, or 2 rows of 3; tensors `[2, 3]` or `[N, 2, 3]`, `[6]` or `[N, 6]`. */
    matrix: ParamValue;
  } & Sized
>({
  name: "warpAffine",
  wgsl: warpAffineWgsl,
  affine: true,
  params: {
    matrix: {
      size: 6,
      cells: [2, 3],
      neutral: [1, 0, 0, 0, 1, 0],
      unit: "pixels",
      doc: "2 × 3, row by row, source to destination",
    },
  },
  options: SIZE,
  size: sized,
  check: ({ matrix: m }) => (m ? invertible(m, [m[0] * m[4]], [m[1] * m[3]]) : null),
  example: { params: { matrix: [1.1, 0.2, -0.7, -0.1, 0.9, 0.8] } },
  doc: "p' = L p + t",
  source: "Kornia, geometry.warp_affine",
});
