/** Five strengths of a transform, told from its declaration. */
import * as augrad from "augrad";
import { CORNERS, constructorOf, exampleOf, madeSettings, SIDE, settingsOf } from "../../docs/reference/examples.ts";

/** One of them. */
export interface Strength {
  /** What is different in it, such as `angle 12.5`. */
  says: string;
  transform: augrad.Transform;
}

/** Parts of the way from doing nothing to what the reference shows, and a little beyond. */
const PARTS = [0.25, 0.5, 0.75, 1, 1.25];

type Settings = Record<string, unknown>;
const mixed = (from: readonly number[], to: readonly number[], t: number) => from.map((v, i) => v + t * (to[i] - v));

/** Odd kernel sizes, from 5 to 17. */
const wide = (t: number): number => 2 * Math.round(6.8 * t) + 1;

/** Settings at a part of the way, where neither a neutral value nor a usual range tells them. */
const WAYS: Record<string, (t: number, settings: Settings, gpu: augrad.Gpu) => Settings> = {
  perspective: (t, settings) => ({ ...settings, endPoints: mixed(CORNERS, settings.endPoints as number[], t) }),
  centerCrop: (t) => ({ width: Math.round(SIDE * (1 - t / 1.6)), height: Math.round(SIDE * (1 - t / 1.6)) }),
  resize: (t) => ({ width: Math.round(SIDE * (1 - t / 1.4)), height: Math.round(SIDE * (1 - t / 1.4)) }),
  longestMaxSize: (t) => ({ maxSize: Math.round(SIDE * (1 - t / 1.5)) }),
  smallestMaxSize: (t) => ({ maxSize: Math.round(SIDE * (1 - t / 1.5)) }),
  pyrDown: (t) => ({ factor: 1 + 2 * t }),
  rot90: (t) => ({ turns: Math.round(4 * t) }),
  dihedral: (t) => ({ turns: Math.round(4 * t), mirrored: true }),
  padTo: (t, settings) => ({ ...settings, width: SIDE + Math.round(80 * t), height: SIDE + Math.round(40 * t) }),
  pad: (t, settings) =>
    Object.fromEntries(
      Object.entries(settings).map(([key, v]) => [key, typeof v === "number" ? Math.round(t * v) : v]),
    ),
  thinPlateSpline: (t, settings) => {
    const to = settings.destination as number[];
    return { ...settings, destination: mixed([-1, -1, -1, 1, 1, -1, 1, 1, 0, 0], to, 2 * t) };
  },
  filter2dSeparable: (t, settings) => ({
    ...settings,
    kernelX: mixed([0, 1, 0], settings.kernelX as number[], t),
    kernelY: mixed([0, 1, 0], settings.kernelY as number[], t),
  }),
  // More and more tiles change places.
  jigsaw: (t) => {
    const moved = Math.round((16 * t) / 1.25);
    return { grid: 4, permutation: Array.from({ length: 16 }, (_, i) => (i < moved ? (7 * i + 1) % moved : i)) };
  },
  invert: (t, settings, gpu) => ({ ...settings, on: augrad.tensor(gpu, [t / 1.25]) }),
  bilateralBlur: (t) => ({ kernelSize: wide(t), sigmaColor: 0.4 * t, sigmaSpace: 4 * t }),
  jointBilateralBlur: (t, settings) => ({ ...settings, kernelSize: wide(t), sigmaColor: 0.4 * t, sigmaSpace: 4 * t }),
  guidedBlur: (t, settings) => ({ ...settings, kernelSize: wide(t), eps: 0.08 * t * t }),
  cutmix: (t, settings) => ({ ...settings, width: Math.round(100 * t), height: Math.round(90 * t) }),
  lut: (t, settings) => {
    const table = settings.table as number[];
    const line = table.map((_, i) => i / (table.length - 1));
    return { table: mixed(line, table, Math.min(t, 1.25)) };
  },
  filter2d: (t, settings) => {
    const kernel = settings.kernel as number[][];
    return { kernel: kernel.map((row, r) => row.map((v, q) => t * v + (r === 1 && q === 1 ? 1 - t : 0))) };
  },
};

const plain = (value: unknown): value is number | readonly number[] =>
  typeof value === "number" || (Array.isArray(value) && value.every((v) => typeof v === "number"));
const listed = (value: number | readonly number[]): readonly number[] => (typeof value === "number" ? [value] : value);
const short = (value: number): string => String(Number(value.toPrecision(3)));

type Spec = augrad.Declaration["params"][string];

/** The values of a parameter at five strengths, or null where nothing tells how it grows. */
type Way = (spec: Spec, value: number | readonly number[]) => readonly (readonly number[])[] | null;

/** From the neutral value to that of the reference's picture. */
const fromNeutral: Way = ({ neutral }, value) => {
  if (neutral === undefined) return null;
  const to = listed(value);
  const from = to.map((_, i) => (typeof neutral === "number" ? neutral : neutral[i]));
  return from.every((v, i) => v === to[i]) ? null : PARTS.map((t) => mixed(from, to, t));
};

/** Over the range that people use; pixels are meant for an image of 224 x 224. */
const overUsual: Way = ({ usual, unit }, value) => {
  if (!usual || Array.isArray(value)) return null;
  const [lo, hi] = unit === "pixels" ? usual.map((v) => (v * SIDE) / 224) : usual;
  return [0.1, 0.3, 0.5, 0.7, 0.9].map((t) => [lo + t * (hi - lo)]);
};

function within({ min = -Infinity, max = Infinity, integer }: Spec, value: number): number {
  const bounded = Math.max(min, Math.min(max, value));
  return integer ? Math.round(bounded) : bounded;
}

/** Five transforms whose parameters grow by a way, or null where it says nothing of any. */
function grown(base: augrad.Transform, way: Way): Strength[] | null {
  const rows = Object.entries(base.declaration.params).flatMap(([param, spec]) => {
    const value = base.params[param];
    const values = spec.role || spec.gradient === false || !plain(value) ? null : way(spec, value);
    return values ? [{ param, values: values.map((row) => row.map((v) => within(spec, v))) }] : [];
  });
  if (rows.length === 0) return null;
  return PARTS.map((part, k) => {
    const says = rows.map(({ param, values }) =>
      values[k].length === 1 ? `${param} ${short(values[k][0])}` : `${param} × ${part}`,
    );
    const params = Object.fromEntries(
      rows.map(({ param, values }) => [param, values[k].length === 1 ? values[k][0] : values[k]]),
    );
    return {
      says: says.length > 3 ? `× ${part}` : says.join(", "),
      transform: { ...base, params: { ...base.params, ...params } },
    };
  });
}

/** Five sizes of a kernel or of a block. */
function sized(name: string, base: augrad.Transform): Strength[] | null {
  const size = Object.entries(base.declaration.options ?? {}).find(([, { allowed }]) =>
    ["kernelSize", "anyKernelSize"].includes(allowed as string),
  )?.[0];
  // A kernel that is given has the size that it has.
  const isGiven = Object.keys(settingsOf(name)).some((key) =>
    /^kernel/.test(String(base.declaration.params[key]?.size)),
  );
  if (!size || isGiven) return null;
  return [3, 5, 7, 9, 11].map((pixels) => ({
    says: `${size} ${pixels}`,
    transform: constructorOf(name)({ ...settingsOf(name), [size]: pixels }),
  }));
}

/** A point that has no strength of its own is blended with the image by its gate. */
function blended(base: augrad.Transform, gpu: augrad.Gpu): Strength[] | null {
  const { kind, outChannels } = base.declaration;
  if (kind !== "point" || (outChannels && outChannels(base.options, 3) !== 3)) return null;
  return [0.2, 0.4, 0.6, 0.8, 1].map((gate) => ({
    says: `blended by ${gate}`,
    transform: { ...base, on: augrad.tensor(gpu, [gate]) },
  }));
}

/** Strengths of the transform of this name, from weak to strong: five, or one where it has no strength. */
export function strengthsOf(name: string, gpu: augrad.Gpu): Strength[] {
  const base = exampleOf(name, gpu);
  const way = WAYS[name];
  if (way)
    return PARTS.map((t) => ({ says: `× ${t}`, transform: constructorOf(name)(way(t, madeSettings(name, gpu), gpu)) }));
  return (
    grown(base, fromNeutral) ??
    grown(base, overUsual) ??
    sized(name, base) ??
    blended(base, gpu) ?? [{ says: "has no strength", transform: base }]
  );
}
