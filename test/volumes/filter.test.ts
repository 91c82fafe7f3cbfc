import { describe, expect, test } from "vitest";
import * as ag from "../../src/index.ts";
import { values } from "../autograd/values.ts";
import { samples } from "../functional/matrix.ts";
import { testGpu } from "../gpu.ts";
import { filtered, motion } from "./reference.ts";

const device = testGpu();
const SHAPE = [2, 2, 3, 4, 5];
const learned = (size: number, shape: readonly number[], seed = 1) =>
  ag.parameter(device.gpu, values(size, -1, 1, seed), shape);
const volume = () => learned(240, SHAPE);
const PADDINGS = ["zeros", "border", "reflection", "circular"] as const;

describe("filter3d", () => {
  test("value and gradients, for every padding", async () => {
    for (const padding of PADDINGS)
      await ag.assertGradients((x, kernel) => ag.filter3d(x, { kernel, padding }), [volume(), learned(90, [2, 3, 5, 3], 2)], {
        samples: 24,
        reference: ([x, k]) => filtered(x, SHAPE, samples(k, 45), [3, 5, 3], padding),
      }); // biome-ignore format: one line
  });

  test("one kernel for all samples, and volumes smaller than the kernel", async () => {
    for (const shape of [
      [2, 1, 1, 1, 1],
      [2, 1, 2, 1, 7],
    ]) {
      for (const padding of PADDINGS) {
        const size = shape.reduce((a, b) => a * b);
        await ag.assertGradients((x, kernel) => ag.filter3d(x, { kernel, padding }), [learned(size, shape), learned(75, [5, 3, 5], 2)], {
          samples: 12,
          reference: ([x, k]) => filtered(x, shape, [k, k], [5, 3, 5], padding),
        }); // biome-ignore format: one line
      }
    }
  });
});

describe("motionBlur3d", () => {
  test("value and gradients of volume, angles and direction", async () => {
    const angles = [[23, -60], [31, 40], [-17, 75]].map((v) => ag.parameter(device.gpu, v)); // biome-ignore format: one line
    const direction = ag.parameter(device.gpu, [0.4, -0.7]);
    const padding = "reflection";
    await ag.assertGradients(
      (x, yaw, pitch, roll, d) => ag.motionBlur3d(x, { kernelSize: 5, yaw, pitch, roll, direction: d, padding }),
      [volume(), ...angles, direction],
      {
        tolerance: 3e-4,
        samples: 24,
        reference: ([x, a, b, c, d]) =>
          filtered(x, SHAPE, [0, 1].map((n) => motion(5, [a[n], b[n], c[n]], d[n])), [5, 5, 5], padding), // biome-ignore format: one line
      },
    );
  });

  test("nearest turns the line to the nearest voxels", async () => {
    const x = volume();
    const y = await ag
      .motionBlur3d(x, { yaw: 20, pitch: 35, roll: 50, direction: 0.3, interpolation: "nearest" })
      .read();
    const kernel = motion(3, [20, 35, 50], 0.3, "nearest");
    const expected = filtered(await x.read(), SHAPE, [kernel, kernel], [3, 3, 3], "zeros");
    for (const [i, v] of y.entries()) expect(v).toBeCloseTo(expected[i], 5);
  });

  test("roll blurs slices as motionBlur blurs images, NaN stays in its sample, equal runs have equal bits", async () => {
    const x = ag.tensor(device.gpu, values(2 * 63, 0, 1, 3), [1, 2, 1, 7, 9]);
    const options = { kernelSize: 5, direction: 0.5 };
    const blurred = await ag.motionBlur3d(x, { ...options, roll: 40 }).read();
    const images = await ag.apply(ag.reshape(x, [1, 2, 7, 9]), [ag.motionBlur({ ...options, angle: 40 })]).read();
    for (const [i, v] of blurred.entries()) expect(v).toBeCloseTo(images[i], 5);

    const data = values(240, -1, 1, 1);
    data[17] = Number.NaN;
    const run = async () => {
      const v = ag.parameter(device.gpu, data, SHAPE);
      const roll = ag.parameter(device.gpu, [10, 20]);
      const y = ag.motionBlur3d(v, { roll });
      const grads = ag.grad(ag.sum(ag.square(y)), [v, roll]);
      return Promise.all([y, ...grads].map((t) => t.read()));
    };
    const first = await run();
    expect(await run()).toEqual(first);
    for (const read of first) expect([...read.slice(read.length / 2)].every(Number.isFinite)).toBe(true);
  });
});

describe("equalize3d", () => {
  test("each channel by the levels of its whole volume, as an image of all its slices", async () => {
    const x = ag.parameter(device.gpu, values(240, 0, 1, 4), SHAPE);
    for (const estimator of ["slope", "straightThrough", "none"] as const) {
      const y = ag.equalize3d(x, { estimator });
      expect(y.shape).toEqual(SHAPE);
      const image = ag.reshape(x, [2, 2, 12, 5]);
      const flat = ag.apply(image, [ag.equalize({ estimator })]);
      const gradients = [y, flat].map((t) => ag.grad(ag.sum(ag.square(t)), [x])[0]);
      expect(await y.read()).toEqual(await flat.read());
      expect(await gradients[0].read()).toEqual(await gradients[1].read());
    }
    // By the definition: the share of the channel's voxels that are darker.
    const [data, y] = [await x.read(), await ag.equalize3d(x).read()];
    for (let p = 0; p < 4; p++) {
      const levels = [...data.slice(60 * p, 60 * p + 60)].map((v) => Math.floor(v * 255));
      const seen = [...y.slice(60 * p, 60 * p + 60)];
      for (const i of levels.keys())
        for (const j of levels.keys()) if (levels[i] > levels[j]) expect(seen[i]).toBeGreaterThanOrEqual(seen[j]);
      expect(Math.max(...seen) - Math.min(...seen)).toBeGreaterThan(0.9);
    }
  });
});

test("what does not fit is refused", () => {
  const { gpu } = device;
  const x = ag.zeros(gpu, SHAPE);
  const refused = [
    [() => ag.filter3d(x, {} as never), /kernel of filter3d\(\)/],
    [() => ag.filter3d(x, { kernel: ag.zeros(gpu, [3, 4, 3]) }), /of odd sides/],
    [() => ag.filter3d(x, { kernel: ag.zeros(gpu, [3, 3, 3, 3]) }), /\[kd, kh, kw\], or \[2, kd, kh, kw\]/],
    [() => ag.filter3d(x, { kernel: ag.zeros(gpu, [3]) }), /\[kd, kh, kw\]/],
    [() => ag.filter3d(ag.zeros(gpu, [1, 3, 3, 3]), { kernel: ag.zeros(gpu, [1, 1, 1]) }), /\[N, C, D, H, W\]/],
    [() => ag.motionBlur3d(x, { kernelSize: 4 }), /an odd whole number of at least 3/],
    [() => ag.motionBlur3d(x, { kernelSize: 1 }), /an odd whole number of at least 3/],
    [() => ag.motionBlur3d(x, { direction: 1.5 }), /from −1 to 1/],
    [() => ag.motionBlur3d(x, { roll: [1, 2, 3] }), /roll of motionBlur3d\(\)/],
    [() => ag.equalize3d(x, { estimator: "hard" } as never), /slope, straightThrough, none/],
    [() => ag.equalize3d(ag.zeros(gpu, [1, 3, 3, 3])), /\[N, C, D, H, W\]/],
  ] as const;
  for (const [call, message] of refused) expect(call).toThrow(message);
});
