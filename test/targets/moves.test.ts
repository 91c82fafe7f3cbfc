import { describe, expect, test, vi } from "vitest";
import { apply, type Declaration, elastic, motionOf, tensor } from "../../src/index.ts";
import { randomFrom } from "../fuzz/random.ts";
import { testGpu } from "../gpu.ts";
import { maps } from "../reference/index.ts";
import { transformPoint } from "../reference/matrix.ts";
import { origins, places, SIDE } from "./origins.ts";
import { drawn, motionOfKind, moving } from "./settings.ts";

// Whether points go where pixels go: for every registered transform that moves some, whatever its kind.

const device = testGpu();
// Compiling on a busy processor takes its time.
vi.setConfig({ testTimeout: 60_000 });

const each = moving.map((declaration) => [declaration.name, declaration] as const);
const looking = each.filter(([, declaration]) => !["strides", "chains"].includes(motionOfKind(declaration)));

const SAMPLES = 25;
describe("a pixel of the result shows the point that the inverse says, and that point comes back", () => {
  test.each(looking)("%s", async (_, declaration) => {
    const { gpu } = device;
    const r = randomFrom(1, 7);
    const { transform } = drawn(gpu, declaration, SAMPLES, SIDE, r);
    const x = tensor(gpu, places(SAMPLES), [SAMPLES, 3, SIDE, SIDE]);
    const all = await origins(apply(x, transform));
    expect(all.length).toBeGreaterThan(200);
    // As many of each sample, so that they are one tensor.
    const K = 40;
    const at = Array.from({ length: SAMPLES }, (_, n) => {
      const own = all.filter((each) => each.n === n);
      return Array.from({ length: K }, () => (own.length ? r.pick(own) : null));
    });
    const motion = motionOf(gpu, transform, x.shape);
    const result = tensor(
      gpu,
      at.flat().flatMap((each) => each?.at ?? [0, 0]),
      [SAMPLES, K, 2],
    );
    const source = motion.inverse().points(result);
    const again = motion.inverse().points(motion.points(source));
    const [from, back] = [await source.read(), await again.read()];
    let [worst, lost] = [0, 0];
    at.flat().forEach((each, i) => {
      if (!each) return;
      for (const axis of [0, 1]) {
        worst = Math.max(worst, Math.abs(from[2 * i + axis] - each.from[axis]));
        lost = Math.max(lost, Math.abs(back[2 * i + axis] - from[2 * i + axis]));
      }
    });
    expect(worst).toBeLessThan(2e-3);
    expect(lost).toBeLessThan(0.01);
  });
});

test("a field that folds over itself in many places has a point for each place", async () => {
  const { gpu } = device;
  const [K, size] = [600, 64];
  const r = randomFrom(8);
  const folding = motionOf(gpu, elastic({ alpha: 1, sigma: 2, kernelSize: 13, seed: 11 }), [1, 1, size, size]);
  const pixels = Array.from({ length: size * size }, (_, i) => [i % size, Math.floor(i / size)]).flat();
  const looks = await folding
    .inverse()
    .points(tensor(gpu, pixels, [size * size, 2]))
    .read();
  // Neighbours that look the other way around.
  const folds = Array.from(
    { length: size * size - 1 },
    (_, i) => looks[2 * i + 2] < looks[2 * i] && i % size < size - 1,
  );
  expect(folds.filter(Boolean).length).toBeGreaterThan(100);
  const at = Array.from({ length: 2 * K }, () => r.between(8, size - 9));
  const back = await folding
    .inverse()
    .points(folding.points(tensor(gpu, at, [K, 2])))
    .read();
  expect(Math.max(...at.map((value, i) => Math.abs(value - back[i])))).toBeLessThan(0.01);
});

/** Settings a round, and rounds: a quick run takes one of them, `AUGRAD_CONTRACT=full` all 1000 settings. */
const [DOTS, ROUNDS] = [125, process.env.AUGRAD_CONTRACT === "full" ? 8 : 1];

/** Where dots are, and images with one each, three channels alike. */
const spotted = Array.from({ length: ROUNDS }, (_, round) => {
  const r = randomFrom(4, round);
  const at = Array.from({ length: DOTS }, () => [r.between(8, SIDE - 9), r.between(8, SIDE - 9)]);
  const images = at.flatMap(([px, py]) => {
    const [across, down] = [px, py].map((p) => Array.from({ length: SIDE }, (_, i) => Math.exp(-((i - p) ** 2) / 4)));
    const plane = down.flatMap((v) => across.map((u) => u * v));
    return [...plane, ...plane, ...plane];
  });
  return { at, images: Float32Array.from(images) };
});

const WINDOW = 7;
/** The middle of what is bright around a place in a plane, seen from there; null where that lies at the border. */
function middle(plane: Float32Array, w: number, h: number, [x, y]: readonly [number, number]): [number, number] | null {
  if (!(Math.min(x, y, w - 1 - x, h - 1 - y) > WINDOW)) return null;
  let [sum, sx, sy] = [0, 0, 0];
  for (let v = Math.ceil(y - WINDOW); v <= y + WINDOW; v++)
    for (let u = Math.ceil(x - WINDOW); u <= x + WINDOW; u++) {
      const [dx, dy, value] = [u - x, v - y, plane[v * w + u]];
      if (dx * dx + dy * dy > WINDOW * WINDOW) continue;
      sum += value;
      sx += value * dx;
      sy += value * dy;
    }
  return [sx / sum, sy / sum];
}

/** Whether a motion moves what is within two pixels of a point much as it moves the point; a matrix does. */
function isEven(cross: Float32Array, n: number): boolean {
  const at = (k: number) => [cross[10 * n + 2 * k], cross[10 * n + 2 * k + 1]];
  const [here, ...around] = [0, 1, 2, 3, 4].map(at);
  const far = around.map((each) => Math.hypot(each[0] - here[0], each[1] - here[1]));
  const bend = [0, 1].map((axis) => around.reduce((sum, each) => sum + each[axis] / 4, -here[axis]));
  return Math.hypot(...bend) < 0.1 && Math.min(...far) > 1 && Math.max(...far) < 5;
}

const CROSS = [
  [0, 0],
  [2, 0],
  [-2, 0],
  [0, 2],
  [0, -2],
];

describe("a dot that is drawn at a point lands where the point goes, for 1000 random settings", () => {
  test.each(each)("%s", async (_, declaration) => {
    const { gpu } = device;
    const N = DOTS;
    const r = randomFrom(2, 3);
    const off: number[] = [];
    for (const { at, images } of spotted) {
      const { transform } = drawn(gpu, declaration, N, SIDE, r);
      const x = tensor(gpu, images, [N, 3, SIDE, SIDE]);
      const y = apply(x, transform);
      const motion = motionOf(gpu, transform, x.shape);
      const crosses = at.flatMap(([px, py]) => CROSS.flatMap(([dx, dy]) => [px + dx, py + dy]));
      const there = motion.points(tensor(gpu, crosses, [N, 5, 2]));
      const [seen, moved] = [await y.read(), await there.read()];
      const [, c, h, w] = y.shape;
      for (let n = 0; n < N; n++) {
        // Where a field bends within the dot, its middle is not where the middle goes.
        if (!motion.matrix && !isEven(moved, n)) continue;
        const plane = seen.subarray(c * n * h * w, (c * n + 1) * h * w);
        const left = middle(plane, w, h, [moved[10 * n], moved[10 * n + 1]]);
        if (left) off.push(Math.hypot(...left));
      }
      for (const each of [x, y, there, motion]) each.dispose();
    }
    expect(off.length).toBeGreaterThan(8 * ROUNDS);
    expect(Math.max(...off)).toBeLessThan(0.5);
  });
});

describe("a map's matrix is that of the float64 model, for 1000 random settings", () => {
  const modelled = each.filter(([name]) => name in maps);
  test.each(modelled)("%s", async (name, declaration: Declaration) => {
    const { gpu } = device;
    const N = 1000;
    const r = randomFrom(5, 1);
    const { transform, rows } = drawn(gpu, declaration, N, SIDE, r);
    const at = Array.from({ length: N }, () => [r.between(0, SIDE - 1), r.between(0, SIDE - 1)]);
    const motion = motionOf(gpu, transform, [N, 3, SIDE, SIDE]);
    const moved = await motion.points(tensor(gpu, at.flat(), [N, 1, 2])).read();
    const input = { width: SIDE, height: SIDE };
    const off = at.map(([x, y], n) => {
      const m = maps[name].matrix(rows, transform.options as never, input, n);
      const [u, v] = transformPoint(m, x, y);
      return Math.hypot(moved[2 * n] - u, moved[2 * n + 1] - v) / (1 + Math.hypot(u, v));
    });
    expect(Math.max(...off)).toBeLessThan(1e-4);
  });
});
