/** What a map shows is linear in the image: its gradient is the transpose, ⟨g, T x⟩ = ⟨Tᵀ g, x⟩, wherever it looks. */
import { expect, test, vi } from "vitest";
import { affine, apply, grad, parameter, type Transform, tensor, warp, warpAffine } from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { inverse } from "../reference/matrix.ts";
import { weightsFor } from "./check.ts";

const device = testGpu();
vi.setConfig({ testTimeout: 60_000 });

type Sampling = {
  interpolation?: "nearest" | "bilinear" | "bicubic";
  padding?: "zeros" | "border" | "reflection" | "symmetric";
};

/** Numbers between two bounds, the same in every run. */
function randomly(seed: number): (low: number, high: number) => number {
  const numbers = weightsFor(5000, seed);
  let at = 0;
  return (low, high) => low + ((high - low) * (numbers[at++] + 1)) / 2;
}

/** Where an affine map looks: turned, moved, and scaled a little, or by anything from 1e-6 to 1e6. */
function looks(k: number, width: number, height: number, r: ReturnType<typeof randomly>): number[] {
  const [x, y, angle] = [(width - 1) / 2, (height - 1) / 2, r(-3, 3)];
  const scale = () => (k % 6 === 5 ? 10 ** r(-6, 6) : Math.exp(r(-1, 1)));
  const [sx, sy] = [scale(), scale()];
  const [a, b, c, d] = [Math.cos(angle) * sx, Math.sin(angle) * sy, -Math.sin(angle) * sx, Math.cos(angle) * sy];
  return [a, b, x - a * x - b * y + r(-3, 3), c, d, y - c * x - d * y + r(-3, 3)];
}

/** The last row of a projective one: a horizon far away, across the output, through pixels, or just beyond the last ones. */
function horizon(k: number, width: number, height: number, r: ReturnType<typeof randomly>): number[] {
  const [w, h] = [width - 1, height - 1];
  if (k % 6 === 0) return [r(-0.05, 0.05), r(-0.05, 0.05), 1];
  if (k % 6 === 4) return k % 12 === 4 ? [1, 0, -w - 10 ** r(-6, -1)] : [0, 1, 10 ** r(-6, -1)];
  const [x, y] = [
    [r(0, w), r(0, h)],
    [Math.round(r(0, w)), Math.round(r(0, h))],
    [r(-1, 0), r(h, h + 1)],
  ][k % 3];
  const [a, b] = [r(-1, 1), k % 2 ? r(-1, 1) : 0];
  return [a, b, -(a * x + b * y)];
}

const SAMPLES = 24;
const SIZES = [
  [1, 1],
  [1, 7],
  [29, 17],
  [8, 8],
];

/** Images that are looked at through random maps, and what comes back. */
async function transposed(width: number, height: number, projective: boolean, options: Sampling) {
  const { gpu } = device;
  const r = randomly(width * 31 + height);
  const rows = Array.from({ length: SAMPLES }, (_, k) => {
    const own = looks(k, width, height, r);
    const m = inverse([...own, ...(projective ? horizon(k, width, height, r) : [0, 0, 1])]);
    const usable = m.every(Number.isFinite) ? m : [1, 0, 0, 0, 1, 0, 0, 0, 1];
    return projective ? usable : usable.slice(0, 6);
  });
  const size = width * height;
  const [xs, gs] = [weightsFor(SAMPLES * size, 5), weightsFor(SAMPLES * size, 7)];
  const x = tensor(gpu, xs, [SAMPLES, 1, height, width], { requiresGrad: true });
  const matrix = parameter(gpu, rows.flat(), [SAMPLES, rows[0].length]);
  const map: Transform = projective ? warp({ matrix, ...options }) : warpAffine({ matrix, ...options });
  const y = apply(x, map);
  const gradients = grad(y, [x, matrix], { gradient: tensor(gpu, gs, y.shape) });
  const [ys, gx, gm] = await Promise.all([y.read(), gradients[0].read(), gradients[1].read()]);
  return rows.map((row, k) => {
    const sum = (a: ArrayLike<number>, b: ArrayLike<number>, f = (v: number) => v) => {
      let total = 0;
      for (let i = k * size; i < (k + 1) * size; i++) total += f(a[i] * b[i]);
      return total;
    };
    const error = Math.abs(sum(gs, ys) - sum(gx, xs)) / (sum(gs, ys, Math.abs) + 1e-3 * size);
    const finite = gm.subarray(k * row.length, (k + 1) * row.length).every(Number.isFinite);
    return { error, finite, width, height, row };
  });
}

async function expectAdjoint(projective: boolean, options: Sampling): Promise<void> {
  for (const [width, height] of SIZES) {
    const all = await transposed(width, height, projective, options);
    expect(all.filter(({ error, finite }) => !(error < 1e-4) || !finite)).toEqual([]);
  }
}

test.each<Sampling>([
  { padding: "zeros" },
  { padding: "border" },
  { padding: "reflection" },
  { padding: "symmetric", interpolation: "nearest" },
  { padding: "symmetric", interpolation: "bicubic" },
])("projective maps, with horizons in, at and beyond the output: $interpolation $padding", async (options) => {
  await expectAdjoint(true, options);
});

test.each<Sampling>([
  { padding: "zeros", interpolation: "bicubic" },
  { padding: "border", interpolation: "nearest" },
  { padding: "symmetric" },
])("affine maps of any scale: $interpolation $padding", async (options) => {
  await expectAdjoint(false, options);
});

test("a border gives back everything that looks at it, from however far", async () => {
  const { gpu } = device;
  const values = Float32Array.from({ length: 40 }, (_, i) => 1 + ((i * 7) % 11) / 10);
  const given = values.reduce((a, b) => a + b);
  for (const interpolation of ["nearest", "bilinear", "bicubic"] as const) {
    const options = { interpolation, padding: "border" } as const;
    const tilt = warp({ ...options, matrix: [1, 0, 0, 0, 1, 0, 0.01, 0, 1] });
    for (const scaleY of [-1e-6, 1e-6, 1e-5, 1e-4]) {
      for (const angle of [0, 45, 119.8]) {
        for (const after of [[], [tilt]]) {
          const x = parameter(gpu, new Float32Array(120).fill(1), [1, 1, 24, 5]);
          const far = affine({
            ...options,
            height: 8,
            width: 5,
            angle,
            x: -2.3,
            y: 1.9,
            scaleY,
            shearY: -3.6,
            centerX: 2.3,
          });
          const y = apply(x, [far, ...after]);
          const [gx] = grad(y, [x], { gradient: tensor(gpu, values, y.shape) });
          // Every weight of a constant image is seen: what comes in goes out.
          const sum = (await gx.read()).reduce((a, b) => a + b);
          expect(Math.abs(sum - given), `${interpolation} ${scaleY} ${angle} ${after.length}`).toBeLessThan(
            1e-4 * given,
          );
        }
      }
    }
  }
});
