import { describe, expect, test } from "vitest";
import * as ag from "../../src/index.ts";
import { values } from "../autograd/values.ts";
import { samples } from "../functional/matrix.ts";
import { testGpu } from "../gpu.ts";
import { about, affine, inverted, perspective, seenThrough, turned } from "./reference.ts";

const device = testGpu();
const learned = (data: ag.Values, shape?: ag.Shape) => ag.parameter(device.gpu, data, shape);
const SHAPE = [2, 2, 3, 5, 4];
const SIZE = 2 * 2 * 3 * 5 * 4;
const CENTER = [1.5, 2, 1];
const volume = (shape = SHAPE, seed = 1) =>
  learned(values(shape.reduce((a, b) => a * b), -1, 1, seed), shape); // biome-ignore format: one line

describe("flips", () => {
  test("mirror one axis, bit for bit, and so do their gradients", async () => {
    const x = volume();
    const before = await x.read();
    const at = (i: number) => [i % 4, Math.floor(i / 4) % 5, Math.floor(i / 20) % 3, Math.floor(i / 60)];
    const index = (a: number, b: number, c: number, p: number) => ((p * 3 + c) * 5 + b) * 4 + a;
    const cases = [
      [ag.horizontalFlip3d, (i: number, j: number, k: number, p: number) => index(3 - i, j, k, p)],
      [ag.verticalFlip3d, (i: number, j: number, k: number, p: number) => index(i, 4 - j, k, p)],
      [ag.depthicalFlip3d, (i: number, j: number, k: number, p: number) => index(i, j, 2 - k, p)],
    ] as const;
    for (const [flip, from] of cases) {
      const y = flip(x);
      const g = ag.tensor(device.gpu, values(SIZE, -1, 1, 5), SHAPE);
      const [gx] = ag.grad(y, [x], { gradient: g });
      const [seen, back, sent] = [await y.read(), await gx.read(), await g.read()];
      for (let i = 0; i < SIZE; i++) {
        const [a, b, c, p] = at(i);
        expect(seen[i]).toBe(before[from(a, b, c, p)]);
        expect(back[i]).toBe(sent[from(a, b, c, p)]);
      }
    }
  });
});

describe("rotate3d", () => {
  const reference =
    (options = {}) =>
    ([x, yaw, pitch, roll]: readonly Float64Array[]) =>
      seenThrough(
        x,
        SHAPE,
        [0, 1].map((n) => inverted(about(turned([yaw[n], pitch[n], roll[n]]), CENTER))),
        undefined,
        options,
      );

  test("value and gradients, with every padding", async () => {
    const angles = [[23, -140.5], [-11, 71], [37, 12.3]].map((v) => learned(v)); // biome-ignore format: one line
    for (const padding of ["zeros", "border", "reflection"] as const) {
      await ag.assertGradients(
        (x, yaw, pitch, roll) => ag.rotate3d(x, { yaw, pitch, roll, padding }),
        [volume(), ...angles],
        { reference: reference({ padding }), tolerance: 3e-4, samples: 24 },
      );
    }
  });

  test("small angles have their gradients, and so has the identity", async () => {
    // A smooth volume that is 0 at its border: there are no kinks near a place that moves little from the voxels.
    const x = volume();
    for (const size of [0.3, 1e-3]) {
      const angles = [[1, -2], [0.7, 0.4], [-1.2, 0.9]].map((v) => learned(v.map((a) => a * size))); // biome-ignore format: one line
      const run = (yaw: ag.Tensor, pitch: ag.Tensor, roll: ag.Tensor) =>
        ag.affine3d(x.detach(), { angles: ag.transpose(ag.reshape(ag.concat([yaw, pitch, roll]), [3, 2])), center: [7.1, 6.3, 8.2], translations: [0.4, 0.3, 0.45] }); // biome-ignore format: one line
      await ag.assertGradients(run, angles, {
        tolerance: 2e-3,
        step: 1e-6,
        reference: ([a, b, c]) =>
          seenThrough(
            values(SIZE, -1, 1, 1),
            SHAPE,
            [0, 1].map((n) =>
              inverted(affine([a[n], b[n], c[n]], [0.4, 0.3, 0.45], [1, 1, 1], [0, 0, 0, 0, 0, 0], [7.1, 6.3, 8.2])),
            ),
          ),
      });
    }
  });

  test("0 is the identity, bit for bit, and quarter turns are permutations", async () => {
    const shape = [1, 1, 3, 3, 3];
    const x = ag.tensor(device.gpu, values(27, -1, 1, 2), shape);
    const before = await x.read();
    expect(await ag.rotate3d(x, {}).read()).toEqual(before);
    const at = (i: number, j: number, k: number) => before[(k * 3 + j) * 3 + i];
    const turns = {
      // Counter-clockwise as seen: what is at the right comes to the top.
      roll: (i: number, j: number, k: number) => at(2 - j, i, k),
      yaw: (i: number, j: number, k: number) => at(i, 2 - k, j),
      pitch: (i: number, j: number, k: number) => at(k, j, 2 - i),
    };
    for (const [name, from] of Object.entries(turns)) {
      const expected = Array.from({ length: 27 }, (_, i) => from(i % 3, Math.floor(i / 3) % 3, Math.floor(i / 9)));
      for (const angle of [90, -270, 450]) {
        expect([...(await ag.rotate3d(x, { [name]: angle }).read())]).toEqual(expected);
        expect([...(await ag.rotate3d(x, { [name]: angle, interpolation: "nearest" }).read())]).toEqual(expected);
      }
    }
  });

  test("roll turns slices as rotate turns images", async () => {
    const x = ag.tensor(device.gpu, values(2 * 35, 0, 1, 3), [1, 2, 1, 5, 7]);
    const turned = await ag.rotate3d(x, { roll: 30 }).read();
    const images = await ag.apply(ag.reshape(x, [1, 2, 5, 7]), [ag.rotate({ angle: 30 })]).read();
    for (const [i, v] of turned.entries()) expect(v).toBeCloseTo(images[i], 5);
  });
});

test("affine3d: value and gradients of everything", async () => {
  const rows = {
    angles: [20, -33, 51, -100, 12, 7],
    translations: [0.7, -0.4, 0.3, -0.2, 0.9, 0.15],
    scale: [1.2, 0.8, 1.4, -0.9, 1.1, 0.7],
    shears: [5, -12, 8, 14, -6, 9, -3, 7, 11, -15, 4, 2],
    center: [1.1, 2.2, 0.7, 1.9, 1.3, 1.4],
  };
  const inputs = Object.values(rows).map((v) => learned(v, [2, v.length / 2]));
  for (const options of [{}, { padding: "reflection" }] as const)
    await ag.assertGradients(
      (x, angles, translations, scale, shears, center) =>
        ag.affine3d(x, { angles, translations, scale, shears, center, ...options }),
      [volume(), ...inputs],
      {
        tolerance: 3e-4,
        reference: ([x, a, t, s, k, c]) => {
          const of = (v: Float64Array, length: number) => samples(v, length);
          const one = (n: number) => affine(of(a, 3)[n], of(t, 3)[n], of(s, 3)[n], of(k, 6)[n], of(c, 3)[n]);
          return seenThrough(x, SHAPE, [0, 1].map((n) => inverted(one(n))), undefined, options); // biome-ignore format: one line
        },
      },
    );
});

const CORNERS = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((i) => [(i & 1) * 3, ((i >> 1) & 1) * 4, (i >> 2) * 2]);

describe("perspective3d", () => {
  test("value and gradients of all points, which no map fits exactly", async () => {
    const moved = (by: number, seed: number) => values(48, -by, by, seed).map((v, i) => v + CORNERS[i % 24]);
    const [start, end] = [learned(moved(0.3, 3), [2, 8, 3]), learned(moved(0.4, 4), [2, 8, 3])];
    await ag.assertGradients(
      (x, startPoints, endPoints) => ag.perspective3d(x, { startPoints, endPoints }),
      [volume(), start, end],
      {
        tolerance: 1e-3,
        reference: ([x, s, e]) =>
          seenThrough(
            x,
            SHAPE,
            [0, 1].map((n) => inverted(perspective(samples(s, 24)[n], samples(e, 24)[n], SHAPE.slice(2)))),
          ),
      },
    );
  });

  test("points that stay are the identity, bit for bit; points of a map make that map", async () => {
    const x = volume();
    const same = ag.tensor(device.gpu, CORNERS, [8, 3]);
    expect(await ag.perspective3d(x, { startPoints: same, endPoints: same }).read()).toEqual(await x.read());
    const m = [1.1, 0.1, -0.05, 0.2, 0.05, 0.9, 0.1, -0.1, 0.1, -0.1, 1.2, 0.05, 0.02, -0.03, 0.04, 1];
    const points = samples(CORNERS, 3).map(([a, b, c]) => {
      const [px, py, pz, pw] = [0, 1, 2, 3].map(
        (r) => m[4 * r] * a + m[4 * r + 1] * b + m[4 * r + 2] * c + m[4 * r + 3],
      );
      return [px / pw, py / pw, pz / pw];
    });
    const seen = await ag.perspective3d(x, { startPoints: samples(CORNERS, 3), endPoints: points }).read();
    const warped = await ag.warp3d(x, { matrix: samples(m, 4) }).read();
    for (const [i, v] of seen.entries()) expect(v).toBeCloseTo(warped[i], 4);
  });
});

describe("warp3d and warpAffine3d", () => {
  const m = [1.1, 0.13, -0.05, 0.2, 0.05, 0.9, 0.1, -0.1, 0.1, -0.1, 1.2, 0.05, 0.02, -0.03, 0.04, 1];
  const two = [...m, ...m.map((v, i) => v + 0.07 * Math.sin(3 * i))];

  test("value and gradients, in another size", async () => {
    const size = [2, 3, 6] as const;
    await ag.assertGradients((x, matrix) => ag.warp3d(x, { matrix, size }), [volume(), learned(two, [2, 4, 4])], {
      tolerance: 5e-4,
      reference: ([x, v]) => seenThrough(x, SHAPE, samples(v, 16).map(inverted), size),
    });
    const affineRows = samples(two, 16).flatMap((row) => row.slice(0, 12));
    await ag.assertGradients(
      (x, matrix) => ag.warpAffine3d(x, { matrix, size, padding: "border" }),
      [volume(), learned(affineRows, [2, 3, 4])],
      {
        tolerance: 5e-4,
        reference: ([x, v]) =>
          seenThrough(x, SHAPE, samples(v, 12).map((row) => inverted([...row, 0, 0, 0, 1])), size, { padding: "border" }), // biome-ignore format: one line
      },
    );
  });

  test("nearest: the voxel that is nearest, its gradient to that voxel, and the slopes of trilinear in the matrix", async () => {
    const [x, matrix] = [volume(), learned(two, [2, 4, 4])];
    const options = { interpolation: "nearest" } as const;
    await ag.assertGradients((v) => ag.warp3d(v, { matrix: matrix.detach(), ...options }), [x], {
      reference: ([v]) => seenThrough(v, SHAPE, samples(two, 16).map(inverted), undefined, options),
    });
    const gradient = ag.tensor(device.gpu, values(SIZE, -1, 1, 9), SHAPE);
    const [near] = ag.grad(ag.warp3d(x, { matrix, ...options }), [matrix], { gradient });
    const [smooth] = ag.grad(ag.warp3d(x, { matrix }), [matrix], { gradient });
    expect(await near.read()).toEqual(await smooth.read());
  });

  test("a batch is its samples, two runs have equal bits, and sizes of 1 and primes work", async () => {
    for (const shape of [
      [2, 2, 3, 5, 4],
      [2, 1, 1, 1, 1],
      [2, 3, 7, 1, 11],
      [2, 1, 1, 13, 2],
    ]) {
      const x = volume(shape, 7);
      const matrix = learned(two, [2, 4, 4]);
      const run = async (v: ag.Tensor, mat: ag.Tensor) => {
        const y = ag.warp3d(v, { matrix: mat });
        const grads = ag.grad(ag.sum(ag.square(ag.add(y, 1))), [v, mat]);
        return Promise.all([y, ...grads].map((t) => t.read()));
      };
      const batch = await run(x, matrix);
      expect(await run(x, matrix)).toEqual(batch);
      const half = x.size / 2;
      for (const n of [0, 1]) {
        const [data, rows] = [await x.read(), await matrix.read()];
        const own = await run(
          learned(data.slice(n * half, (n + 1) * half), [1, ...shape.slice(1)]),
          learned(rows.slice(16 * n, 16 * n + 16), [1, 4, 4]),
        );
        for (const [i, part] of own.entries()) {
          const whole = batch[i];
          const length = part.length;
          for (let k = 0; k < length; k++) expect(whole[n * length + k]).toBeCloseTo(part[k], 4);
        }
      }
    }
  });

  test("NaN stays in its sample: of a volume, of a matrix, and of a singular one", async () => {
    const bad = [Number.NaN, Number.POSITIVE_INFINITY];
    for (const value of bad) {
      const data = values(SIZE, -1, 1, 1);
      data[31] = value;
      const [x, matrix] = [learned(data, SHAPE), learned(two, [2, 4, 4])];
      const y = ag.warp3d(x, { matrix });
      const [gx, gm] = ag.grad(ag.sum(ag.square(y)), [x, matrix]);
      for (const t of [y, gx, gm]) {
        const read = await t.read();
        expect([...read.slice(read.length / 2)].every(Number.isFinite)).toBe(true);
      }
    }
    const singular = m.map((v, i) => (i < 4 ? 0 : v));
    for (const first of [m.with(5, Number.NaN), m.with(3, Number.POSITIVE_INFINITY), singular]) {
      const [x, matrix] = [volume(), learned([...first, ...two.slice(16)], [2, 4, 4])];
      const y = ag.warp3d(x, { matrix });
      const [gx, gm] = ag.grad(ag.sum(y), [x, matrix]);
      for (const t of [y, gx]) {
        const read = await t.read();
        expect([...read.slice(0, read.length / 2)].every(Number.isNaN)).toBe(true);
        expect([...read.slice(read.length / 2)].every(Number.isFinite)).toBe(true);
      }
      expect([...(await gm.read()).slice(16)].every(Number.isFinite)).toBe(true);
    }
  });

  test("many parts add up, from large to small, and to zeros", async () => {
    // All voxels of the result look at one voxel.
    const x = volume([1, 2, 2, 2, 2]);
    const matrix = [[1e-9, 0, 0, 0], [0, 1e-9, 0, 0], [0, 0, 1e-9, 0]]; // biome-ignore format: one line
    const scale = 1e9;
    const y = ag.warpAffine3d(x, { matrix: ag.tensor(device.gpu, matrix.flat().map((v) => v * scale), [3, 4]), size: [40, 50, 60], padding: "border" }); // biome-ignore format: one line
    const g = new Float32Array(2 * 40 * 50 * 60).fill(1e-12, 120000);
    const [gx] = ag.grad(y, [x], { gradient: ag.tensor(device.gpu, g, [1, 2, 40, 50, 60]) });
    const read = await gx.read();
    expect([...read.slice(0, 8)].every((v) => v === 0)).toBe(true);
    const total = [...read.slice(8)].reduce((sum, v) => sum + v, 0);
    expect(total / 1.2e-7).toBeCloseTo(1, 4);
  });
});

test("what does not fit is refused", () => {
  const { gpu } = device;
  const x = ag.zeros(gpu, SHAPE);
  const image = ag.zeros(gpu, [1, 3, 4, 4]);
  const refused = [
    [() => ag.horizontalFlip3d(image), /x of horizontalFlip3d\(\): got \[1, 3, 4, 4\]; allowed is \[N, C, D, H, W\]/],
    [() => ag.rotate3d(image, {}), /\[N, C, D, H, W\]/],
    [() => ag.rotate3d(x, { roll: [1, 2, 3] }), /roll of rotate3d\(\): got .*; allowed is a number, or \[2\]/],
    [() => ag.rotate3d(x, { roll: Number.NaN }), /roll of rotate3d\(\)/],
    [
      () => ag.rotate3d(x, { roll: ag.zeros(gpu, [3]) }),
      /roll of rotate3d\(\): got \[3\]; allowed is a number, or \[2\]/,
    ],
    [() => ag.rotate3d(x, { angle: 3 } as never), /unknown option/],
    [() => ag.rotate3d(x, { padding: "wrap" } as never), /zeros, border, reflection/],
    [() => ag.affine3d(x, { scale: [1, 0, 1] }), /other than 0/],
    [() => ag.affine3d(x, { shears: [90, 0, 0, 0, 0, 0] }), /none of them 90 degrees/],
    [() => ag.affine3d(x, { shears: [1, 2, 3] }), /shears of affine3d\(\): .*\[6\], or \[2, 6\]/],
    [() => ag.warp3d(x, {} as never), /matrix of warp3d\(\): got undefined/],
    [() => ag.warp3d(x, { matrix: new Array(4).fill([1, 1, 1, 1]) }), /singular/],
    [() => ag.warpAffine3d(x, { matrix: [[1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]] }), /singular/], // biome-ignore format: one line
    [() => ag.warpAffine3d(x, { matrix: ag.zeros(gpu, [4, 4]) }), /\[3, 4\], or \[2, 3, 4\]/],
    [() => ag.warp3d(x, { matrix: ag.zeros(gpu, [4, 4]), size: [1, 2] as never }), /\[depth, height, width\]/],
    [() => ag.perspective3d(x, {} as never), /startPoints of perspective3d\(\): got undefined/],
    [() => ag.perspective3d(x, { startPoints: new Array(8).fill([0, 0, 0]), endPoints: samples(CORNERS, 3) }), /a map with an inverse/], // biome-ignore format: one line
    [() => ag.perspective3d(x, { startPoints: samples(CORNERS, 3), endPoints: samples(CORNERS, 3).map(([a, b]) => [a, b, 1]) }), /a map with an inverse/], // biome-ignore format: one line
  ] as const;
  for (const [call, message] of refused) expect(call).toThrow(message);
});
