import { describe, expect, test } from "vitest";
import {
  apply,
  backward,
  brightness,
  cast,
  cutmix,
  declare,
  explain,
  grad,
  invert,
  LimitError,
  labelWeights,
  type MixSpec,
  mixup,
  mosaic,
  mul,
  type ParamValue,
  parameter,
  sequential,
  sum,
  type Tensor,
  tensor,
  uniform,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { randomImage } from "../reference/image.ts";
import { type Case, caseOf, check } from "./check.ts";

const device = testGpu();

const five: Case[] = [
  { name: "mixup", params: { partner: [[3], [3], [0], [3], [1]], lambda: [[0.2], [0.7], [0.4], [0.55], [0.9]] } },
  {
    name: "cutmix",
    params: {
      partner: [[4], [4], [4], [2], [4]],
      x: [[0.3], [-2.4], [1.6], [2.2], [0.7]],
      y: [[0.6], [1.2], [-3.3], [0.2], [1.3]],
      width: [[2.1], [4.9], [1.7], [9.3], [0.6]],
      height: [[1.7], [2.2], [6.4], [1.5], [7.2]],
    },
  },
  {
    name: "mosaic",
    params: { partners: [[0, 1, 2], [4, 4, 4], [2, 2, 2], [0, 0, 1], [3, 1, 3]], x: [[1.3], [0.2], [3.7], [4.6], [2.5]], y: [[2.4], [0.3], [0.6], [3.3], [1.8]] }, // biome-ignore format: rows of samples
  },
];

describe("five samples, some of which several others see, and some none", () => {
  test.each(five.map((c) => [c.name, c] as const))("%s", async (_, c) => {
    await check(device.gpu, [c], { shape: [5, 3, 4, 5], seed: 8 });
  });
});

describe("by the nearest pixel", () => {
  const made = (c: Case, interpolation: string) =>
    ({ mixup, cutmix, mosaic })[c.name as "mixup"]({ ...c.params, interpolation } as never);

  test.each(five.map((c) => [c.name, c] as const))(
    "%s shows values that were there, and its gradient is its transpose",
    async (_, c) => {
      const x = parameter(device.gpu, randomImage([5, 1, 4, 5], 3).data, [5, 1, 4, 5]);
      const known = new Set(await x.read());
      const y = apply(x, made(c, "nearest"));
      const result = await y.read();
      expect([...result].filter((value) => value !== 0 && !known.has(value))).toEqual([]);
      const weight = tensor(device.gpu, randomImage(y.shape as [number, number, number, number], 4).data, y.shape);
      const loss = sum(mul(weight, y));
      const [g] = grad(loss, [x]);
      expect(await sum(mul(g, x)).item()).toBeCloseTo(await loss.item(), 4);
      // It is the nearer one of what it could be.
      if (c.name === "mosaic") return;
      const soft = await apply(x, made(c, "bilinear")).read();
      const partner = c.params!.partner as number[][];
      const values = await x.read();
      const far = [...result].filter((value, i) => {
        const [n, at] = [Math.floor(i / 20), i % 20];
        const other = [values[i], values[partner[n][0] * 20 + at]].find((each) => each !== value) ?? value;
        return Math.abs(soft[i] - value) > Math.abs(soft[i] - other) + 1e-6;
      });
      expect(far).toEqual([]);
    },
  );
});

describe("in chains", () => {
  test("points before and behind, and a mix of a mix", async () => {
    const chain = [caseOf("gamma"), caseOf("mixup"), caseOf("contrast"), caseOf("cutmix"), caseOf("brightness")];
    await check(device.gpu, chain, { shape: [2, 3, 5, 6] });
  });
  test("behind a map, with a point that changes the number of channels", async () => {
    const gray: Case = { name: "grayscale", params: {}, options: { channels: 1 } };
    await check(device.gpu, [caseOf("rotate"), caseOf("mosaic"), gray], { shape: [2, 3, 4, 5] });
  });
  test("points that follow run in the pass of the mix", () => {
    const { passes } = explain(
      [brightness({ factor: 0.9 }), mixup({ partner: [1, 0], lambda: 0.4 }), invert(), brightness({ factor: 1.1 })],
      [2, 3, 8, 8],
    );
    expect(passes.map(({ kind, transforms }) => [kind, transforms.length])).toEqual([
      ["point", 1],
      ["mix", 3],
    ]);
    expect(passes[0].ended).toMatch(/mixup/);
  });
});

const SHAPE = [4, 3, 5, 6];
const EACH = 3 * 5 * 6;
const values = Float32Array.from(randomImage([4, 3, 5, 6], 51).data);
const image = (data = values, requiresGrad = false) => tensor(device.gpu, data, SHAPE, { requiresGrad });
const part = (all: Float32Array, n: number) => all.subarray(n * EACH, (n + 1) * EACH);

describe("exact where nothing is mixed", () => {
  test("a share of 0 or 1, a partner that is the sample itself, a rectangle of whole pixels", async () => {
    const y = await apply(image(), mixup({ partner: [1, 0, 2, 2], lambda: [1, 0, 0.37, 1] })).read();
    expect([0, 1, 2, 3].map((n) => part(y, n))).toEqual([0, 0, 2, 3].map((n) => part(values, n)));
    const cut = await apply(image(), cutmix({ partner: 3, x: 0, y: 0, width: 6, height: [5, 0, 5, 5] })).read();
    expect([0, 1, 2, 3].map((n) => part(cut, n))).toEqual([3, 1, 3, 3].map((n) => part(values, n)));
    const whole = await apply(image(), mosaic({ partners: [1, 2, 3], x: [0, 6, 0, 6], y: [0, 0, 5, 5] })).read();
    expect([0, 1, 2, 3].map((n) => part(whole, n))).toEqual([0, 1, 2, 3].map((n) => part(values, n)));
  });

  test("a coin of 0 leaves the sample alone, and its partner without a gradient", async () => {
    const x = image(values, true);
    const on = [1, 0, 0, 1];
    const y = apply(x, [mixup({ partner: [2, 2, 1, 1], lambda: 0.25, on }), invert({ on: [0, 0, 0, 0] })]);
    const read = await y.read();
    expect([part(read, 1), part(read, 2)]).toEqual([part(values, 1), part(values, 2)]);
    const ones = tensor(device.gpu, new Float32Array(4 * EACH).fill(1), SHAPE);
    const [gx] = grad(y, [x], { gradient: ones });
    const g = await gx.read();
    expect([0, 1, 2, 3].map((n) => g[n * EACH])).toEqual([0.25, 1.75, 1.75, 0.25]);
  });

  test("NaN and infinity reach those that mix them in, and nobody else", async () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const broken = values.slice();
      broken[EACH] = bad;
      const mixed = await apply(image(broken), mixup({ partner: [1, 2, 3, 1], lambda: [0.5, 0.5, 0.5, 1] })).read();
      const hit = (all: Float32Array) => [...all].flatMap((v, i) => (Number.isFinite(v) ? [] : [i]));
      expect(hit(mixed)).toEqual([0, EACH]);
      const cut = await apply(image(broken), cutmix({ partner: 1, x: 1, y: 0, width: 2, height: 2 })).read();
      expect(hit(cut)).toEqual([EACH]);
      // The gradient of λ leaves out what is not finite, and a NaN that comes back reaches the sample and its partner.
      const lambda = parameter(device.gpu, [1, 0.5, 0.5, 1]);
      const x = image(broken, true);
      const y = apply(x, mixup({ partner: [1, 2, 3, 1], lambda }));
      const seed = new Float32Array(4 * EACH).fill(1);
      seed[EACH + 7] = Number.NaN;
      const [gx, gl] = grad(y, [x, lambda], { gradient: tensor(device.gpu, seed, SHAPE) });
      expect(hit(await gx.read())).toEqual([EACH + 7, 2 * EACH + 7]);
      const read = await gl.read();
      expect([0, 2, 3].map((n) => Number.isFinite(read[n]))).toEqual([true, true, true]);
    }
  });
});

test("partners in a tensor are rounded and held in the batch; NaN takes the sample with it, and no other", async () => {
  const partner = tensor(device.gpu, [1.4, -7, 99, Number.NaN]);
  const y = await apply(image(), mixup({ partner, lambda: 0 })).read();
  expect([0, 1, 2].map((n) => part(y, n))).toEqual([1, 0, 3].map((n) => part(values, n)));
  expect(part(y, 3).every(Number.isNaN)).toBe(true);
});

test("other tensors are held where their numbers have to lie, and NaN stays with its sample", async () => {
  const of = (values: number[]) => tensor(device.gpu, values);
  const partner = [1, 2, 3, 0];
  const lambda = await apply(image(), mixup({ partner, lambda: of([-3, 1.5, 0.25, Number.NaN]) })).read();
  const held = await apply(image(), mixup({ partner, lambda: [0, 1, 0.25, 1] })).read();
  expect(lambda.subarray(0, 3 * EACH)).toEqual(held.subarray(0, 3 * EACH));
  expect(part(lambda, 3).every(Number.isNaN)).toBe(true);
  const box = { partner, x: 1, y: 1, height: 3 };
  const width = await apply(image(), cutmix({ ...box, width: of([-3, 1.5, Infinity, Number.NaN]) })).read();
  const cut = await apply(image(), cutmix({ ...box, width: [0, 1.5, 5, 0] })).read();
  expect(width.subarray(0, 3 * EACH)).toEqual(cut.subarray(0, 3 * EACH));
  const window = { partners: [1, 2, 3], y: 2.5 };
  const places = await apply(image(), mosaic({ ...window, x: of([1.5, -1e9, 1e30, Number.NaN]) })).read();
  const whole = await apply(image(), mosaic({ ...window, x: [1.5, 0, 0, 0] })).read();
  expect(part(places, 0)).toEqual(part(whole, 0));
  expect(places.subarray(EACH, 3 * EACH).every((v) => v === 0)).toBe(true);
  expect(part(places, 3).every(Number.isNaN)).toBe(true);
});

test("Kornia's PatchMix: a square of one size from a partner, at a place of each sample, exactly", async () => {
  const [shape, size] = [[3, 2, 5, 6] as const, 3];
  const [partner, x, y] = [[2, 0, 1], [0, 3, 2], [2, 1, 0]]; // biome-ignore format: a row each
  const { data } = randomImage([...shape], 4);
  const image = Float32Array.from(data);
  const mix = cutmix({ partner, x, y, width: size, height: size });
  const expected = image.map((v, i) => {
    const [n, row, column] = [Math.floor(i / 60), Math.floor(i / 6) % 5, i % 6];
    const isIn = column >= x[n] && column < x[n] + size && row >= y[n] && row < y[n] + size;
    return isIn ? image[i + 60 * (partner[n] - n)] : v;
  });
  expect(await apply(tensor(device.gpu, image, [...shape]), mix).read()).toEqual(expected);
  const [own, other] = labelWeights(mix, [...shape]);
  for (const n of [0, 1, 2]) {
    expect((own.weights as number[])[n]).toBeCloseTo(1 - 9 / 30, 12);
    expect((other.weights as number[])[n]).toBeCloseTo(9 / 30, 12);
  }
});

test("two runs have equal bits, backward included, whoever sees whom", async () => {
  const run = async () => {
    const x = image(values, true);
    const lambda = parameter(device.gpu, [0.1, 0.35, 0.6, 0.85]);
    backward(sum(mul(apply(x, mixup({ partner: [2, 2, 2, 0], lambda })), 0.37)));
    return [...(await x.grad!.read()), ...(await lambda.grad!.read())];
  };
  expect(await run()).toEqual(await run());
});

test("a batch of many samples: more than the threads that list who sees whom", async () => {
  const n = 333;
  const partner = Array.from({ length: n }, (_, i) => (i * i * 7 + 3 * i) % 50);
  const lambda = Array.from({ length: n }, (_, i) => ((i * 37) % 100) / 100);
  const on = Array.from({ length: n }, (_, i) => Number(i % 5 !== 2));
  const x = tensor(device.gpu, randomImage([n, 1, 1, 2], 61).data, [n, 1, 1, 2], { requiresGrad: true });
  const seed = randomImage([n, 1, 1, 2], 62).data;
  const [gx] = grad(apply(x, mixup({ partner, lambda, on })), [x], {
    gradient: tensor(device.gpu, seed, [n, 1, 1, 2]),
  });
  const expected = new Float64Array(2 * n);
  for (let i = 0; i < n; i++)
    for (const k of [0, 1]) {
      const share = on[i] ? lambda[i] : 1;
      expected[2 * i + k] += share * seed[2 * i + k];
      expected[2 * partner[i] + k] += (1 - share) * seed[2 * i + k];
    }
  (await gx.read()).forEach((v, i) => {
    expect(Math.abs(v - expected[i])).toBeLessThan(1e-5);
  });
});

test.each(["u8", "rgba8"] as const)("images of %s", async (dtype) => {
  const bytes = Array.from({ length: 4 * 4 * 30 }, (_, i) => (i * 37) % 256);
  const shape = [4, 4, 5, 6];
  const x = tensor(device.gpu, bytes, shape, { dtype });
  const wide = cast(x, "f32");
  for (const transform of [
    mixup({ partner: [1, 2, 3, 0], lambda: 0.3 }),
    mosaic({ partners: [1, 2, 3], x: 2.5, y: 3.25 }),
  ]) {
    expect(await apply(x, transform, { dtype: "f32" }).read()).toEqual(await apply(wide, transform).read());
  }
});

test("partners and shares are drawn by sequential", async () => {
  const drawn = { partner: uniform(0, 3), lambda: uniform(0, 1), p: 0.5 };
  const pipeline = sequential([mixup(drawn), invert()], { seed: 5 });
  const sampled = pipeline.sample(4, { step: 2 });
  const { on = [], params } = sampled.transforms[0];
  const y = await pipeline(image(), { step: 2 }).read();
  const [partner, lambda] = [params.partner as number[], params.lambda as number[]];
  expect(new Set(partner).size).toBeGreaterThan(1);
  for (let n = 0; n < 4; n++) {
    const own = part(values, n);
    const other = part(values, partner[n]);
    const expected = own.map((v, i) => 1 - (on[n] ? lambda[n] * v + (1 - lambda[n]) * other[i] : v));
    part(y, n).forEach((v, i) => {
      expect(v).toBeCloseTo(expected[i], 5);
    });
  }
  expect(await pipeline.replay(image(), sampled).read()).toEqual(y);
});

test("gates between are blended by sequential, and a sample that is left alone is still its partner's partner", async () => {
  const { gpu } = device;
  const settings = { partner: [1, 2, 3, 0], lambda: 0.25 };
  const seed = tensor(gpu, Float32Array.from(randomImage([4, 3, 5, 6], 52).data), SHAPE);
  const gradientOf = async (on: readonly number[], asTensor: boolean) => {
    const x = image(values, true);
    const gate = tensor(gpu, on, [4], { requiresGrad: true });
    const y = sequential([mixup({ ...settings, on: asTensor ? gate : on })])(x);
    const wanted = asTensor ? [x, gate] : [x];
    const [gx, gg] = grad(y, wanted, { gradient: seed });
    return { y: await y.read(), gx: await gx.read(), gg: await gg?.read() };
  };
  const [soft, hard] = [await gradientOf([1, 0, 0, 1], true), await gradientOf([1, 0, 0, 1], false)];
  expect(soft.y).toEqual(hard.y);
  soft.gx.forEach((v, i) => {
    expect(v).toBeCloseTo(hard.gx[i], 6);
  });
  const half = await gradientOf([0.5, 0.5, 0.5, 0.5], true);
  const whole = await gradientOf([1, 1, 1, 1], false);
  half.y.forEach((v, i) => {
    expect(v).toBeCloseTo((values[i] + whole.y[i]) / 2, 6);
  });
  const by = await seed.read();
  const expected = [0, 1, 2, 3].map((n) =>
    part(by, n).reduce((sum, g, i) => sum + g * (part(whole.y, n)[i] - part(values, n)[i]), 0),
  );
  half.gg!.forEach((v, n) => {
    expect(v).toBeCloseTo(expected[n], 4);
  });
});

describe("a mix that a user declares", () => {
  const wgsl = `import package::lib::frame::Frame;
    import package::lib::pixel::Pixel;
    import package::lib::tap::Tap;
    struct Params { amount: f32 }
    // Every other column is the partner's, as much as \`amount\` says.
    fn part(source: u32, at: Pixel, p: Params) -> f32 {
      let other = select(0.0, p.amount, at.x - 2.0 * floor(at.x / 2.0) == 1.0);
      return select(1.0 - other, other, source == 1u);
    }
    fn tap(i: u32, at: Pixel, p: Params, f: Frame) -> Tap { return Tap(i, at, part(i, at, p)); }
    fn seen(i: u32, source: u32, at: Pixel, p: Params, f: Frame) -> Tap { return Tap(source, at, part(source, at, p)); }
    fn backward(at: Pixel, p: Params, f: Frame, gs: array<f32, 2>, gp: ptr<function, Params>) {
      (*gp).amount += select(0.0, gs[1] - gs[0], at.x - 2.0 * floor(at.x / 2.0) == 1.0);
    }`;
  const declaration = {
    name: "columns",
    kind: "mix",
    reads: "batch",
    wgsl,
    params: {
      partner: { role: "partner", integer: true, gradient: false, min: 0, unit: "samples", doc: "which sample" },
      amount: { min: 0, max: 1, unit: "share", doc: "how much of it" },
    },
    mix: {
      taps: 2,
      reach: 1,
      shares: (({ amount }, { width }, of) => {
        const other = of.mul(of.of(Math.floor(width / 2) / width), amount);
        return [of.sub(of.of(1), other), other];
      }) as MixSpec["shares"],
    },
    doc: "every other column from the partner",
    source: "this test",
  } as const;

  test("runs, with gradients and label weights", async () => {
    const columns = declare<{ partner: ParamValue; amount: ParamValue }>(declaration);
    const amount = parameter(device.gpu, [0.2, 0.5, 0.7, 1]);
    const x = image(values, true);
    const mix = columns({ partner: [1, 2, 3, 0], amount });
    const y = apply(x, [mix, invert()]);
    const read = await y.read();
    const share = [0.2, 0.5, 0.7, 1].map(Math.fround);
    for (let n = 0; n < 4; n++)
      part(read, n).forEach((v, i) => {
        const s = (i % 6) % 2 ? share[n] : 0;
        expect(v).toBeCloseTo(1 - (1 - s) * part(values, n)[i] - s * part(values, (n + 1) % 4)[i], 5);
      });
    const ones = tensor(device.gpu, new Float32Array(4 * EACH).fill(1), SHAPE);
    const [gx, ga] = grad(y, [x, amount], { gradient: ones });
    const g = await gx.read();
    expect([0, 1, 2, 3].map((n) => part(g, n)[1])).toEqual(
      [0, 1, 2, 3].map((n) => expect.closeTo(-(1 - share[n]) - share[(n + 3) % 4], 5)),
    );
    const difference = (n: number) =>
      part(values, n).reduce((sum, v, i) => sum + ((i % 6) % 2 ? v - part(values, (n + 1) % 4)[i] : 0), 0);
    expect(Array.from(await ga.read())).toEqual([0, 1, 2, 3].map((n) => expect.closeTo(difference(n), 4)));
    const [, other] = labelWeights(mix, SHAPE);
    expect(Array.from(await (other.weights as Tensor).read())).toEqual(share.map((s) => expect.closeTo(s / 2, 6)));
  });

  test("is refused with what it lacks", () => {
    const bad = (changed: object) => () => declare({ ...declaration, ...changed } as never);
    expect(bad({ mix: undefined })).toThrow(/mix of columns.*taps, reach, shares/s);
    expect(bad({ mix: { ...declaration.mix, taps: 0 } })).toThrow(/taps of columns/);
    expect(bad({ mix: { ...declaration.mix, shares: 1 } })).toThrow(/shares of columns/);
    expect(bad({ params: { ...declaration.params, other: declaration.params.partner } })).toThrow(
      /params of columns.*2 of role partner/s,
    );
    expect(bad({ kind: "point" })).toThrow(/role of columns\.partner/);
    const lacking = declare<object>({ ...declaration, wgsl: wgsl.replace("fn seen", "fn looks") });
    expect(() => apply(image(), lacking({ partner: 0, amount: 1 } as never))).toThrow(
      /WGSL of columns.*no function seen/s,
    );
    const three = declare<object>({ ...declaration, mix: { ...declaration.mix, taps: 3 } });
    expect(() => apply(image(), three({ partner: 0, amount: 1 } as never))).toThrow(/backward.*array<f32,3>/s);
  });
});

describe("what is wrong is said at the call", () => {
  test("partners", () => {
    const x = image();
    expect(() => apply(x, mixup({ partner: [1, 2, 4, 0], lambda: 0.5 }))).toThrow(/mixup\.partner\[2\].*4.*at most 3/s);
    expect(() => apply(x, mixup({ partner: -1, lambda: 0.5 }))).toThrow(/mixup\.partner.*at least 0/s);
    expect(() => apply(x, mixup({ partner: 0.5, lambda: 0.5 }))).toThrow(/mixup\.partner.*whole/s);
    const learned = parameter(device.gpu, [1, 2, 3, 0]);
    expect(() => apply(x, mixup({ partner: learned, lambda: 0.5 }))).toThrow(/mixup\.partner.*gradient/s);
    expect(() => apply(x, mosaic({ partners: [0, 1], x: 0, y: 0 }))).toThrow(/mosaic\.partners.*3 numbers/s);
    expect(() => mixup({ lambda: 0.5 } as never)).toThrow(/mixup\.partner.*no default/s);
  });
  test("shares, sizes, gates", () => {
    const x = image();
    expect(() => apply(x, mixup({ partner: 0, lambda: 1.5 }))).toThrow(/mixup\.lambda.*at most 1/s);
    expect(() => apply(x, cutmix({ partner: 0, x: 0, y: 0, width: -1, height: 1 }))).toThrow(/cutmix\.width/);
    expect(() => apply(x, mosaic({ partners: [0, 0, 0], x: 0, y: 0, width: 3, on: [1, 0, 1, 1] }))).toThrow(/size/);
    const gate = parameter(device.gpu, [0.5, 1, 0, 1]);
    expect(() => apply(x, mixup({ partner: 0, lambda: 0.5, on: gate }))).toThrow(/mixup\.on.*sequential/s);
  });
  test("a batch that does not fit one binding cannot be split", async () => {
    const { gpu } = device;
    const x = image();
    const get = (limits: GPUSupportedLimits, name: keyof GPUSupportedLimits) =>
      name === "maxStorageBufferBindingSize" ? 2 * EACH * 4 : limits[name];
    Object.defineProperty(gpu, "limits", {
      configurable: true,
      value: new Proxy(gpu.device.limits, { get } as ProxyHandler<GPUSupportedLimits>),
    });
    try {
      expect(await apply(x, invert()).read()).toHaveLength(4 * EACH);
      const call = () => apply(x, mixup({ partner: [1, 2, 3, 0], lambda: 0.5 }));
      expect(call).toThrow(LimitError);
      expect(call).toThrow(/its samples see each other/);
    } finally {
      Reflect.deleteProperty(gpu, "limits");
    }
  });
});
