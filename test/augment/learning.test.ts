import { describe, expect, it } from "vitest";
import {
  around,
  type Bound,
  bernoulli,
  beta,
  type Distribution,
  normal,
  type Pipeline,
  sequential,
  truncatedNormal,
  uniform,
} from "../../src/augment/index.ts";
import { backward, exp, mean, neg, square, sub } from "../../src/autograd/index.ts";
import { ArgumentError, ShapeError, TensorStateError } from "../../src/gpu/index.ts";
import { adam, sgd } from "../../src/optim/index.ts";
import { full, parameter, type Tensor, tensor } from "../../src/tensor/index.ts";
import { brightness, brightnessShift, rotate } from "../../src/transforms/index.ts";
import { openGpu, testGpu } from "../gpu.ts";

const device = testGpu();
const N = 16;

/** Trains `learner` to do what `teacher`, with the same draws, does to grey images. Gives the first and the last loss. */
async function train(
  learner: Pipeline,
  teacher: Pipeline,
  parameters: Tensor[],
  steps = 60,
  rate = 0.05,
): Promise<[number, number]> {
  const optimizer = adam(parameters, { learningRate: rate });
  const x = full(device.gpu, [N, 1, 4, 4], 0.5);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    using scope = device.gpu.scope();
    const loss = mean(square(sub(learner(x, { step }), teacher(x, { step }))));
    backward(loss);
    optimizer.step();
    optimizer.zeroGrad();
    if (step === 0 || step === steps - 1) losses.push(await scope.keep(loss).item());
    else await device.gpu.flush();
  }
  optimizer.dispose();
  return losses as [number, number];
}

const bright = (factor: Distribution) => sequential([brightness({ factor, clip: false })]);

describe("learning", () => {
  it("moves the bounds of a range to those of the teacher", async () => {
    const lo = parameter(device.gpu, 0.95, []);
    const hi = parameter(device.gpu, [1.05]);
    const [first, last] = await train(bright(uniform(lo, hi)), bright(uniform(0.6, 1.6)), [lo, hi]);
    expect(last).toBeLessThan(first / 100);
    expect(Math.abs((await lo.item()) - 0.6)).toBeLessThan(0.05);
    expect(Math.abs((await hi.item()) - 1.6)).toBeLessThan(0.05);
  });

  it("learns with one bound fixed, in logarithms, and a width about a centre", async () => {
    const cases: [(bound: Bound) => Distribution, number, number][] = [
      [(hi) => uniform(0.5, hi), 0.6, 1.5],
      [(lo) => uniform(lo, 2, { scale: "log" }), 1.5, 0.9],
      [(width) => around(1, width), 0.05, 0.6],
      [(std) => normal(1, std), 0.05, 0.3],
      [(mean) => normal(mean, 0.1), 0.8, 1.2],
      [(width) => around(1.2, width, { scale: "log" }), 0.05, 0.5],
      [(mean) => truncatedNormal(mean, 0.3, 0.5, 1.5), 1.2, 0.8],
      [(std) => truncatedNormal(1, std, 0.5, 1.5), 0.1, 0.3],
      [(lo) => truncatedNormal(1, 0.3, lo, 2), 1, 0.6],
      [(a) => beta(a, 2), 1, 1.6],
    ];
    for (const [make, start, goal] of cases) {
      const bound = parameter(device.gpu, start, []);
      const [first, last] = await train(bright(make(bound)), bright(make(goal)), [bound]);
      expect(last).toBeLessThan(first / 100);
      expect(Math.abs((await bound.item()) - goal)).toBeLessThan(0.06);
    }
  });

  it("takes a bound that is computed from a parameter anew at every draw", async () => {
    const logWidth = parameter(device.gpu, -3, []);
    const width = () => exp(logWidth);
    const learner = bright(uniform(() => neg(width()), width));
    const [first, last] = await train(learner, bright(uniform(-0.5, 0.5)), [logWidth], 100, 0.1);
    expect(last).toBeLessThan(first / 100);
    expect(Math.abs(Math.exp(await logWidth.item()) - 0.5)).toBeLessThan(0.05);
  });

  for (const estimator of ["straightThrough", "relaxed"] as const) {
    it(`learns p by the ${estimator} estimator`, async () => {
      const p = parameter(device.gpu, [0.2]);
      const shifted = (coin: number | Tensor) => {
        const options =
          typeof coin === "number" ? {} : estimator === "relaxed" ? ({ estimator, temperature: 0.3 } as const) : {};
        return sequential([brightnessShift({ shift: 0.3, p: bernoulli(coin, options) })]);
      };
      const [first, last] = await train(shifted(p), shifted(0.8), [p], 80, 0.03);
      expect(last).toBeLessThan(first / 2);
      expect(Math.abs((await p.item()) - 0.8)).toBeLessThan(0.15);
    });
  }

  it("an optimiser's step changes the next draw, and a replay of learned bounds draws again from the same numbers", async () => {
    const { gpu } = device;
    const hi = parameter(gpu, [1]);
    const pipeline = sequential([brightness({ factor: uniform(0, hi), clip: false, p: parameter(gpu, [0.5]) })]);
    const x = full(gpu, [N, 1, 2, 2], 1);
    const params = JSON.parse(JSON.stringify(pipeline.sample(N, { step: 3 })));
    expect(params.transforms[0].params).toEqual({});
    const before = (await pipeline(x, { step: 3 }).read()) as Float32Array;
    expect(await pipeline.replay(x, params).read()).toEqual(before);
    hi.grad = tensor(gpu, [-1]);
    sgd([hi], { learningRate: 1 }).step();
    const after = (await pipeline(x, { step: 3 }).read()) as Float32Array;
    expect(after).toEqual(before.map((v) => (v === 1 ? 1 : 2 * v)));
    expect(await pipeline.replay(x, params).read()).toEqual(after);
  });

  it("draws the same on the GPU as on the processor", async () => {
    const { gpu } = device;
    const x = full(gpu, [N, 1, 2, 2], 1);
    const processor = bright(uniform(0.3, 1.7));
    const learned = bright(uniform(parameter(gpu, 0.3, []), parameter(gpu, 1.7, [])));
    for (let step = 0; step < 4; step++)
      expect(await learned(x, { step }).read()).toEqual(await processor(x, { step }).read());
  });

  it("frees what a step made: memory is flat, and nothing is created after the third step", async () => {
    const { gpu } = device;
    const parameters = [parameter(gpu, 0.9, []), parameter(gpu, 1.1, []), parameter(gpu, [0.5])];
    const [lo, hi, p] = parameters;
    const pipeline = sequential([
      brightness({ factor: uniform(lo, hi), p }),
      brightnessShift({ shift: around(0, hi), p: bernoulli(p, { estimator: "relaxed" }) }),
    ]);
    const optimizer = adam(parameters, { learningRate: 1e-3 });
    const x = full(gpu, [4, 3, 8, 8], 0.5);
    const once = async (step: number) => {
      using _ = gpu.scope();
      backward(mean(square(pipeline(x, { step }))));
      optimizer.step();
      optimizer.zeroGrad();
      await gpu.flush();
    };
    for (let step = 0; step < 3; step++) await once(step);
    const before = gpu.stats;
    for (let step = 3; step < 30; step++) await once(step);
    const after = gpu.stats;
    for (const name of ["buffersCreated", "pipelinesCreated", "bindGroupsCreated", "bytesInUse"] as const) {
      expect([name, after[name]]).toEqual([name, before[name]]);
    }
  });

  it("refuses bounds that it cannot use, and leaves memory as it was", async () => {
    const { gpu } = device;
    const x = full(gpu, [2, 1, 4, 4], 1);
    const bytes = gpu.stats.bytesInUse;
    const scope = gpu.scope();
    const bad = parameter(gpu, [1, 2]);
    expect(() => bright(uniform(0, bad))).toThrow(/^brightness\.factor, hi: got 2 components/);
    expect(() => uniform(tensor(gpu, [1], [1, 1]), 1)).toThrow(ShapeError);
    expect(() => uniform(tensor(gpu, [1], [1], { dtype: "f16" }) as never, 1)).toThrow(/^lo: got a tensor of f16/);
    expect(() => bright(uniform(0, () => bad))(x, { step: 0 })).toThrow(/^brightness\.factor, hi: got \[2\]/);
    expect(() => bright(uniform(0, (() => 3) as unknown as () => Tensor))(x, { step: 0 })).toThrow(ArgumentError);
    expect(() => sequential([rotate({ p: bad })])).toThrow(/^rotate\.p: got a tensor of 2 values/);
    bad.dispose();
    expect(() => uniform(0, bad)).toThrow(TensorStateError);
    const gone = parameter(gpu, [1]);
    const pipeline = bright(uniform(gone, 2));
    gone.dispose();
    expect(() => pipeline(x, { step: 0 })).toThrow(TensorStateError);
    const other = await openGpu();
    expect(() => bright(uniform(parameter(other, 0, []), 2))(x, { step: 0 })).toThrow(TensorStateError);
    other.destroy();
    scope.dispose();
    expect(gpu.stats.bytesInUse).toBe(bytes);
  });
});
