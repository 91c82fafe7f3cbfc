import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  affine,
  apply,
  brightness,
  choose,
  contrast,
  crop,
  explain,
  gaussianBlur,
  grad,
  horizontalFlip,
  hue,
  invert,
  type Link,
  parameter,
  rotate,
  ShapeError,
  sequential,
  type Tensor,
  type Transform,
  tensor,
  uniform,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { randomImage } from "../reference/image.ts";

const device = testGpu();
const N = 4;
const SHAPE = [N, 3, 6, 7] as const;
const EACH = 3 * 6 * 7;
const values = Float32Array.from(randomImage([...SHAPE], 41).data);
const image = (requiresGrad = false) => tensor(device.gpu, values, SHAPE, { requiresGrad });
const sampleOf = (n: number, requiresGrad = false) =>
  tensor(device.gpu, values.subarray(n * EACH, (n + 1) * EACH), [1, ...SHAPE.slice(1)], { requiresGrad });

const points = () => [brightness({ factor: 1.3 }), hue({ turns: 0.2 }), invert()];
const maps = () => [rotate({ angle: 20 }), horizontalFlip(), affine({ angle: -9, scaleX: 1.2, shearX: 3 })];
const mixed = () => [contrast({ factor: 1.4 }), rotate({ angle: 20 }), gaussianBlur({ sigma: 0.8 }), invert()];

const listed = (index: readonly number[], asTensor: boolean) => (asTensor ? tensor(device.gpu, index) : index);

/** Every sample alone, through the transform that it chose, or through none. */
async function alone(transforms: readonly Transform[], index: readonly number[], cast = false): Promise<Float32Array> {
  const out = new Float32Array(N * EACH);
  for (let n = 0; n < N; n++) {
    const x = sampleOf(n);
    const chosen = transforms[index[n]];
    const y = chosen ? apply(x, chosen) : x;
    out.set(await y.read(), n * EACH);
  }
  return cast ? out.map(Math.fround) : out;
}

const worst = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (v, i) => (v === b[i] ? 0 : Math.abs(v - b[i]))));

describe.each([
  ["points", points, [0, 2, 1, 0]],
  ["maps", maps, [2, 0, 1, 2]],
  ["several kinds", mixed, [3, 1, 2, 0]],
] as const)("a choice among %s", (_, make, index) => {
  test.each([false, true])("gives each sample what it chose, index as tensor: %s", async (asTensor) => {
    const y = await apply(image(), choose(make(), listed(index, asTensor))).read();
    const expected = await alone(make(), index);
    expect(worst(y, expected)).toBeLessThan(2e-6);
    // All others are something else: the test would see a sample that got another's choice.
    for (let n = 0; n < N; n++) {
      const other = await alone(
        make(),
        index.map((k) => (k + 1) % make().length),
      );
      const own = y.subarray(n * EACH, (n + 1) * EACH);
      expect(worst(own, other.subarray(n * EACH, (n + 1) * EACH))).toBeGreaterThan(0.01);
    }
  });

  test("has the gradient of what each sample chose", async () => {
    const w = Float32Array.from(randomImage([...SHAPE], 42, -1, 1).data);
    const x = image(true);
    const [all] = grad(apply(x, choose(make(), index)), [x], { gradient: tensor(device.gpu, w, SHAPE) });
    const got = await all.read();
    for (let n = 0; n < N; n++) {
      const own = sampleOf(n, true);
      const part = tensor(device.gpu, w.subarray(n * EACH, (n + 1) * EACH), own.shape);
      const [expected] = grad(apply(own, make()[index[n]]), [own], { gradient: part });
      expect(worst(got.subarray(n * EACH, (n + 1) * EACH), await expected.read())).toBeLessThan(1e-5);
    }
  });
});

test("points and maps are one pass, whatever their order; other kinds take one each", () => {
  const kinds = (links: Link | Link[]) => explain(links, SHAPE).passes.map(({ kind }) => kind);
  expect(kinds(choose(points(), [0, 1, 2, 0]))).toEqual(["point"]);
  expect(kinds(choose(maps(), [0, 1, 2, 0]))).toEqual(["map"]);
  const both = [invert(), rotate({ angle: 20 }), brightness({ factor: 1.3 }), affine({ angle: 4 })];
  expect(kinds(choose(both, [3, 2, 1, 0]))).toEqual(["map"]);
  expect(explain(choose(both, 0), SHAPE).passes[0].transforms).toEqual(["rotate", "affine", "invert", "brightness"]);
  expect(kinds([brightness({ factor: 1.1 }), choose(points(), 1), contrast({ factor: 0.8 })])).toEqual(["point"]);
  expect(kinds(choose(mixed(), [0, 1, 2, 3]))).toEqual(["line", "map"]);
});

test("learned parameters get the gradients of the samples that chose them", async () => {
  const factor = parameter(device.gpu, [1.2, 1.3, 0.9, 0.8]);
  const angle = parameter(device.gpu, 15);
  const x = image();
  const index = tensor(device.gpu, [0, 1, 1, 0]);
  const y = apply(x, choose([brightness({ factor, clip: false }), rotate({ angle })], index));
  const [gf, ga] = grad(y, [factor, angle], { gradient: x });
  const read = await gf.read();
  const energy = (n: number) => values.subarray(n * EACH, (n + 1) * EACH).reduce((sum, v) => sum + v * v, 0);
  expect(read[0]).toBeCloseTo(energy(0), 3);
  expect([read[1], read[2]]).toEqual([0, 0]);
  expect(read[3]).toBeCloseTo(energy(3), 3);
  let total = 0;
  for (const n of [1, 2]) {
    const own = sampleOf(n);
    const [part] = grad(apply(own, rotate({ angle })), [angle], { gradient: own });
    total += await part.item();
  }
  expect(await ga.item()).toBeCloseTo(total, 3);
});

test("a tensor that names no choice leaves the sample alone, bit for bit, and so does NaN", async () => {
  for (const make of [points, maps, mixed]) {
    const index = tensor(device.gpu, [-1, 7, 0.5, Number.NaN]);
    expect(await apply(image(), choose(make(), index)).read()).toEqual(values);
  }
});

test("NaN of a sample that chose something else reaches nobody", async () => {
  const broken = values.slice();
  broken.fill(Number.NaN, 0, EACH);
  const y = await apply(tensor(device.gpu, broken, SHAPE), choose(mixed(), [0, 1, 2, 3])).read();
  expect(y.subarray(0, EACH).some(Number.isFinite)).toBe(false);
  expect(y.subarray(EACH).every(Number.isFinite)).toBe(true);
});

test("one number is for all samples, and several transforms in a row are one choice", async () => {
  const row = [brightness({ factor: 0.7 }), rotate({ angle: 12 })];
  const y = await apply(image(), choose([invert(), row], 1)).read();
  expect(worst(y, await apply(image(), row).read())).toBeLessThan(1e-6);
});

test("in sequential, among transforms whose parameters are drawn", async () => {
  const list = [brightness({ factor: uniform(0.5, 1.5) }), rotate({ angle: uniform(-30, 30) })];
  const pipeline = sequential([choose(list, [0, 1, 1, 0]), invert()], { seed: 3 });
  const y = await pipeline(image(), { step: 5 }).read();
  const sampled = pipeline.sample(N, { step: 5 });
  const drawn = (name: string) => sampled.transforms.find((t) => t.name === name)!;
  expect(drawn("brightness").on).toEqual([1, 0, 0, 1]);
  expect(drawn("rotate").on).toEqual([0, 1, 1, 0]);
  const factor = drawn("brightness").params.factor as number[];
  const angle = drawn("rotate").params.angle as number[];
  for (let n = 0; n < N; n++) {
    const chosen = n === 0 || n === 3 ? brightness({ factor: factor[n] }) : rotate({ angle: angle[n] });
    const expected = await apply(sampleOf(n), [chosen, invert()]).read();
    expect(worst(y.subarray(n * EACH, (n + 1) * EACH), expected)).toBeLessThan(2e-6);
  }
  expect(await pipeline.replay(image(), sampled).read()).toEqual(y);
  expect(pipeline.explain(SHAPE).passes.map(({ kind }) => kind)).toEqual(["map"]);
  const same = sequential([choose(list, 1), invert()], { seed: 3 });
  const whole = await same(image(), { step: 5 }).read();
  expect(await same.replay(image(), same.sample(N, { step: 5 })).read()).toEqual(whole);
  expect(whole.subarray(EACH, 3 * EACH)).toEqual(y.subarray(EACH, 3 * EACH));
  const byTensor = sequential([choose(list, tensor(device.gpu, [0, 1, 1, 0])), invert()], { seed: 3 });
  expect(worst(await byTensor(image(), { step: 5 }).read(), y)).toBeLessThan(1e-6);
  expect(String(byTensor)).toContain("choose([brightness(");
});

describe("what is wrong is said at the call", () => {
  const wrong = (call: () => unknown) => {
    try {
      call();
    } catch (error) {
      if (error instanceof ArgumentError || error instanceof ShapeError) return error.message;
      throw error;
    }
    throw new Error("nothing was thrown");
  };
  const two = () => [invert(), brightness({ factor: 1.1 })];

  test("an index that no choice has", () => {
    expect(wrong(() => choose(two(), [0, 2, 1, 0]))).toMatch(/index\[1\] of choose\(\).*2.*whole number from 0 to 1/s);
    expect(wrong(() => choose(two(), -1))).toMatch(/index of choose\(\).*-1/s);
    expect(wrong(() => choose(two(), [0.5]))).toMatch(/0\.5/);
    expect(wrong(() => choose(two(), "0" as never))).toMatch(/index of choose/);
    expect(wrong(() => choose(two(), [0, undefined, 1] as never))).toMatch(/index\[1\] of choose/);
  });
  test("an index that does not fit the batch", () => {
    expect(wrong(() => apply(image(), choose(two(), [0, 1])))).toMatch(/index of choose\(\).*2 values/s);
    expect(wrong(() => apply(image(), choose(two(), tensor(device.gpu, [0, 1]))))).toMatch(
      /index of choose\(\).*\[2\]/s,
    );
    const freed: Tensor = tensor(device.gpu, [0, 1, 0, 1]);
    const choice = choose(two(), freed);
    freed.dispose();
    expect(() => apply(image(), choice)).toThrow(/index of choose\(\).*disposed/s);
  });
  test("a learned index", () => {
    expect(wrong(() => choose(two(), parameter(device.gpu, [0, 1, 0, 1])))).toMatch(/gradient.*gates/s);
  });
  test("no transform, an own coin, another size", () => {
    expect(wrong(() => choose([], 0))).toMatch(/transforms of choose\(\).*no transform/s);
    expect(wrong(() => choose([{} as never], 0))).toMatch(/transforms\[0\] of choose/);
    expect(wrong(() => choose([invert({ p: 0.5 })], 0))).toMatch(/invert with p/);
    expect(wrong(() => choose([[invert({ on: [1, 0, 1, 0] })]], 0))).toMatch(/transforms\[0\]\[0\].*invert with on/s);
    expect(wrong(() => apply(image(), choose([crop({ width: 2, height: 2 }), invert()], 0)))).toMatch(/size/);
  });
});
