import { describe, expect, test, vi } from "vitest";
import {
  add,
  brightness,
  type Declaration,
  fisheye,
  grad,
  mosaic,
  motionOf,
  mul,
  parameter,
  remap,
  rotate,
  scale,
  sum,
  type Tensor,
  type Transform,
  tensor,
  translate,
} from "../../src/index.ts";
import { type Random, randomFrom } from "../fuzz/random.ts";
import { testGpu } from "../gpu.ts";
import { families, maps, type Params64 } from "../reference/index.ts";
import { transformPoint } from "../reference/matrix.ts";
import { drawn, motionOfKind, moving } from "./settings.ts";

// Whether gradients of points are true: those of the points, and of the parameters of what moved them.

const device = testGpu();
// Compiling on a busy processor takes its time.
vi.setConfig({ testTimeout: 60_000 });

const [N, K, SIDE] = [3, 6, 24];
const fields = Object.assign({}, ...Object.values(families).map((family) => family.fields ?? {})) as NonNullable<
  (typeof families)[string]["fields"]
>;

/** A transform whose parameters learn, as far as they may. */
function learning(declaration: Declaration, r: Random) {
  const { gpu } = device;
  const { transform, rows } = drawn(gpu, declaration, N, SIDE, r);
  const names = Object.keys(rows).filter((name) => {
    const { gradient, role, size } = declaration.params[name];
    return gradient !== false && (role === undefined || role === "through") && !String(size).startsWith("kernel");
  });
  const tensors = names.map((name) => {
    const width = rows[name][0].length;
    return parameter(gpu, rows[name].flat(), width === 1 ? [N] : [N, width]);
  });
  const params = { ...transform.params, ...Object.fromEntries(names.map((name, i) => [name, tensors[i]])) };
  return { transform: { ...transform, params } as Transform, rows: rows as Params64, names, tensors };
}

const random = (r: Random, count: number, from: number, to: number) =>
  Array.from({ length: count }, () => r.between(from, to));

/** ∂/∂t of a function of the parameters along a direction, by differences in float64. */
function slopeAlong(rows: Params64, names: string[], direction: number[][], of: (rows: Params64) => number): number {
  const h = 1e-5;
  const at = (t: number) =>
    of({
      ...rows,
      ...Object.fromEntries(
        names.map((name, i) => {
          const width = rows[name]![0].length;
          return [name, rows[name]!.map((row, n) => row.map((v, k) => v + t * direction[i][n * width + k]))];
        }),
      ),
    });
  return (at(h) - at(-h)) / (2 * h);
}

/** Compares the gradient along a direction, relative to what its parts are. */
async function compare(gradients: readonly Tensor[], direction: number[][], expected: number): Promise<void> {
  let [total, size] = [0, Math.abs(expected)];
  for (const [i, gradient] of gradients.entries())
    (await gradient.read()).forEach((g, k) => {
      total += g * direction[i][k];
      size += Math.abs(g * direction[i][k]);
    });
  expect(Math.abs(total - expected)).toBeLessThan(1e-3 * size + 1e-5);
}

const learned = moving.filter(({ params }) =>
  Object.entries(params).some(([, { gradient, role }]) => gradient !== false && role !== "fill" && role !== "key"),
);

describe("through a matrix, against the float64 model", () => {
  const modelled = learned.filter(({ name }) => name in maps).map((each) => [each.name, each] as const);
  test.each(modelled)("%s", async (name, declaration) => {
    const { gpu } = device;
    const r = randomFrom(3, 8);
    const { transform, rows, names, tensors } = learning(declaration, r);
    const at = random(r, 2 * K * N, 3, SIDE - 4);
    const weights = random(r, 2 * K * N, -1, 1);
    const points = parameter(gpu, at, [N, K, 2]);
    const there = motionOf(gpu, transform, [N, 3, SIDE, SIDE]).points(points);
    const loss = sum(mul(there, tensor(gpu, weights, [N, K, 2])));
    const [ofPoints, ...ofParams] = grad(loss, [points, ...tensors]);
    const input = { width: SIDE, height: SIDE };
    const model = (rows64: Params64, t = 0, way: number[] = []): number =>
      Array.from({ length: N * K }, (_, i) => {
        const m = maps[name].matrix(rows64, transform.options as never, input, Math.floor(i / K));
        const [x, y] = [0, 1].map((axis) => at[2 * i + axis] + t * (way[2 * i + axis] ?? 0));
        const [u, v] = transformPoint(m, x, y);
        return weights[2 * i] * u + weights[2 * i + 1] * v;
      }).reduce((a, b) => a + b, 0);
    const direction = names.map((each) => random(r, rows[each]!.flat().length, -1, 1));
    await compare(
      ofParams,
      direction,
      slopeAlong(rows, names, direction, (own) => model(own)),
    );
    const way = random(r, 2 * K * N, -1, 1);
    await compare([ofPoints], [way], (model(rows, 1e-4, way) - model(rows, -1e-4, way)) / 2e-4);
  });
});

test("in a row of maps of which some learn, each has its own gradient", async () => {
  const { gpu } = device;
  const [y, x] = [parameter(gpu, [1, -2]), parameter(gpu, [1.2, 0.8])];
  const before = [rotate({ angle: [30, 10] }), brightness({ factor: 2 }), translate({ x: 3, y })];
  const points = tensor(gpu, [
    [3, 4],
    [9, 7],
  ]);
  const shape = [2, 3, 16, 16];
  const first = await motionOf(gpu, before, shape).points(points).read();
  const there = motionOf(gpu, [...before, scale({ x, y: 1.5, centerX: 2, centerY: 5 })], shape).points(points);
  const [gy, gx] = grad(sum(there), [y, x]);
  // p' = (p − c) scale + c: y moves each point by 1.5, and x by how far the point lies from the centre.
  expect([...(await gy.read())]).toEqual([3, 3]);
  const far = [0, 1].map((n) => first[4 * n] - 2 + first[4 * n + 2] - 2);
  (await gx.read()).forEach((g, n) => expect(g).toBeCloseTo(far[n], 4));
});

test("the window of a mosaic learns, in pixels and in parts of the image, where its coin shows it", async () => {
  const { gpu } = device;
  for (const [relative, unit] of [
    [false, [1, 1]],
    [true, [20, 16]],
  ] as const) {
    const [x, y] = [parameter(gpu, [0.25, 0.5]), parameter(gpu, [0.5, 0.125])];
    const link = mosaic({ partners: [0, 0, 0], x, y, relative, on: [1, 0] });
    const there = motionOf(gpu, link, [2, 1, 16, 20]).points(
      tensor(gpu, [
        [3, 4],
        [9, 7],
      ]),
    );
    expect([...(await there.read())]).toEqual([
      ...[3 - 0.25 * unit[0], 4 - 0.5 * unit[1], 9 - 0.25 * unit[0], 7 - 0.5 * unit[1]],
      ...[3, 4, 9, 7],
    ]);
    const [gx, gy] = grad(sum(there), [x, y]);
    expect([...(await gx.read()), ...(await gy.read())]).toEqual([-2 * unit[0], 0, -2 * unit[1], 0]);
  }
});

describe("through a field", () => {
  const bending = learned.filter((each) => motionOfKind(each) === "place").map((each) => [each.name, each] as const);

  test.each(bending)("%s: back, at pixels, against the float64 model", async (name, declaration) => {
    const { gpu } = device;
    const r = randomFrom(6, 2);
    const { transform, rows, names, tensors } = learning(declaration, r);
    const at = Array.from({ length: 2 * K * N }, () => r.whole(4, SIDE - 5));
    const weights = random(r, 2 * K * N, -1, 1);
    const motion = motionOf(gpu, transform, [N, 3, SIDE, SIDE]);
    const source = motion.inverse().points(tensor(gpu, at, [N, K, 2]));
    const ofParams = grad(sum(mul(source, tensor(gpu, weights, [N, K, 2]))), tensors);
    const model = (rows64: Params64) => {
      const place = fields[name](rows64, transform.options as never, { width: SIDE, height: SIDE }, N);
      return Array.from({ length: N * K }, (_, i) => {
        const [u, v] = place(Math.floor(i / K), at[2 * i], at[2 * i + 1]);
        return weights[2 * i] * u + weights[2 * i + 1] * v;
      }).reduce((a, b) => a + b, 0);
    };
    const direction = names.map((each) => random(r, rows[each]!.flat().length, -1, 1));
    await compare(ofParams, direction, slopeAlong(rows, names, direction, model));
  });

  // What a point of the result looks at goes to that point, whatever the parameters are.
  test.each(bending)("%s: there and back is the point itself, and so are its gradients", async (_, declaration) => {
    const { gpu } = device;
    const r = randomFrom(6, 5);
    const { transform, tensors } = learning(declaration, r);
    const motion = motionOf(gpu, transform, [N, 3, SIDE, SIDE]);
    const points = parameter(gpu, random(r, 2 * K * N, 8, SIDE - 9), [N, K, 2]);
    const weights = tensor(gpu, random(r, 2 * K * N, -1, 1), [N, K, 2]);
    const source = motion.inverse().points(points);
    const ofPlace = grad(sum(mul(source, weights)), tensors, { retain: true });
    const [ofPoints, ...ofParams] = grad(sum(mul(motion.points(source), weights)), [points, ...tensors]);
    const wanted = await weights.read();
    (await ofPoints.read()).forEach((g, i) => expect(Math.abs(g - wanted[i])).toBeLessThan(5e-3));
    for (const [i, gradient] of ofParams.entries()) {
      const size = Math.max(...(await ofPlace[i].read()).map(Math.abs));
      for (const g of await gradient.read()) expect(Math.abs(g)).toBeLessThan(5e-3 * size + 1e-5);
    }
  });

  test("the tensor that it looks through learns, between pixels and beyond", async () => {
    const { gpu } = device;
    const grid = Float32Array.from(
      { length: 2 * 64 },
      (_, i) => (i < 64 ? i % 8 : Math.floor((i - 64) / 8)) + Math.sin(i) / 3,
    );
    const field = parameter(gpu, grid, [1, 2, 8, 8]);
    const motion = motionOf(gpu, remap({ grid: field }), [2, 1, 8, 8]);
    const at = [2.25, 3.5, 7, 7, 0, 5.75, 9, -1];
    const weights = [0.3, -0.7, 0.2, 0.9, -0.4, 0.1, 0.8, 0.6];
    const inner = motion.inverse().points(tensor(gpu, at, [4, 2]));
    const [g] = grad(sum(mul(inner, tensor(gpu, weights, [4, 2]))), [field], { retain: true });
    // A place is a mean of the tensor's values, so that they and their gradients make it.
    const values = await inner.read();
    const beyond = [2, -1];
    const made = weights.reduce((total, w, i) => {
      const own = (n: number) => values[8 * n + i] - (i > 5 ? beyond[i - 6] : 0);
      return total + w * (own(0) + own(1));
    }, 0);
    const gradients = await g.read();
    expect(gradients.reduce((total, v, i) => total + v * grid[i], 0)).toBeCloseTo(made, 3);
    // And there and back has none.
    const round = motion.points(motion.inverse().points(tensor(gpu, [2.25, 3.5, 4.2, 5.1], [2, 2])));
    const [none] = grad(sum(mul(round, tensor(gpu, [0.3, -0.7, 0.2, 0.9], [2, 2]))), [field]);
    for (const v of await none.read()) expect(Math.abs(v)).toBeLessThan(5e-3);
  });

  test("what a coin leaves out has no gradient, and equal runs have equal bits", async () => {
    const { gpu } = device;
    const run = async () => {
      const gamma = parameter(gpu, [0.9, 1.1]);
      const motion = motionOf(gpu, fisheye({ gamma, centerX: 0.1, centerY: 0, on: [1, 0] }), [2, 1, 16, 16]);
      const there = motion.points(
        tensor(gpu, [
          [3, 4],
          [9, 12],
        ]),
      );
      const [g] = grad(sum(add(there, 0)), [gamma]);
      return [...(await there.read()), ...(await g.read())];
    };
    const values = await run();
    expect(values.slice(4, 8)).toEqual([3, 4, 9, 12]);
    expect(values[8]).not.toBe(0);
    expect(values[9]).toBe(0);
    expect(await run()).toEqual(values);
  });
});
