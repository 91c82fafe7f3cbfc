/** Links of a `oneOf` share passes, those that measure the image too: each sample is what its link alone makes of it. */
import { expect, test } from "vitest";
import {
  autocontrast,
  backward,
  brightness,
  contrastAboutMean,
  equalize,
  gamma,
  mul,
  normalizeMinMax,
  oneOf,
  type Pipeline,
  parameter,
  rotate,
  sequential,
  shear,
  sum,
  type Tensor,
  type Transform,
  tensor,
  translate,
  uniform,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

const N = 16;
const pixels = (n: number, c: number, h: number, w: number): Float32Array =>
  Float32Array.from(
    { length: n * c * h * w },
    (_, i) => 0.45 + 0.3 * Math.sin(1.7 * i + 0.01 * i * i) + 0.001 * (i % 97),
  );

/** A loss that tells pixels apart. */
function weighted(y: Tensor): Tensor {
  const weights = Float32Array.from({ length: y.size }, (_, i) => Math.sin(2.3 * i + 0.7));
  return sum(mul(y, tensor(y.gpu, weights, y.shape)));
}

const passesOf = (pipeline: Pipeline, shape: readonly number[]) =>
  pipeline.explain([...shape]).passes.map(({ transforms }) => transforms.join(" "));

/** Links that learn, and what makes them of their values. */
const LEARNED: readonly [value: number, make: (value: Tensor) => Transform][] = [
  [20, (angle) => rotate({ angle })],
  [12, (x) => shear({ x, padding: "border" })],
  [1.3, (factor) => brightness({ factor })],
  [1.2, (value) => gamma({ gamma: value })],
  [0.6, (factor) => contrastAboutMean({ factor })],
  [1.7, (factor) => contrastAboutMean({ factor })],
];
const PLAIN: readonly Transform[] = [autocontrast(), equalize(), normalizeMinMax()];

test("each sample is what its link alone makes of it, gradients included, bit for bit", async () => {
  using _scope = device.gpu.scope();
  const { gpu } = device;
  // No whole number of quads: what lies beyond the last pixel is in no statistic.
  const [h, w] = [13, 11];
  const shape = [N, 3, h, w];
  const values = LEARNED.map(([value]) => parameter(gpu, value));
  const links = [...LEARNED.map(([, make], k) => make(values[k])), ...PLAIN];
  const augment = sequential([oneOf(links)]);
  // Maps that look at the border differently do not join a row: the second one begins another pass.
  expect(passesOf(augment, shape)[1]).toMatch(/^shear brightness gamma contrastAboutMean .* equalize normalizeMinMax$/);
  const step = [...Array(200).keys()].find(
    (s) => new Set(augment.sample(N, { step: s }).choices![0].chosen as number[]).size === links.length,
  )!;
  const chosen = augment.sample(N, { step }).choices![0].chosen as number[];
  const x = parameter(gpu, pixels(N, 3, h, w), shape);
  const y = augment(x, { step });
  backward(weighted(y));
  const [made, gx] = [await y.read(), await x.grad!.read()];
  const slopes = await Promise.all(values.map(async (value) => (await value.grad!.read())[0]));

  for (const [k, link] of links.entries()) {
    const alone = parameter(gpu, pixels(N, 3, h, w), shape);
    const value = values[k];
    if (value) value.grad!.copyFrom(mul(value.grad!, 0));
    const on = chosen.map((each) => (each === k ? 1 : 0));
    const own = sequential([{ ...link, on } as Transform])(alone);
    backward(weighted(own));
    const [expected, expectedGradient] = [await own.read(), await alone.grad!.read()];
    const size = 3 * h * w;
    for (const [i, each] of chosen.entries()) {
      if (each !== k) continue;
      // What is gathered begins with 0, and so is no −0.
      const part = (list: ArrayLike<number>) => Array.from(list, (each) => each + 0).slice(i * size, (i + 1) * size);
      expect(part(made), `sample ${i}, ${link.declaration.name}`).toEqual(part(expected));
      expect(part(gx), `gradient of sample ${i}, ${link.declaration.name}`).toEqual(part(expectedGradient));
    }
    if (!value) continue;
    const [slope] = await value.grad!.read();
    expect(slope).not.toBe(0);
    expect(Math.abs(slopes[k] - slope), link.declaration.name).toBeLessThanOrEqual(1e-5 * Math.abs(slope) + 1e-5);
  }
});

test("points before the links are measured as they are seen, and a learned draw goes through", async () => {
  using _scope = device.gpu.scope();
  const { gpu } = device;
  const x = tensor(gpu, pixels(N, 3, 12, 12), [N, 3, 12, 12]);
  const lo = parameter(gpu, 0.4);
  const before = gamma({ gamma: 1.4 });
  const links = [
    translate({ x: uniform(-3, 3), padding: "border" }),
    contrastAboutMean({ factor: uniform(lo, 1.8) }),
    autocontrast(),
  ];
  const augment = sequential([before, oneOf(links)]);
  const apart = sequential([oneOf(links)]);
  expect(passesOf(augment, x.shape)).toEqual(["gamma", "translate contrastAboutMean autocontrast"]);
  // The names of what is drawn are the same, and so are the draws.
  expect(await augment(x, { step: 3 }).read()).toEqual(await apart(sequential([before])(x), { step: 3 }).read());
  const linear = sequential([brightness({ factor: 0.7 }), oneOf(links)]);
  const [joined, single] = [linear, apart].map((pipeline, i) =>
    pipeline(i === 0 ? x : sequential([brightness({ factor: 0.7 })])(x), { step: 3 }),
  );
  const [a, b] = [await joined.read(), await single.read()];
  a.forEach((value, i) => expect(value).toBeCloseTo(b[i], 5));
  backward(weighted(joined));
  expect((await lo.grad!.read())[0]).not.toBe(0);
});
