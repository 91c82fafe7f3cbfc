import { expect, test } from "vitest";
import {
  ArgumentError,
  ColorJiggle,
  ColorJitter,
  randomOrder,
  sequential,
  type Transform,
  tensor,
  zeros,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const names = (list: readonly Transform[]) => list.map(({ declaration }) => declaration.name);

test("ColorJitter and ColorJiggle are lists of what is given, which a pipeline takes in its place", async () => {
  const all = { brightness: 0.2, contrast: [0.8, 1.2], saturation: 0.3, hue: 0.1 } as const;
  expect(names(ColorJitter(all))).toEqual(["brightness", "contrastAboutMean", "saturation", "hue"]);
  expect(names(ColorJiggle(all))).toEqual(["brightnessShift", "contrast", "hsvSaturation", "hue"]);
  expect(names(ColorJitter({ hue: 0.1, contrast: 0 }))).toEqual(["hue"]);
  expect(ColorJitter()).toEqual([]);
  const { transforms } = sequential([ColorJitter(all), ColorJiggle({ ...all, key: "second" })]).sample(64, { step: 1 });
  expect(transforms).toHaveLength(8);
  const within = (values: unknown, lo: number, hi: number) =>
    expect((values as number[]).every((v) => v >= Math.fround(lo) && v <= Math.fround(hi))).toBe(true);
  within(transforms[0].params.factor, 0.8, 1.2);
  within(transforms[3].params.turns, -0.1, 0.1);
  within(transforms[4].params.shift, -0.2, 0.2);
  expect(transforms[5].params.pivot).toBe(0);
  using scope = device.gpu.scope();
  const y = sequential([ColorJitter({ brightness: [0.5, 0.5], hue: 0.1 })])(zeros(device.gpu, [2, 3, 2, 2]), {
    step: 0,
  });
  expect(await y.read()).toEqual(new Float32Array(24));
  void scope;
});

test("randomOrder draws the order of a list for each sample", async () => {
  const augment = sequential([randomOrder(ColorJitter({ brightness: [2, 2], contrast: [0.5, 0.5] }))]);
  using scope = device.gpu.scope();
  // Of 0.4 and 0.8: doubled and clipped to 0.8 and 1, then half as far from 0.9; or 0.5 and 0.7, doubled and clipped.
  const x = tensor(
    device.gpu,
    Array.from({ length: 8 * 6 }, (_, i) => 0.4 + 0.4 * (i % 2)),
    [8, 3, 1, 2],
  );
  const y = await augment(x, { step: 0 }).read();
  const seen = new Set(Array.from({ length: 8 }, (_, n) => Math.round(1000 * y[6 * n + 1])));
  expect([...seen].sort()).toEqual([1000, 950]);
  void scope;
});

test("what they cannot use is refused by their names", () => {
  const wrong: [string, () => unknown][] = [
    ["ColorJitter.brightness", () => ColorJitter({ brightness: -1 })],
    ["ColorJiggle.brightness", () => ColorJiggle({ brightness: [0, 3] })],
    ["ColorJitter.hue", () => ColorJitter({ hue: [-0.6, 0] })],
    ["ColorJitter.p", () => ColorJitter({ hue: 0.1, p: 0.5 })],
    ["ColorJitter.hew", () => ColorJitter({ hew: 0.1 } as never)],
    ["settings of ColorJitter", () => ColorJitter(0.1 as never)],
  ];
  for (const [argument, call] of wrong) expect(call).toThrow(new RegExp(`^${argument.replace(".", "\\.")}`));
  expect(() => ColorJitter({ hue: "0.1" as never })).toThrow(ArgumentError);
});
