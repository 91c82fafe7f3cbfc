import { afterAll, beforeAll, expect, test } from "vitest";
import {
  normal,
  oneOf,
  permutation,
  RandomAffine,
  RandomGaussianNoise,
  RandomHorizontalFlip,
  RandomResizedCrop,
  randomOrder,
  sequential,
  uniform,
} from "../../src/index.ts";
import { toRecipe } from "../../src/recipes.ts";
import { tensor } from "../../src/tensor/index.ts";
import { brightness, channelShuffle, gamma, invert } from "../../src/transforms/index.ts";
import { openGpu } from "../gpu.ts";
import { closeBrowser, type Served, serveBuiltPage, withPage } from "./harness.ts";
import type {} from "./page/main.ts";

let served: Served;
beforeAll(async () => {
  served = await serveBuiltPage();
});
afterAll(async () => {
  await closeBrowser();
  await served?.close();
});

test("a pipeline that Node wrote draws the same numbers on a page, and what it makes differs by rounding at most", async () => {
  const pipeline = sequential(
    [
      RandomResizedCrop({ size: 12 }),
      RandomHorizontalFlip(),
      RandomAffine({ degrees: 20, scale: [0.8, 1.2], p: 0.7 }),
      channelShuffle({ order: permutation() }),
      oneOf([brightness({ factor: normal(1, 0.1) }), [gamma({ gamma: uniform(0.5, 2, { scale: "log" }) }), invert()]]),
      randomOrder([brightness({ factor: uniform(0.5, 1) }), invert({ p: 0.5 })]),
      RandomGaussianNoise({ std: 0.1 }),
    ],
    { seed: 11 },
  );
  const shape = [4, 3, 16, 16];
  const data = Array.from({ length: 4 * 3 * 256 }, (_, i) => ((i * 37) % 101) / 101);
  const draws = { step: 5, samples: [8, 3, 1, 2] };
  const given = { recipe: JSON.stringify(await toRecipe(pipeline)), shape, data, draws };
  const gpu = await openGpu();
  const expected = await pipeline(tensor(gpu, data, shape), draws).read();
  const params = JSON.stringify(pipeline.sample(4, { ...draws, shape }));
  gpu.destroy();
  const found = await withPage(served.url, (page) =>
    page.evaluate(async ({ recipe, shape, data, draws }) => {
      const { requestGpu, tensor } = window.augrad;
      const augment = window.recipes.fromRecipe(JSON.parse(recipe));
      const params = augment.sample(4, { ...draws, shape });
      const x = tensor(await requestGpu(), data, shape);
      const [y, replayed] = [augment(x, draws), augment.replay(x, params)];
      const values = Array.from(await y.read());
      const same = values.join() === Array.from(await replayed.read()).join();
      return { text: String(augment), params: JSON.stringify(params), values, same };
    }, given),
  );
  expect(found.text).toBe(String(pipeline));
  expect(found.params).toBe(params);
  expect(found.same).toBe(true);
  found.values.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(1e-6));
});
