import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  affine,
  apply,
  brightness,
  centerCrop,
  DeviceLostError,
  explain,
  gaussianBlur,
  LimitError,
  perspective,
  resize,
  rotate,
  sequential,
  shear,
  tensor,
  uniform,
  warp,
  warpAffine,
} from "../../src/index.ts";
import { openGpu } from "../gpu.ts";
import { bad, C, device, failure, N, prepare, required, SHAPE, untouched, values, x } from "./refused.ts";

prepare();

describe("maps that cannot be undone", () => {
  const number = fc.double({ min: -50, max: 50, noNaN: true });
  test("matrices without an inverse", async () => {
    const singular = fc
      .tuple(
        fc.array(number, { minLength: 6, maxLength: 6 }),
        number,
        number,
        fc.shuffledSubarray([0, 1, 2], { minLength: 3, maxLength: 3 }),
      )
      .map(([v, a, b, order]) => {
        // The third row is a sum of the other two.
        const rows = [v.slice(0, 3), v.slice(3), [0, 1, 2].map((k) => a * v[k] + b * v[3 + k])];
        return order.flatMap((row) => rows[row]);
      });
    fc.assert(
      fc.property(singular, fc.nat(N - 1), fc.boolean(), (matrix, n, perSample) => {
        const rows = Array.from({ length: N }, (_, i) => (i === n ? matrix : [1, 0, 0, 0, 1, 0, 0, 0, 1]));
        const error = failure(() => apply(x, warp({ matrix: perSample ? rows : matrix })));
        expect(error).toBeInstanceOf(ArgumentError);
        expect(error.message).toMatch(
          perSample
            ? new RegExp(`^warp\\.matrix\\[${n}\\]: got a singular matrix`)
            : /^warp\.matrix: got a singular matrix .*; allowed is a matrix that has an inverse/,
        );
      }),
      { numRuns: 300 },
    );
    await untouched();
  });
  test("nor affine ones", () => {
    const line = fc.tuple(number, number, number, number).map(([a, b, c, k]) => [a, b, c, k * a, k * b, c]);
    fc.assert(
      fc.property(line, (matrix) => {
        expect(failure(() => apply(x, warpAffine({ matrix }))).message).toMatch(
          /^warpAffine\.matrix: got a singular matrix/,
        );
      }),
      { numRuns: 100 },
    );
  });
  test("but not those that move far or scale a lot", () => {
    const far = fc.tuple(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
      fc.double({ min: 0, max: 6.3, noNaN: true }),
    );
    fc.assert(
      fc.property(far, ([tx, ty, s, angle]) => {
        const [c, d] = [s * Math.cos(angle), s * Math.sin(angle)];
        explain(warp({ matrix: [c, d, tx, -d, c, ty, 0, 0, 1] }), SHAPE);
      }),
      { numRuns: 300 },
    );
  });
  test("quadrangles with three corners on a line", async () => {
    const flat = fc
      .tuple(
        fc.array(number, { minLength: 6, maxLength: 6 }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.nat(3),
        fc.constantFrom("startPoints", "endPoints"),
      )
      .map(([v, t, at, name]) => {
        const [a, b, c] = [v.slice(0, 2), v.slice(2, 4), v.slice(4)];
        const corners = [a, b, c];
        corners.splice(at, 0, [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]);
        return { name, points: corners.flat() };
      });
    fc.assert(
      fc.property(flat, ({ name, points }) => {
        const error = failure(() =>
          apply(
            x,
            perspective({
              ...(required(perspective.declaration) as { startPoints: number[]; endPoints: number[] }),
              [name]: points,
            }),
          ),
        );
        expect(error).toBeInstanceOf(ArgumentError);
        expect(error.message).toMatch(
          new RegExp(`^perspective\\.${name}: got \\[.*\\]; allowed is four points, no three of them on one line`),
        );
      }),
      { numRuns: 300 },
    );
    await untouched();
  });
  test("slants that fold the plane", () => {
    const angle = fc.double({ min: 1, max: 89, noNaN: true });
    fc.assert(
      fc.property(
        angle,
        fc.constantFrom(1, -1),
        fc.constantFrom(0, 180, -360),
        fc.boolean(),
        (a, sign, turn, isAffine) => {
          const [p, q] = [sign * a + turn, sign * (90 - a)];
          const error = failure(() => apply(x, isAffine ? affine({ shearX: p, shearY: q }) : shear({ x: p, y: q })));
          expect(error).toBeInstanceOf(ArgumentError);
          expect(error.message).toMatch(
            /^(affine\.shearX|shear\.x): got .* degrees: a singular matrix; allowed is slants/,
          );
        },
      ),
      { numRuns: 300 },
    );
    for (const right of [90, -90, 270]) {
      expect(failure(() => apply(x, shear({ y: right }))).message).toMatch(/^shear\.y: got/);
      expect(failure(() => apply(x, affine({ shearX: [0, right, 0] }))).message).toMatch(/^affine\.shearX\[1\]: got/);
    }
  });
});

describe("devices", () => {
  test("a lost one is told from everything else", async () => {
    const gpu = await openGpu();
    const image = tensor(gpu, values, SHAPE);
    gpu.destroy();
    const error = failure(() => apply(image, brightness()), gpu);
    expect(error).toBeInstanceOf(DeviceLostError);
    expect(error.message).toContain("gpu.renew()");
    expect(() => sequential([rotate({ angle: uniform(-1, 1) })])(image, { step: 0 })).toThrow(DeviceLostError);
    expect(() => tensor(gpu, [1])).toThrow(DeviceLostError);
  });
  test("one image that none of its buffers could hold is refused, at the call", async () => {
    const { gpu } = device;
    const { maxStorageBufferBindingSize: limit } = gpu.limits;
    const side = Math.ceil(Math.sqrt(limit / 4 / C)) + 8;
    for (const chain of [
      [resize({ width: side, height: side })],
      [brightness(), resize({ width: side, height: side }), centerCrop({ width: 4, height: 4, padding: "reflection" })],
      [resize({ width: 1e6, height: 1e6 })],
      [gaussianBlur({ sigma: 1, kernelSize: 2 * Math.ceil(limit / 16) + 1 })],
    ]) {
      const error = failure(() => apply(x, chain));
      expect(error).toBeInstanceOf(LimitError);
      expect(error.message).toMatch(/needs \d+, and this device's max\w+ is \d+/);
    }
    await untouched();
  });
});

test("a pipeline refuses its parameters as early, and leaves its generator where it was", () => {
  const fine = { angle: uniform(-1, 1) };
  const bounds = fc.tuple(fc.double({ min: 1, max: 5, noNaN: true }), fc.double({ min: 5.1, max: 9, noNaN: true }));
  fc.assert(
    fc.property(bounds, ([lo, hi]) => {
      expect(failure(() => uniform(hi, lo))).toBeInstanceOf(ArgumentError);
      expect(failure(() => uniform(lo, Number.NaN))).toBeInstanceOf(ArgumentError);
      expect(failure(() => sequential([rotate({ ...fine, p: hi })]))).toBeInstanceOf(ArgumentError);
    }),
    { numRuns: 100 },
  );
  const pipeline = sequential([rotate(fine), brightness({ factor: 1 })]);
  const before = pipeline.sample(2, { step: 3 });
  failure(() => pipeline(x, { step: -1 }));
  failure(() => pipeline(bad.freed, { step: 0 }));
  expect(pipeline.sample(2, { step: 3 })).toEqual(before);
});
