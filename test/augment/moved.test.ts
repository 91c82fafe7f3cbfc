import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  normal,
  oneOf,
  partners,
  permutation,
  randomOrder,
  sequential,
  someOf,
  takeSamples,
  uniform,
} from "../../src/augment/index.ts";
import { ArgumentError } from "../../src/gpu/index.ts";
import { RandomAffine, RandomErasing, RandomGaussianNoise, RandomHorizontalFlip } from "../../src/random/index.ts";
import { parameter, tensor } from "../../src/tensor/index.ts";
import { brightness, channelShuffle, gamma, invert, mixup, normalize, rotate } from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

const SIDE = 8;
const size = 3 * SIDE * SIDE;
const pixels = (i: number) => Float32Array.from({ length: size }, (_, k) => ((k * 37 + i * 101) % 97) / 97);
const batch = (places: readonly number[]) =>
  tensor(device.gpu, Float32Array.from(places.flatMap((i) => [...pixels(i)])), [places.length, 3, SIDE, SIDE]);

describe("what was drawn, moved to another batch", () => {
  const shape = [5, 3, SIDE, SIDE] as const;
  const all = [0, 1, 2, 3, 4];

  it("gives every sample what it had, whatever its neighbours and its place", async () => {
    const factor = parameter(device.gpu, [1.5]);
    const pipeline = sequential([
      RandomHorizontalFlip(),
      RandomAffine({ degrees: 20, scale: [0.8, 1.2], p: 0.7 }),
      channelShuffle({ order: permutation() }),
      oneOf([brightness({ factor: uniform(0.5, factor) }), [gamma({ gamma: [0.5, 0.7, 1, 1.2, 1.5] }), invert()]]),
      someOf([0, 2], [RandomErasing({ p: 0.8 }), RandomGaussianNoise({ std: 0.1, p: 1 })]),
      randomOrder([invert({ p: 0.5 }), brightness({ factor: uniform(0.5, 1) }), rotate({ angle: uniform(-9, 9) })]),
      normalize({ mean: normal(0.5, 0.02), std: [0.2, 0.3, 0.4] }),
    ]);
    const params = pipeline.sample(5, { step: 3, shape });
    const whole = await pipeline.replay(batch(all), params).read();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(4), { minLength: 1, maxLength: 7 }), async (places) => {
        const moved = JSON.parse(JSON.stringify(takeSamples(pipeline, params, places)));
        expect(moved.samples).toEqual(places);
        const y = await pipeline.replay(batch(places), moved).read();
        expect([...y]).toEqual(places.flatMap((i) => [...whole.subarray(i * size, (i + 1) * size)]));
      }),
      { numRuns: 10 },
    );
  });

  it("may grow: what further samples get is drawn beside what the others had", () => {
    const pipeline = sequential([
      RandomAffine({ degrees: 20 }),
      oneOf([invert(), brightness({ factor: uniform(0, 1) })]),
    ]);
    const few = pipeline.sample(2, { step: 3, samples: [8, 5] });
    const more = pipeline.sample(4, { step: 3, samples: [1, 5, 8, 2] });
    expect(takeSamples(pipeline, more, [2, 1])).toEqual(few);
  });

  it("follows an edit", async () => {
    const pipeline = sequential([rotate({ angle: uniform(-9, 9) })]);
    const params = pipeline.sample(3, { step: 0 });
    params.transforms[0].params.angle = [0, 90, 180];
    expect(takeSamples(pipeline, params, [2, 0]).transforms[0].params.angle).toEqual([180, 0]);
  });

  it("keeps a partner that comes along, by its new place, and names one that does not", () => {
    const pipeline = sequential([mixup({ partner: partners(), lambda: uniform(0, 1) })]);
    const params = pipeline.sample(4, { step: 0 });
    params.transforms[0].params.partner = [1, 0, 3, 2];
    expect(takeSamples(pipeline, params, [3, 2]).transforms[0].params.partner).toEqual([1, 0]);
    expect(() => takeSamples(pipeline, params, [3, 0])).toThrow(
      /^params\.transforms\[0\]\.params\.partner: got partner 2, which is not taken; allowed is one of array \[3, 0\]/,
    );
  });

  it("is refused where it does not fit", () => {
    const pipeline = sequential([invert({ p: 0.5 })]);
    const params = pipeline.sample(3, { step: 0 });
    for (const places of [[], [3], [-1], [0.5], "01", undefined, new Array(2)])
      expect(() => takeSamples(pipeline, params, places as number[])).toThrow(ArgumentError);
    expect(() => takeSamples(pipeline, { ...params, n: 2 }, [0])).toThrow(ArgumentError);
    expect(() => takeSamples(pipeline, null as never, [0])).toThrow(/^params: got null/);
    expect(() => takeSamples(sequential([invert(), invert()]), params, [0])).toThrow(/^params\.transforms: got/);
  });
});
