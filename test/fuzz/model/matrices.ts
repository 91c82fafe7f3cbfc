/** Matrices of maps with bounds of their errors, by all parameters of a row of maps. */
import { add, type Bounded, div, exact, mul, reciprocal, sub, times, U } from "./bounded.ts";

export type BoundedMatrix = Bounded[];

export interface Frame {
  width: number;
  height: number;
  outWidth: number;
  outHeight: number;
}

export function multiply(a: BoundedMatrix, b: BoundedMatrix): BoundedMatrix {
  const out: BoundedMatrix = [];
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++)
      out.push(add(add(mul(a[3 * i], b[j]), mul(a[3 * i + 1], b[3 + j])), mul(a[3 * i + 2], b[6 + j])));
  return out;
}

const cross = (a: Bounded, b: Bounded, c: Bounded, d: Bounded): Bounded => sub(mul(a, b), mul(c, d));

function adjugate([a, b, c, d, e, f, g, h, i]: BoundedMatrix): BoundedMatrix {
  return [
    cross(e, i, f, h),
    cross(c, h, b, i),
    cross(b, f, c, e),
    cross(f, g, d, i),
    cross(a, i, c, g),
    cross(c, d, a, f),
    cross(d, h, e, g),
    cross(b, g, a, h),
    cross(a, e, b, d),
  ];
}

export function inverse(m: BoundedMatrix): BoundedMatrix {
  const adj = adjugate(m);
  const det = add(add(mul(m[0], adj[0]), mul(m[1], adj[3])), mul(m[2], adj[6]));
  const over = reciprocal(det);
  return adj.map((v) => mul(v, over));
}

export const constants = (values: number[], variables: number, error = 0): BoundedMatrix =>
  values.map((v) => ({ ...exact(v, variables), e: error * Math.abs(v) }));

const RADIANS = Math.PI / 180;

/** Cosine and sine of degrees; the reduction is exact to a rounding of the angle. */
function cosSin(angle: Bounded): [Bounded, Bounded] {
  const quarters = angle.v / 90;
  const whole = Number.isInteger(quarters);
  const turn = ((Math.round(quarters) % 4) + 4) % 4;
  const c = whole ? [1, 0, -1, 0][turn] : Math.cos(angle.v * RADIANS);
  const s = whole ? [0, 1, 0, -1][turn] : Math.sin(angle.v * RADIANS);
  const e = whole ? 0 : 4 * U;
  const of = (v: number, slope: number): Bounded => {
    const d = angle.d.map((x) => slope * RADIANS * x);
    return { v, e, d, f: angle.d.map((x) => 6 * U * RADIANS * Math.abs(x)) };
  };
  return [of(c, -s), of(s, c)];
}

function tangent(angle: Bounded): Bounded {
  const [c, s] = cosSin(angle);
  return div(s, c);
}

/** p' = L (p − c) + c + t, of L = [a, b; d, e] */
function about([a, b, d, e]: Bounded[], cx: Bounded, cy: Bounded, tx: Bounded, ty: Bounded): BoundedMatrix {
  const [zero, one] = [exact(0, cx.d.length), exact(1, cx.d.length)];
  const x = add(sub(cx, add(mul(a, cx), mul(b, cy))), tx);
  const y = add(sub(cy, add(mul(d, cx), mul(e, cy))), ty);
  return [a, b, x, d, e, y, zero, zero, one];
}

const product2 = (a: Bounded[], b: Bounded[]): Bounded[] => [
  add(mul(a[0], b[0]), mul(a[1], b[2])),
  add(mul(a[0], b[1]), mul(a[1], b[3])),
  add(mul(a[2], b[0]), mul(a[3], b[2])),
  add(mul(a[2], b[1]), mul(a[3], b[3])),
];

function rotation(angle: Bounded): Bounded[] {
  const [c, s] = cosSin(angle);
  return [c, s, times(s, -1), c];
}

/** Heckbert: the unit square to a quadrangle, last element 1. */
function fromSquare(q: Bounded[]): BoundedMatrix {
  const [x1, y1] = [sub(q[2], q[4]), sub(q[3], q[5])];
  const [x2, y2] = [sub(q[6], q[4]), sub(q[7], q[5])];
  const sx = sub(add(sub(q[0], q[2]), q[4]), q[6]);
  const sy = sub(add(sub(q[1], q[3]), q[5]), q[7]);
  const det = cross(x1, y2, x2, y1);
  const g = div(cross(sx, y2, x2, sy), det);
  const h = div(cross(x1, sy, sx, y1), det);
  const across = (from: Bounded, to: Bounded, k: Bounded): Bounded => add(sub(to, from), mul(k, to));
  return [
    across(q[0], q[2], g),
    across(q[0], q[6], h),
    q[0],
    across(q[1], q[3], g),
    across(q[1], q[7], h),
    q[1],
    g,
    h,
    exact(1, q[0].d.length),
  ];
}

/** What a matrix is made of: a parameter or its default, plain numbers, the centre, and the sizes. */
interface Given {
  p: Record<string, Bounded[]>;
  frame: Frame;
  /** Whether places are in parts of the image. */
  relative: boolean;
  number: (v: number) => Bounded;
  value: (key: string, fallback: number) => Bounded;
  centre: [Bounded, Bounded];
}

const whole = (entries: number[], { number }: Given, error?: number): BoundedMatrix =>
  constants(entries, number(0).d.length, error);

function shifted(x: Bounded, y: Bounded, { number }: Given): BoundedMatrix {
  const [zero, one] = [number(0), number(1)];
  return [one, zero, x, zero, one, y, zero, zero, one];
}

/** The parameters x and y, in pixels. */
const shift = ({ value, frame, relative }: Given): [Bounded, Bounded] => {
  const [x, y] = [value("x", 0), value("y", 0)];
  return relative ? [times(x, frame.width), times(y, frame.height)] : [x, y];
};

/** Points in pixels. */
const points = (q: Bounded[], width: number, height: number, { relative, number }: Given): Bounded[] =>
  relative ? q.map((v, i) => sub(times(v, i % 2 ? height : width), number(0.5))) : q;

function affine(given: Given): BoundedMatrix {
  const { value, number, centre, frame } = given;
  const [x, y] = shift(given);
  const [zero, one] = [number(0), number(1)];
  const slant = [one, tangent(value("shearX", 0)), tangent(value("shearY", 0)), one];
  const stretch = [value("scaleX", 1), zero, zero, value("scaleY", 1)];
  const linear = product2(product2(rotation(value("angle", 0)), slant), stretch);
  const tx = add(x, number((frame.outWidth - frame.width) / 2));
  const ty = add(y, number((frame.outHeight - frame.height) / 2));
  return about(linear, ...centre, tx, ty);
}

/** The matrices that the model knows, by transform; source to destination. */
const rules: Record<string, (given: Given) => BoundedMatrix> = {
  horizontalFlip: (given) => whole([-1, 0, given.frame.width - 1, 0, 1, 0, 0, 0, 1], given),
  verticalFlip: (given) => whole([1, 0, 0, 0, -1, given.frame.height - 1, 0, 0, 1], given),
  rotate: ({ value, number, centre }) => about(rotation(value("angle", 0)), ...centre, number(0), number(0)),
  translate: (given) => shifted(...shift(given), given),
  scale: ({ value, number, centre }) =>
    about([value("x", 1), number(0), number(0), value("y", 1)], ...centre, number(0), number(0)),
  shear: ({ value, number, centre }) =>
    about([number(1), tangent(value("x", 0)), tangent(value("y", 0)), number(1)], ...centre, number(0), number(0)),
  affine,
  perspective: (given) => {
    const { p, frame } = given;
    const end = points(p.endPoints, frame.outWidth, frame.outHeight, given);
    return multiply(fromSquare(end), inverse(fromSquare(points(p.startPoints, frame.width, frame.height, given))));
  },
  warp: ({ p }) => p.matrix,
  warpAffine: ({ p, number }) => [...p.matrix, number(0), number(0), number(1)],
  crop: (given) => shifted(times(given.value("x", 0), -1), times(given.value("y", 0), -1), given),
  centerCrop: (given) => {
    const { width, height, outWidth, outHeight } = given.frame;
    return whole(
      [1, 0, -Math.floor((width - outWidth) / 2), 0, 1, -Math.floor((height - outHeight) / 2), 0, 0, 1],
      given,
    );
  },
  resize: (given) => {
    const { width, height, outWidth, outHeight } = given.frame;
    const [sx, sy] = [outWidth / width, outHeight / height];
    return whole([sx, 0, 0.5 * sx - 0.5, 0, sy, 0.5 * sy - 0.5, 0, 0, 1], given, 8 * U);
  },
};

/** Whether the model knows the matrix of a transform. */
export const hasMatrix = (name: string): boolean => name in rules;

/** The matrix of a map. */
export function matrixOf(
  name: string,
  p: Record<string, Bounded[]>,
  frame: Frame,
  variables: number,
  options: Readonly<Record<string, unknown>> = {},
): BoundedMatrix {
  if (!hasMatrix(name)) throw new Error(`${name} is not a map`);
  const number = (v: number): Bounded => exact(v, variables);
  const value = (key: string, fallback: number): Bounded => p[key]?.[0] ?? number(fallback);
  const centre: [Bounded, Bounded] = [
    value("centerX", (frame.width - 1) / 2),
    value("centerY", (frame.height - 1) / 2),
  ];
  return rules[name]({ p, frame, relative: options.relative === true, number, value, centre });
}
