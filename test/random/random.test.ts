/** Every random class, by what it was made from: draws, coins, keys, ranges and what learns. */
import { describe, expect, test } from "vitest";
import * as augrad from "../../src/index.ts";
import {
  backward,
  mean,
  parameter,
  type RandomClass,
  sequential,
  sgd,
  square,
  type Tensor,
  tensor,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { CASES } from "./cases.ts";

const device = testGpu();
const N = 6;

type AnyClass = RandomClass<Record<string, unknown>>;
const classes = Object.entries(augrad).filter((entry): entry is [string, AnyClass] => "random" in (entry[1] as object));

/** Kornia's probabilities where they are not 0.5. */
const ALWAYS = "Brightness Contrast Saturation Hue Gamma AutoContrast Snow JPEG"
  .split(" ")
  .map((name) => `Random${name}`);
const P: Record<string, number> = { RandomGrayscale: 0.1, ...Object.fromEntries(ALWAYS.map((name) => [name, 1])) };
for (const [name, { sizes }] of Object.entries(CASES)) if (sizes) P[name] = 1;

/** Above every number that a coin is compared with, so that one kernel serves for all probabilities. */
const ALL = 1 - 2 ** -30;

/** One colourful image, as often as there are samples. */
const images = (): Tensor => {
  const one = Float32Array.from({ length: 192 }, (_, i) => 0.5 + 0.45 * Math.sin(1.7 * i + 0.01 * i * i));
  return tensor(
    device.gpu,
    Float32Array.from({ length: N * 192 }, (_, i) => one[i % 192]),
    [N, 3, 8, 8],
  );
};

const rows = (values: Float32Array): Float32Array[] => {
  const size = values.length / N;
  return Array.from({ length: N }, (_, n) => values.slice(n * size, (n + 1) * size));
};

test("there is a case for every class, and no other", () => {
  expect(Object.keys(CASES).sort()).toEqual(classes.map(([name]) => name).sort());
});

describe.each(classes)("%s", (name, make) => {
  const { settings = {}, drawn = {}, learn, still = false, sizes = false } = CASES[name];
  const { declaration, p } = make.random;
  const all = sizes ? 1 : ALL;

  test("draws what Kornia documents, with its probability", () => {
    expect(make.random.name).toBe(name);
    expect(p).toBe(P[name] ?? 0.5);
    const { transforms } = sequential([make(settings)]).sample(400, { step: 3, shape: [400, 3, 8, 8] });
    const [{ on, params, name: of }] = transforms;
    expect(of).toBe(declaration.name);
    const rate = on === undefined ? 1 : on.reduce((sum, each) => sum + each, 0) / 400;
    expect(Math.abs(rate - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / 400));
    for (const [param, [lo, hi]] of Object.entries(drawn)) {
      const values = [params[param]].flat(3) as number[];
      expect(Math.min(...values)).toBeGreaterThanOrEqual(Math.fround(lo));
      expect(Math.max(...values)).toBeLessThanOrEqual(Math.fround(hi));
      // 400 draws fill a range but for a tenth.
      expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.9 * (hi - lo));
    }
    expect(
      sequential([make({ ...settings, p: 1 })]).sample(9, { step: 1, shape: [9, 3, 8, 8] }).transforms[0].on,
    ).toBeUndefined();
  });

  test("samples and steps differ, equal keys do not, and p = 0 keeps the image", async () => {
    using scope = device.gpu.scope();
    const x = images();
    const before = rows((await x.read()) as Float32Array);
    const run = async (chance: number, step: number) =>
      rows((await sequential([make({ ...settings, p: chance })])(x, { step }).read()) as Float32Array);
    const first = await run(all, 0);
    expect(first.flatMap((row) => [...row]).every(Number.isFinite)).toBe(true);
    expect(await run(all, 0)).toEqual(first);
    if (!sizes) expect(await run(0, 0)).toEqual(before);
    const distinct = new Set(first.map((row) => row.join())).size;
    if (still) expect(distinct).toBe(1);
    else {
      expect(distinct).toBeGreaterThan(1);
      expect(await run(all, 1)).not.toEqual(first);
    }
    void scope;
  });

  if (learn)
    test(`${learn[0]} learns: its bounds have gradients, and a step moves the next draw`, async () => {
      using scope = device.gpu.scope();
      const [option, ...values] = learn;
      const bounds = parameter(device.gpu, values);
      const augment = sequential([make({ ...settings, p: all, [option]: bounds })]);
      const x = images();
      const y = augment(x, { step: 0 });
      const before = (await y.read()) as Float32Array;
      backward(mean(square(y)));
      const slopes = (await bounds.grad!.read()) as Float32Array;
      expect([...slopes].every((slope) => Number.isFinite(slope) && slope !== 0)).toBe(true);
      const optimizer = sgd([bounds], { learningRate: 1e-2 / Math.max(...slopes.map(Math.abs)) });
      optimizer.step();
      expect(await augment(x, { step: 0 }).read()).not.toEqual(before);
      optimizer.dispose();
      void scope;
    });
});
