import { describe, expect, it } from "vitest";
import {
  describeSamples,
  oneOf,
  randomOrder,
  sequential,
  someOf,
  sometimes,
  uniform,
} from "../../src/augment/index.ts";
import { parameter, tensor } from "../../src/tensor/index.ts";
import {
  brightness,
  gaussianBlur,
  horizontalFlip,
  invert,
  jpeg,
  normalize,
  registry,
  rotate,
} from "../../src/transforms/index.ts";
import { construct } from "../../src/transforms/language/construct.ts";
import { testGpu } from "../gpu.ts";
import { EXAMPLES } from "../recipes/arbitrary.ts";

const device = testGpu();

describe("a log of what samples got", () => {
  it("has for each the transforms that apply, with values in their units and an intensity", () => {
    const pipeline = sequential([
      rotate({ angle: uniform(-45, 45), p: 0.5, key: "turn" }),
      oneOf([brightness({ factor: uniform(0.5, 1.5) }), [horizontalFlip(), jpeg({ quality: 95 })]]),
      normalize({ mean: [0.5, 0.4, 0.3], std: 0.2 }),
    ]);
    const params = pipeline.sample(3, { step: 0, shape: [3, 3, 8, 8] });
    params.transforms[0].on = [1, 0, 1];
    params.transforms[0].params.angle = [-13.5, 1, 45];
    params.transforms.find(({ name }) => name === "brightness")!.params.factor = [1, 0.55, 1.5];
    params.choices![0].chosen = [1, 0, 0];
    const log = describeSamples(pipeline, JSON.parse(JSON.stringify(params)));
    expect(JSON.parse(JSON.stringify(log))).toEqual(log);
    expect(log.map((sample) => sample.map(({ name }) => name))).toEqual([
      ["rotate", "horizontalFlip", "jpeg", "normalize"],
      ["brightness", "normalize"],
      ["rotate", "brightness", "normalize"],
    ]);
    expect(log[0][0]).toEqual({
      name: "rotate",
      key: "turn",
      intensity: (100 * 13.5) / registry.get("rotate")!.params.angle.intensity![1],
      params: { angle: { value: -13.5, unit: "degrees" } },
    });
    // Quality 95 loses nothing that matters; what has no strength is there wholly or not at all.
    expect(log[0].slice(1, 3).map(({ intensity }) => intensity)).toEqual([100, 0]);
    expect(log[1][0]).toEqual({
      name: "brightness",
      intensity: 50,
      params: { factor: { value: 0.55, unit: "factor" } },
    });
    expect(log[0][3].params).toMatchObject({ mean: { value: [0.5, 0.4, 0.3] }, std: { value: 0.2 } });
  });

  it("has 0 where a declaration says that the image is kept, and 100 at its full intensity, for all transforms", () => {
    let tried = 0;
    for (const declaration of EXAMPLES) {
      const { params, example } = declaration;
      for (const [name, { intensity, neutral }] of Object.entries(params)) {
        if (!intensity || neutral !== intensity[0]) continue;
        const others = Object.fromEntries(
          Object.entries(params).flatMap(([other, spec]) =>
            typeof spec.neutral === "number" ? [[other, spec.neutral]] : [],
          ),
        );
        for (const [value, expected] of [
          [intensity[0], 0],
          [intensity[1], 100],
          [(intensity[0] + intensity[1]) / 2, 50],
        ]) {
          if (params[name].integer && !Number.isInteger(value)) continue;
          const settings = { ...example?.params, ...example?.options, ...others, [name]: value };
          const pipeline = sequential([construct(declaration, settings)]);
          const [[{ intensity: found }]] = describeSamples(
            pipeline,
            pipeline.sample(1, { step: 0, shape: [1, 3, 8, 8] }),
          );
          expect(found, `${declaration.name}.${name}`).toBeCloseTo(expected, 9);
          tried++;
        }
      }
    }
    expect(tried).toBeGreaterThan(30);
  });

  it("says for any transform of the registry an intensity from 0 to 100", () => {
    for (const declaration of EXAMPLES) {
      const { params, options } = declaration.example!;
      const pipeline = sequential([construct(declaration, { ...params, ...options })]);
      for (const sample of describeSamples(pipeline, pipeline.sample(2, { step: 1, shape: [2, 3, 8, 8] }))) {
        const [{ intensity }] = sample;
        expect(intensity, declaration.name).toBeGreaterThanOrEqual(0);
        expect(intensity, declaration.name).toBeLessThanOrEqual(100);
      }
    }
  });

  it("has the transforms of each sample in the order in which it got them", () => {
    const pipeline = sequential([
      randomOrder([brightness({ factor: uniform(0.5, 1) }), rotate({ angle: uniform(-9, 9) }), invert()]),
    ]);
    const params = pipeline.sample(8, { step: 2 });
    const names = ["brightness", "rotate", "invert"];
    const orders = (params.choices![0].chosen as number[][]).map((order) => order.map((k) => names[k]));
    expect(new Set(orders.map(String)).size).toBeGreaterThan(2);
    expect(describeSamples(pipeline, params).map((sample) => sample.map(({ name }) => name))).toEqual(orders);
  });

  it("needs the values of what is learned", async () => {
    const { gpu } = device;
    const pipeline = sequential([
      gaussianBlur({ sigma: uniform(0.5, parameter(gpu, [2])), kernelSize: 5 }),
      sometimes(0.5, invert({ on: tensor(gpu, [0.5, 1]) })),
      someOf(1, [brightness({ factor: parameter(gpu, [1.2]) })]),
    ]);
    const params = pipeline.sample(2, { step: 0 });
    expect(() => describeSamples(pipeline, params)).toThrow(
      /^params\.transforms\[0\]\.units\.sigmaX: got uniform numbers/,
    );
    const read = await pipeline.read(params);
    const log = describeSamples(pipeline, read);
    read.choices![0].chosen.forEach((taken, i) => {
      expect(log[i].map(({ name }) => name)).toEqual(["gaussianBlur", ...(taken ? ["invert"] : []), "brightness"]);
      expect(log[i].at(-1)!.params).toEqual({});
    });
  });
});
