import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SCHEMAS } from "../../docs/schemas.ts";
import {
  around,
  choice,
  oneOf,
  type Pipeline,
  type Sampled,
  sequential,
  type Tree,
  uniform,
} from "../../src/augment/index.ts";
import { mul } from "../../src/autograd/index.ts";
import type { StoredType } from "../../src/compiler/index.ts";
import { AutoAugment, RandAugment, TrivialAugment } from "../../src/policies/index.ts";
import { ColorJitter, RandomAffine, RandomHorizontalFlip, RandomResizedCrop } from "../../src/random/index.ts";
import { fromRecipe, type PipelineRecipe, toRecipe } from "../../src/recipes.ts";
import { parameter, type Tensor, tensor } from "../../src/tensor/index.ts";
import { brightness, choose, gamma, invert, rotate, scale } from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";
import { CASES } from "../random/cases.ts";
import { classes } from "../random/classes.ts";
import { tree } from "./arbitrary.ts";

const device = testGpu();

/** Through JSON and back. */
const again = async (pipeline: Pipeline, gpu?: Tensor["gpu"]): Promise<Pipeline> =>
  fromRecipe(JSON.parse(JSON.stringify(await toRecipe(pipeline))), { gpu });

const shape = [3, 3, 12, 12] as const;
const sampled = (pipeline: Pipeline<StoredType | undefined>): Sampled | string => {
  try {
    return pipeline.sample(3, { step: 5, shape });
  } catch (error) {
    return String(error);
  }
};

describe("a pipeline as JSON", () => {
  it("comes back with its text, its draws and its document, whatever it is made of", async () => {
    let drawn = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(tree, { maxLength: 4 }), fc.nat(), async (transforms, seed) => {
        const pipeline = sequential(transforms, { seed });
        const document = await toRecipe(pipeline);
        const text = JSON.stringify(document);
        const back = fromRecipe(JSON.parse(text));
        expect(String(back)).toBe(String(pipeline));
        expect(back.seed).toBe(seed);
        const draws = sampled(pipeline);
        expect(sampled(back)).toEqual(draws);
        if (typeof draws !== "string") drawn++;
        expect(JSON.stringify(await toRecipe(back))).toBe(text);
      }),
      { numRuns: 300 },
    );
    expect(drawn).toBeGreaterThan(150);
  });

  it.each(classes)("has %s, those of volumes too", async (name, make) => {
    const pipeline = sequential([make(CASES[name].settings ?? {})]);
    const back = await again(pipeline);
    expect(String(back)).toBe(String(pipeline));
    expect(sampled(back)).toEqual(sampled(pipeline));
  });

  it("gives the same bits, and so do its draws in another batch", async () => {
    const pipeline = sequential([
      RandomResizedCrop({ size: 8 }),
      RandomHorizontalFlip(),
      RandomAffine({ degrees: 20, translate: [0.1, 0.1] }),
      oneOf([
        ColorJitter({ brightness: 0.3, hue: 0.1 }),
        [gamma({ gamma: uniform(0.5, 2, { scale: "log" }) }), invert()],
      ]),
      choose([brightness({ factor: 1.2 }), [invert(), gamma({ gamma: 0.7 })]], [0, 1, 1]),
    ]);
    const x = tensor(
      device.gpu,
      Float32Array.from({ length: 3 * 3 * 144 }, (_, i) => ((i * 37) % 101) / 101),
      shape,
    );
    const back = await again(pipeline);
    expect(await back(x, { step: 4 }).read()).toEqual(await pipeline(x, { step: 4 }).read());
  });

  it("gives the same bits, or the same error, whatever it is made of", async () => {
    const { gpu } = device;
    const x = tensor(
      gpu,
      Float32Array.from({ length: 3 * 3 * 144 }, (_, i) => ((i * 37) % 101) / 101),
      shape,
    );
    const bits = async (pipeline: Pipeline) => {
      try {
        return await pipeline(x, { step: 4 }).read();
      } catch (error) {
        return String(error);
      }
    };
    await fc.assert(
      fc.asyncProperty(tree, async (part) => {
        const pipeline = sequential([part]);
        expect(await bits(await again(pipeline))).toEqual(await bits(pipeline));
      }),
      { numRuns: 8, maxSkipsPerRun: 100 },
    );
  });

  it("keeps one random variable one, and two apart", async () => {
    const same = uniform(0.5, 1.5);
    for (const [y, equal] of [
      [same, true],
      [uniform(0.5, 1.5), false],
    ] as const) {
      const { x: across, y: down } = (await again(sequential([scale({ x: same, y })]))).sample(4, { step: 0 })
        .transforms[0].params;
      expect(JSON.stringify(across) === JSON.stringify(down)).toBe(equal);
    }
  });

  it("keeps a transform that stands in several branches one, as policies need it", async () => {
    for (const policy of [AutoAugment(), RandAugment(), TrivialAugment()]) {
      const pipeline = sequential([policy as Tree]);
      const back = await again(pipeline);
      expect(String(back)).toBe(String(pipeline));
      expect(back.sample(3, { step: 1, shape })).toEqual(pipeline.sample(3, { step: 1, shape }));
      expect(String(back.explain(shape))).toBe(String(pipeline.explain(shape)));
    }
  });

  it("has tensors by value: those that learn go on learning, one that stands twice is one", async () => {
    const { gpu } = device;
    const hi = parameter(gpu, [1.25]);
    const pipeline = sequential([
      brightness({ factor: uniform(0.5, hi) }),
      gamma({ gamma: around(1, hi) }),
      rotate({ angle: uniform(-5, () => mul(hi, 4)), on: tensor(gpu, [1, 0.5, 0]) }),
      rotate({ angle: choice(parameter(gpu, [3, 9]), { weights: [1, 2], estimator: "relaxed" }) }),
    ]);
    const document = await toRecipe(pipeline);
    expect(document.same).toEqual([{ tensor: [1.25], shape: [1], learns: true }]);
    expect(document.transforms[2]).toEqual({
      transform: "rotate",
      settings: {
        angle: { distribution: "uniform", lo: -5, hi: { tensor: [5], shape: [1] } },
        on: { tensor: [1, 0.5, 0], shape: [3] },
      },
    });
    expect(() => fromRecipe(document)).toThrow(/^same\[0\]: got a tensor; allowed is numbers, or a device/);
    const back = fromRecipe(document, { gpu });
    const x = tensor(gpu, new Float32Array(3 * 3 * 144).fill(0.3), shape);
    expect(await back(x, { step: 1 }).read()).toEqual(await pipeline(x, { step: 1 }).read());
    const factor = (back.transforms[0] as ReturnType<typeof brightness>).params.factor as { hi: Tensor };
    expect(factor.hi.requiresGrad).toBe(true);
    factor.hi.write([0.75]);
    expect(JSON.stringify(await toRecipe(back))).toContain("0.75");
  });

  it("is what the schema says, and so is what it draws", async () => {
    const ajv = new Ajv2020();
    for (const [file, text] of Object.entries(SCHEMAS)) expect(readFileSync(file, "utf8"), "docs/readme.ts").toBe(text);
    const [valid, drawn] = Object.values(SCHEMAS).map((text) => ajv.compile(JSON.parse(text)));
    await fc.assert(
      fc.asyncProperty(fc.array(tree, { maxLength: 4 }), async (transforms) => {
        const pipeline = sequential(transforms, { dtype: "f16", sameOnBatch: true, compose: false, seed: 3 });
        const document: PipelineRecipe = await toRecipe(pipeline);
        expect(valid(JSON.parse(JSON.stringify(document))), JSON.stringify(valid.errors)).toBe(true);
        const draws = sampled(pipeline);
        if (typeof draws !== "string") expect(drawn(draws), JSON.stringify(drawn.errors)).toBe(true);
      }),
      { numRuns: 50 },
    );
    expect(
      valid({
        format: "augrad/pipeline",
        version: 1,
        transforms: [{ transform: "rotate", settings: { angle: null } }],
      }),
    ).toBe(false);
    expect(valid({ format: "augrad/pipeline", version: 2, transforms: [] })).toBe(false);
  });
});
