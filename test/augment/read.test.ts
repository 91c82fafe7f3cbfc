import { describe, expect, it } from "vitest";
import { betaQuantile } from "../../src/augment/distributions/beta.ts";
import { standardNormal } from "../../src/augment/distributions/quantile.ts";
import { truncatedQuantile } from "../../src/augment/distributions/truncated.ts";
import {
  around,
  bernoulli,
  beta,
  type Distribution,
  normal,
  type Sampled,
  sequential,
  truncatedNormal,
  uniform,
} from "../../src/augment/index.ts";
import { add, exp } from "../../src/autograd/index.ts";
import { ones, parameter, tensor } from "../../src/tensor/index.ts";
import { brightness, brightnessShift, normalize } from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

// On images of ones, `brightness` without clipping makes the factor that was used visible in every pixel.
const device = testGpu();
const N = 6;
const learned = (...values: number[]) => parameter(device.gpu, values);
const SHAPE = [N, 2, 1, 1];

const RANGES: Record<string, [() => Distribution, (u: number) => number]> = {
  "a learned uniform": [() => uniform(learned(0.5), learned(2)), (u) => 0.5 + 1.5 * u],
  "a uniform with one learned bound": [() => uniform(-1, learned(3)), (u) => -1 + 4 * u],
  "a uniform in logarithms": [() => uniform(learned(0.25), 4, { scale: "log" }), (u) => 0.25 * 16 ** u],
  "a learned width around a centre": [() => around(1, learned(0.5)), (u) => 1 + (2 * u - 1) * 0.5],
  "a learned centre": [() => around(learned(2), 0.5), (u) => 2 + (2 * u - 1) * 0.5],
  "a width in logarithms": [
    () => around(1.5, learned(0.75), { scale: "log" }),
    (u) => 1.5 * Math.exp((2 * u - 1) * 0.75),
  ],
  "a learned normal": [() => normal(learned(2), learned(0.5)), (u) => 2 + 0.5 * standardNormal(u)],
  "a learned beta": [() => beta(learned(0.5), 2), (u) => betaQuantile(0.5, 2)(u + 2 ** -25, 1 - u - 2 ** -25)],
  "a learned truncated normal": [
    () => truncatedNormal(learned(0.5), 2, 0, learned(1)),
    (u) => truncatedQuantile(0.5, 2, 0, 1)(u + 2 ** -25, 1 - u - 2 ** -25),
  ],
  "a bound made by a function": [
    () => {
      const weight = learned(0.3);
      return uniform(() => exp(weight), 3);
    },
    (u) => Math.exp(0.3) + u * (3 - Math.exp(0.3)),
  ],
};

describe("what a recipe of learned draws reads", () => {
  it.each(Object.entries(RANGES))("%s: the values that the images got", async (_, [make, formula]) => {
    const pipeline = sequential([brightness({ factor: make(), clip: false })]);
    const x = ones(device.gpu, SHAPE);
    const drawn = pipeline.sample(N, { step: 3 });
    const used = Array.from(await pipeline(x, { step: 3 }).read()).filter((_, i) => i % 2 === 0);
    const read = await pipeline.read(drawn);
    const factors = read.transforms[0].params.factor as number[];
    expect(factors).toEqual(used);
    expect(read.transforms[0].units).toEqual({});
    const units = drawn.transforms[0].units.factor as number[];
    expect(new Set(units).size).toBe(N);
    factors.forEach((value, i) => {
      expect(Math.abs(value - formula(units[i]))).toBeLessThan(1e-5);
    });
  });

  it("a learned probability: the samples that it was applied to, by either estimator", async () => {
    const x = ones(device.gpu, SHAPE);
    for (const estimator of ["straightThrough", "relaxed"] as const) {
      const p = bernoulli(learned(0.5), { estimator });
      const pipeline = sequential([brightness({ factor: 3, clip: false, p })]);
      // A share `on` of the factor 3, and the rest of 1.
      const used = Array.from(await pipeline(x, { step: 1 }).read()).filter((_, i) => i % 2 === 0);
      const { on, onUnits } = (await pipeline.read(pipeline.sample(N, { step: 1 }))).transforms[0];
      expect(onUnits).toBeUndefined();
      expect(on).toHaveLength(N);
      on!.forEach((each, i) => {
        expect(Math.abs(1 + 2 * each - used[i])).toBeLessThan(1e-6);
      });
      if (estimator === "straightThrough") expect([...new Set(on)].sort()).toEqual([0, 1]);
    }
  });

  it.each([0, -1, 1.5, "2", {}, null, undefined, 1e12])("refuses a recipe of %j samples", async (n) => {
    const pipeline = sequential([brightness({ factor: 2 })]);
    const { samples: _, ...recipe } = pipeline.sample(2);
    await expect(pipeline.read({ ...recipe, n } as unknown as Sampled)).rejects.toThrow(
      /^params\.n: got .*; allowed is /,
    );
  });

  it("is a recipe with the same result, and stays so when the bounds move", async () => {
    const bounds = [learned(0.5), learned(0.25), learned(0.75), learned(0.5)];
    const [low, width, deviation, p] = bounds;
    const pipeline = sequential([
      brightness({ factor: uniform(low, 2), clip: false, p: bernoulli(p) }),
      normalize({ mean: around(0.5, width), std: uniform(deviation, 2, { scale: "log" }) }),
      brightnessShift({ shift: uniform(0, width), clip: false, p: bernoulli(p, { estimator: "relaxed" }) }),
    ]);
    const x = tensor(
      device.gpu,
      Array.from({ length: 2 * N }, (_, i) => i / 8),
      SHAPE,
    );
    const before = await pipeline(x, { step: 5 }).read();
    const drawn = pipeline.sample(N, { step: 5, shape: SHAPE });
    const read = JSON.parse(JSON.stringify(await pipeline.read(drawn)));
    expect(await pipeline.replay(x, read).read()).toEqual(before);
    for (const bound of bounds) bound.copyFrom(add(bound, 0.2));
    expect(await pipeline.replay(x, read).read()).toEqual(before);
    expect(await pipeline.replay(x, drawn).read()).not.toEqual(before);
  });
});
