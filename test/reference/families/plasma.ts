/** Plasma in float64: whole grids by diamond and square, with the random bits of the shaders. */

import { build, type Case64, type Image64, type Options64, type Params64, pixel, type Reference64, scalar, two } from "../image.ts"; // biome-ignore format: one line
import { clip } from "../pointwise.ts";
import { keyOf, rest, upper, type Words, wordsAt } from "../stream.ts";
import { before } from "./noise.ts";

/** Three uniform numbers of a cell of the grid before a step. */
function drawn(key: Words, step: number, i: number, j: number): [number, number, number] {
  const [a, b] = wordsAt(key, j + step * 2 ** 27, i);
  return [upper(a), upper(b), rest(a, b)];
}

/** Twice the resolution. Beyond a border lies the mirror. */
function doubled(grid: number[][], step: number, roughness: number, key: Words): number[][] {
  const [h, w] = [2 * grid.length - 1, 2 * grid[0].length - 1];
  const fine = Array.from({ length: h }, () => new Array<number>(w).fill(0));
  const s = roughness ** step;
  const mirrored = (k: number, size: number) => (k < 0 ? -k : k >= size ? 2 * (size - 1) - k : k);
  const displace = (i: number, j: number, neighbours: [number, number][], u: number) => {
    const mean = neighbours.reduce((sum, [y, x]) => sum + fine[mirrored(y, h)][mirrored(x, w)], 0) / 4;
    fine[i][j] = (1 - s) * mean + s * u;
  };
  for (let i = 0; i < h; i += 2) for (let j = 0; j < w; j += 2) fine[i][j] = grid[i / 2][j / 2];
  for (let i = 1; i < h; i += 2)
    for (let j = 1; j < w; j += 2) {
      const corners: [number, number][] = [[i - 1, j - 1], [i - 1, j + 1], [i + 1, j - 1], [i + 1, j + 1]]; // biome-ignore format: one line
      displace(i, j, corners, drawn(key, step, (i - 1) / 2, (j - 1) / 2)[0]);
    }
  for (let i = 0; i < h; i++)
    for (let j = 1 - (i % 2); j < w; j += 2) {
      const sides: [number, number][] = [[i - 1, j], [i + 1, j], [i, j - 1], [i, j + 1]]; // biome-ignore format: one line
      displace(i, j, sides, drawn(key, step, Math.floor(i / 2), Math.floor(j / 2))[i % 2 === 0 ? 1 : 2]);
    }
  return fine;
}

/** The field of a channel, at least as large as the image. */
function fieldOf(
  p: Params64,
  n: number,
  channel: number,
  [, , h, w]: readonly number[],
  roughness: number,
): number[][] {
  const key = keyOf(p, n, 0, channel);
  // The largest power of two that is smaller than the longer side less one, or 1.
  let spacing = 1;
  while (2 * spacing < Math.max(h, w) - 1) spacing *= 2;
  const length = (size: number) => Math.max(Math.ceil((size - 1) / spacing), 1) + 1;
  let grid = Array.from({ length: length(h) }, (_, i) =>
    Array.from({ length: length(w) }, (_, j) => drawn(key, 0, i, j)[0]),
  );
  for (let step = 1; 2 ** step <= spacing; step++) grid = doubled(grid, step, roughness, key);
  return grid;
}

const roughnessOf = (p: Params64, n: number): number => scalar(p, "roughness", n, 0.5);

/** Fields of all samples, by sample, channel, row and column. */
function fieldsOf(x: Image64, p: Params64, perChannel: boolean, rough = (n: number) => roughnessOf(p, n)) {
  const [samples, channels] = x.shape;
  const all = Array.from({ length: samples }, (_, n) =>
    Array.from({ length: perChannel ? channels : 1 }, (_, c) => fieldOf(p, n, c, x.shape, rough(n))),
  );
  return (n: number, c: number, i: number, j: number): number => all[n][perChannel ? c : 0][i][j];
}

const isPerChannel = (o: Options64, otherwise: boolean) => (o.perChannel as boolean | undefined) ?? otherwise;

const plasmaBrightness: Reference64 = (x, p, o) => {
  const field = fieldsOf(x, p, isPerChannel(o, true));
  return build(x.shape, (...at) =>
    clip(pixel(x, ...at) + (2 * field(...at) - 1) * scalar(p, "intensity", at[0], 0.5), o),
  );
};

const plasmaContrast: Reference64 = (x, p, o) => {
  const field = fieldsOf(x, p, isPerChannel(o, true));
  return build(x.shape, (...at) =>
    clip((pixel(x, ...at) - 0.5) * scalar(p, "factor", at[0], 4) * field(...at) + 0.5, o),
  );
};

const shade = (p: Params64, n: number): [number, number] => [
  scalar(p, "shadeIntensity", n, -0.5),
  scalar(p, "shadeQuantity", n, 0.5),
];

const plasmaShadow: Reference64 = (x, p, o) => {
  const field = fieldsOf(x, p, isPerChannel(o, false));
  return build(x.shape, (...at) => {
    const [intensity, quantity] = shade(p, at[0]);
    return clip(pixel(x, ...at) + (field(...at) < quantity ? intensity : 0), o);
  });
};

/** Soft: a sigmoid in place of the step. Straight through: the step is what it is at the point, and moves as quantity less field. */
const shadowing: Reference64 = (x, p, o, context) => {
  const estimator = (o.estimator as string | undefined) ?? "straightThrough";
  const still = fieldsOf(x, p, isPerChannel(o, false), (n) => before(roughnessOf(p, n)));
  const field = estimator === "none" ? still : fieldsOf(x, p, isPerChannel(o, false));
  if (estimator === "straightThrough" && context.wrt !== "params") return plasmaShadow(x, p, o, context);
  return build(x.shape, (...at) => {
    const [intensity, quantity] = shade(p, at[0]);
    const step = Number(still(...at) < before(quantity));
    const share =
      estimator === "soft"
        ? 1 / (1 + Math.exp((field(...at) - quantity) / ((o.softness as number | undefined) ?? 0.05)))
        : estimator === "none"
          ? step
          : step + quantity - before(quantity) - field(...at) + still(...at);
    return clip(pixel(x, ...at) + share * intensity, o);
  });
};

export const references: Record<string, Reference64> = { plasmaBrightness, plasmaContrast, plasmaShadow };

export const surrogates: Record<string, Reference64> = { plasmaShadow: shadowing };

const common = { roughness: two(0.437, 0.71), seed: two(7, 123457) };
const shadow = { ...common, shadeIntensity: two(-0.31, -0.17), shadeQuantity: two(0.453, 0.561) };

export const cases: Case64[] = [
  { name: "plasmaBrightness", params: { ...common, intensity: two(0.37, 0.23) } },
  {
    name: "plasmaBrightness",
    params: { ...common, intensity: two(0.37, 0.23) },
    shape: [2, 2, 21, 34],
    options: { perChannel: false, clip: false },
  },
  { name: "plasmaContrast", params: { ...common, factor: two(1.7, 2.9) } },
  { name: "plasmaShadow", params: shadow },
  { name: "plasmaShadow", params: shadow, options: { perChannel: true, estimator: "soft", softness: 0.08 } },
];
