import fc from "fast-check";
import { expect, test } from "vitest";
import * as ops from "../../src/autograd/index.ts";
import { ArgumentError, AugradError } from "../../src/gpu/index.ts";
import { broadcastShapes, count, parameter, type Shape, type Tensor, tensor } from "../../src/tensor/index.ts";
import { testGpu } from "../gpu.ts";
import { broadcast, values } from "./values.ts";

const device = testGpu();

const shape = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });
const junk = fc.oneof(fc.constantFrom(null, undefined, Number.NaN, Infinity, "3", true, {}, [], [1]), fc.string());

/** What an operation may do: give a tensor, or throw a typed error before it records anything. */
function orderly(run: () => Tensor): Tensor | null {
  const { gpu } = device;
  const { dispatches, bytesInUse } = gpu.stats;
  try {
    return run();
  } catch (error) {
    expect(error).toBeInstanceOf(AugradError);
    expect((error as Error).message).toMatch(/: got .*; allowed is /s);
    expect(gpu.stats).toMatchObject({ dispatches, bytesInUse });
    return null;
  }
}

test("any two shapes broadcast as NumPy's do, or are refused", async () => {
  const { gpu } = device;
  const fits = (a: Shape, b: Shape) => {
    try {
      return broadcastShapes(a, b);
    } catch {
      return null;
    }
  };
  const run = async (as: number[], bs: number[]) => {
    const [a, b] = [tensor(gpu, values(count(as)), as), tensor(gpu, values(count(bs), -2, 2, 1), bs)];
    const out = fits(as, bs);
    const y = orderly(() => ops.sub(a, b));
    expect(y?.shape ?? null).toEqual(out);
    if (y && out) {
      const expected = broadcast((v, w) => Math.fround(v - w), await a.read(), as, await b.read(), bs, out);
      expect([...(await y.read())]).toEqual([...expected]);
    }
    for (const t of [a, b, y]) t?.dispose();
  };
  await fc.assert(fc.asyncProperty(shape, shape, run), { numRuns: 60 });
});

test("junk is refused by name", () => {
  const { gpu } = device;
  const x = parameter(gpu, values(6), [2, 3]);
  const positive = ops.greater(x, 0);
  const image = tensor(gpu, values(9), [1, 1, 3, 3]);
  const calls: ((bad: never) => Tensor)[] = [
    (bad) => ops.add(x, bad),
    (bad) => ops.pow(bad, x),
    (bad) => ops.exp(bad),
    (bad) => ops.clamp(x, bad, 1),
    (bad) => ops.where(bad, x, x),
    (bad) => ops.where(positive, bad, x),
    (bad) => ops.softmax(x, bad),
    (bad) => ops.matmul(x, bad),
    (bad) => ops.concat([x, bad]),
    (bad) => ops.concat(bad),
    (bad) => ops.reshape(x, bad),
    (bad) => ops.broadcastTo(x, bad),
    (bad) => ops.transpose(x, bad),
    (bad) => ops.slice(x, bad, 0, 1),
    (bad) => ops.slice(x, 0, bad, 1),
    (bad) => ops.slice(x, 0, 0, bad),
    (bad) => ops.sum(x, { axes: bad }),
    (bad) => ops.max(x, bad),
    (bad) => ops.sign(bad),
    (bad) => ops.floor(bad),
    (bad) => ops.argmax(x, bad),
    (bad) => ops.argmin(x, { axis: bad }),
    (bad) => ops.gather(x, { axis: bad, index: positive }),
    (bad) => ops.gather(x, { axis: 1, index: bad }),
    (bad) => ops.oneHot(bad, 3),
    (bad) => ops.oneHot(positive, bad),
    (bad) => ops.crossEntropy(x, bad),
    (bad) => ops.crossEntropy(x, positive, bad),
    (bad) => ops.crossEntropy(x, positive, { labelSmoothing: bad }),
    (bad) => ops.conv2d(image, bad),
    (bad) => ops.conv2d(image, image, bad),
    (bad) => ops.conv2d(image, image, { stride: bad }),
    (bad) => ops.conv2d(image, image, { padding: bad }),
    (bad) => ops.conv2d(image, image, { bias: bad }),
  ];
  fc.assert(
    fc.property(fc.nat(calls.length - 1), junk, (i, bad) => {
      orderly(() => calls[i](bad as never))?.dispose();
    }),
    { numRuns: 2000 },
  );
});

test("axes, shapes and parts that are not there are refused", () => {
  const { gpu } = device;
  const x = tensor(gpu, values(24), [2, 3, 4]);
  const whole = fc.oneof(fc.integer({ min: -6, max: 6 }), fc.constantFrom(0.5, -1.5));
  const calls: ((a: number, b: number, c: number) => Tensor)[] = [
    (a, b, c) => ops.slice(x, a, b, c),
    (a, b) => ops.sum(x, [a, b]),
    (a, b, c) => ops.reshape(x, [a, b, c]),
    (a, b, c) => ops.transpose(x, [a, b, c]),
    (a, b, c) => ops.broadcastTo(x, [a, b, c, 4]),
    (a) => ops.logSoftmax(x, a),
    (a) => ops.concat([x, x], a),
  ];
  fc.assert(
    fc.property(fc.nat(calls.length - 1), whole, whole, whole, (i, a, b, c) => {
      const y = orderly(() => calls[i](a, b, c));
      if (y) expect(y.shape.every((size) => Number.isInteger(size) && size > 0)).toBe(true);
      y?.dispose();
    }),
    { numRuns: 1500 },
  );
  expect(() => ops.sum(x, { axes: "all" as never })).toThrow(ArgumentError);
});
