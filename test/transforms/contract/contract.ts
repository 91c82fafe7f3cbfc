/**
 * What every transform has to hold, from its declaration, its reference and its cases alone: a new one is covered as soon as it
 * is in the registry.
 *
 * Compiling a kernel for SwiftShader takes far longer than running it, so the checks share kernels: those of the transform
 * alone, in f32, forward and backward with everything learned. Only fusing and f16 need others. Images are small.
 */
import { describe, expect, test, vi } from "vitest";
import {
  AugradError,
  brightness,
  type Declaration,
  type Gpu,
  invert,
  type ParamSpec,
  registry,
  ShapeError,
} from "../../../src/index.ts";
import { fromHalf, toHalf } from "../../../src/tensor/dtype.ts";
import { testGpu } from "../../gpu.ts";
import { numericGradient, weightedSum } from "../../reference/difference.ts";
import { type Case64, cases, reference, referenceChain, type Shape4 } from "../../reference/index.ts";
import { weightsFor } from "../check.ts";
import { learned } from "../examples.ts";
import { againstReference, channelsOf, imageOf, shapeOf, spread, WIDTH } from "./against.ts";
import { exampleRuns, isFed, largePixels } from "./declared.ts";
import { beyondRange } from "./range.ts";
import { asReference, image64, isLearnable, type Ran, relativeError, rowsFor, runCase, sampleOf } from "./run.ts";
import { gateOfZero, unusualPixels } from "./unusual.ts";

/**
 * `short`: results and gradients only, for `npm test` on another implementation of WebGPU, whose compiler has to take every
 * module. `full`: every check of every transform; without it, transforms whose modules see no pixel share some.
 */
const extent = process.env.AUGRAD_CONTRACT;

/**
 * What a module of these kinds computes, a matrix, a place or a weight, does not depend on channels, storage or neighbours in a chain: those
 * are the kernels' around it, which take half a second to compile for each. So these checks are dealt out, one after the other, to
 * the transforms of the kind.
 */
const SEES_NO_PIXEL = ["map", "field", "line", "resize"];

/** Whether a transform gets the check `index` of `count` that its kind deals out. */
function isDealt(name: string, index: number, count: number): boolean {
  const { kind } = registry.get(name)!;
  if (extent === "full" || !SEES_NO_PIXEL.includes(kind)) return true;
  const alike = [...registry.values()].filter((other) => other.kind === kind).map((other) => other.name);
  // Where there are few of a kind, each gets several.
  const at = alike.indexOf(name);
  return alike.length < count ? index % alike.length === at : at % count === index;
}

/** Every transform that has a reference, dealt out to a number of files, so that these run side by side. */
export function contractOfShare(share: number, shares: number): void {
  contractOf([...registry.keys()].sort().filter((_, i) => i % shares === share));
}

/** Tests of transforms by name. */
export function contractOf(names: readonly string[]): { readonly gpu: Gpu } {
  vi.setConfig({ testTimeout: 60_000 });
  const device = testGpu();
  describe.each(names)("%s", (name) => {
    const own = cases.filter((made) => made.name === name);
    test("has a reference, and a case beside it", () => {
      expect(reference[name], "test/reference/families").toBeTypeOf("function");
      expect(own.length, "cases of test/reference/families").toBeGreaterThan(0);
    });
    test.each(own.map((made) => [JSON.stringify(made.options ?? {}), made] as const))(
      "result and gradients against the float64 reference %s",
      async (_, made) => againstReference(device.gpu, made, shapeOf(made)),
    );
    const [made] = own;
    if (made && extent !== "short") describeFirst(made, () => device.gpu);
    if (extent !== "short") describeDeclaration(registry.get(name)!, () => device.gpu);
  });
  return device;
}

/** The checks that a declaration is enough for: its example, and values around the ranges that it says. */
function describeDeclaration(declaration: Declaration, gpu: () => Gpu): void {
  if (!isFed(declaration)) test("its example can be run, and changes the image", () => exampleRuns(gpu(), declaration));
  if (declaration.reads !== "batch" && learned(declaration).length > 0)
    test("values that only a tensor can have", () => beyondRange(gpu(), declaration));
}

/** The checks that one case of a transform is enough for. */
function describeFirst(made: Case64, gpu: () => Gpu): void {
  const { kind, channels = [1, 3, 4, 7], linear, reads } = registry.get(made.name)!;
  if (kind === "point") {
    test("the whole Jacobian of four pixels", () => wholeJacobian(gpu(), made));
    test("negative, zero, tiny and huge pixels", () => unusualPixels(gpu(), made));
    test("gradients of pixels from -1.5 to 2", () => largePixels(gpu(), registry.get(made.name)!));
    test("a gate of 0 leaves the pixel as it is, and one of 1 is the transform itself", () => gateOfZero(gpu(), made));
  }
  // Sizes go with numbers of channels: each number has kernels of its own, whatever the size.
  const sizes: [number, number, number][] = [
    [1, 1, 1],
    [4, 1, WIDTH + 3],
    [3, 13, 1],
    [7, 5, 11],
  ];
  for (const [i, [count, height, width]] of sizes.entries()) {
    const allowed = channels.includes(count);
    if (!allowed) test(`${count} channels are refused`, () => refusesChannels(gpu(), made, count));
    if (!isDealt(made.name, i, sizes.length)) continue;
    const shape: Shape4 = [2, allowed ? count : channels[0], height, width];
    test(`images of ${height} x ${width}, ${shape[1]} channels`, () => ofShape(gpu(), made, shape));
  }
  test("equal bits, run after run", () => deterministic(gpu(), made));
  if (reads !== "batch") test("a batch is its samples, one by one", () => oneByOne(gpu(), made));
  if (isDealt(made.name, 0, 2)) test("in a chain, it is what it is alone", () => fused(gpu(), made));
  if (isDealt(made.name, 1, 2)) test("f16", () => half(gpu(), made));
  test("NaN and infinity stay in their sample", () => isolated(gpu(), made));
  if (keepsImage(made)) test("its neutral values keep the image", () => neutral(gpu(), made));
  if (linear) test("its gradient of the image does not look at the image", () => doesNotLook(gpu(), made));
}

/** Whether it has values that keep the image, and the case's options let them. */
function keepsImage(made: Case64): boolean {
  const { params, size, outChannels } = registry.get(made.name)!;
  const [, c, h, w] = shapeOf(made);
  const [height, width] = size?.(made.options ?? {}, [h, w]) ?? [h, w];
  const isSame = height === h && width === w && (outChannels?.(made.options ?? {}, c) ?? c) === c;
  return isSame && Object.values(params).some((spec) => spec.neutral !== undefined);
}

/** Parameters that have a gradient of their own for each sample. */
const perSample = ({ name, params = {} }: Case64): string[] =>
  Object.keys(params).filter((param) => isLearnable(name, param) && !registry.get(name)!.params[param]?.list);

/** Every derivative of every value of the result, each compared by itself. */
async function wholeJacobian(gpu: Gpu, made: Case64): Promise<void> {
  const channels = channelsOf(made);
  const size = 4 * channels;
  const rows = rowsFor(made, [1, channels, 1, 4]);
  const link = asReference(made, rows);
  const small = imageOf(made, [1, channels, 1, 4]);
  const after = referenceChain([oneRow(link, 0)], image64(small, [1, channels, 1, 4])).data.length;
  // A sample for each value of the result, whose gradient is asked for alone, with either row of values.
  const shape: Shape4 = [2 * after, channels, 1, 4];
  const each = Array.from({ length: 2 * after }, (_, n) => n);
  const image = Float64Array.from({ length: 2 * after * size }, (_, i) => small[i % size]);
  const many = spread(
    made,
    each.map((n) => Number(n >= after)),
    rows,
  );
  const seed = new Float32Array(2 * after * after);
  for (const n of each) seed[n * after + (n % after)] = 1;
  const ran = await runCase(gpu, { made, image, shape, rows: many, seed });
  for (const row of [0, 1]) {
    const own = oneRow(link, row);
    for (let k = 0; k < after; k++) {
      const one = Float64Array.from({ length: after }, (_, i) => Number(i === k));
      const f = (data: Float64Array) =>
        weightedSum(one, referenceChain([own], { data, shape: [1, channels, 1, 4] }, { wrt: "image" }));
      const { gradient, kinkCount } = numericGradient(f, Float64Array.from(small));
      expect(kinkCount, "pixels on kinks").toBe(0);
      const found = sampleOf(ran.image, row * after + k, 2 * after);
      expect(relativeError(found, gradient), `of value ${k}, row ${row}`).toBeLessThan(made.backward ?? 2e-4);
    }
  }
}

const oneRow = (link: ReturnType<typeof asReference>, row: number) => ({
  ...link,
  params: Object.fromEntries(
    Object.entries(link.params).map(([name, rows]) => [name, [rows[Math.min(row, rows.length - 1)]]]),
  ),
});

/** A size and a number of channels; an image that is too small has to be refused. */
async function ofShape(gpu: Gpu, made: Case64, shape: Shape4): Promise<void> {
  const [h, w] = made.least ?? [1, 1];
  if (shape[2] < h || shape[3] < w)
    expect(() => runCase(gpu, { made, image: imageOf(made, shape), shape, rows: rowsFor(made, shape) })).toThrow(
      AugradError,
    );
  else await againstReference(gpu, made, shape, 3);
}

function refusesChannels(gpu: Gpu, made: Case64, count: number): void {
  const shape: Shape4 = [2, count, 5, 6];
  const allowed = registry.get(made.name)!.channels!;
  const call = () => runCase(gpu, { made, image: imageOf(made, shape), shape });
  expect(call).toThrow(ShapeError);
  expect(call).toThrow(`x: got ${count} channels; allowed is ${allowed.join(" or ")} channels, for ${made.name}.`);
}

async function doesNotLook(gpu: Gpu, made: Case64): Promise<void> {
  const asked = plain(made);
  const [first, second] = await Promise.all([
    runCase(gpu, asked),
    runCase(gpu, { ...asked, image: asked.image.map((v) => 3 * v - 1) }),
  ]);
  expect(second.image).toEqual(first.image);
}

const all = ({ y, image, params }: Ran): [string, Float32Array][] => [
  ["result", y],
  ["gradient of the image", image],
  ...Object.entries(params).map(([name, list]): [string, Float32Array] => [`gradient of ${name}`, list]),
];

const plain = (made: Case64) => ({ made, image: imageOf(made, shapeOf(made)), shape: shapeOf(made) });

async function deterministic(gpu: Gpu, made: Case64): Promise<void> {
  const [first, second] = await Promise.all([runCase(gpu, plain(made)), runCase(gpu, plain(made))]);
  expect(all(second)).toEqual(all(first));
}

async function oneByOne(gpu: Gpu, made: Case64): Promise<void> {
  const asked = plain(made);
  const [samples, ...rest] = asked.shape;
  const link = asReference(made, rowsFor(made, shapeOf(made)));
  const whole = referenceChain([link], image64(asked.image, asked.shape));
  const batch = runCase(gpu, asked);
  const singles = Array.from({ length: samples }, (_, n) => {
    const image = sampleOf(asked.image, n, samples);
    const seed = sampleOf(weightsFor(whole.data.length), n, samples);
    return runCase(gpu, { made, image, shape: [1, ...rest] as Shape4, rows: spread(made, [n]), seed });
  });
  const ran = await batch;
  for (const [n, single] of (await Promise.all(singles)).entries()) {
    // What draws for each sample is something else alone: then the reference is, too.
    const alone = referenceChain([oneRow(link, n)], image64(sampleOf(asked.image, n, samples), [1, ...rest] as Shape4));
    if (relativeError(sampleOf(whole.data, n, samples), alone.data) > 1e-12) {
      expect(relativeError(single.y, alone.data), "alone").toBeLessThan(made.forward ?? 2e-5);
      continue;
    }
    expect(sampleOf(ran.y, n, samples)).toEqual(Array.from(single.y));
    expect(sampleOf(ran.image, n, samples)).toEqual(Array.from(single.image));
    for (const param of perSample(made))
      expect(relativeError(sampleOf(ran.params[param], n, samples), single.params[param]), param).toBeLessThan(1e-5);
  }
}

async function fused(gpu: Gpu, made: Case64): Promise<void> {
  const asked = {
    ...plain(made),
    before: [brightness({ factor: 0.9, clip: false })],
    after: [invert({ max: 0.9 })],
  };
  const [together, apart] = await Promise.all([runCase(gpu, asked), runCase(gpu, { ...asked, apart: true })]);
  const expected = all(apart);
  for (const [i, [what, found]] of all(together).entries())
    expect(relativeError(found, expected[i][1]), what).toBeLessThan(1e-5);
}

async function half(gpu: Gpu, made: Case64): Promise<void> {
  const asked = plain(made);
  const image = Array.from(asked.image, (v) => fromHalf(toHalf(v)));
  const [full, stored] = await Promise.all([
    runCase(gpu, { ...asked, image }),
    runCase(gpu, { ...asked, image, dtype: "f16" }),
  ]);
  expect(relativeError(stored.y, full.y), "result").toBeLessThan(2e-3);
  const expected = all(full);
  for (const [i, [what, found]] of all(stored).entries())
    expect(relativeError(found, expected[i][1]), what).toBeLessThan(4e-3);
}

/** Three samples, the middle one of which has what is no number: in its image, or in a parameter. */
async function isolated(gpu: Gpu, made: Case64): Promise<void> {
  const [, ...rest] = shapeOf(made);
  const shape: Shape4 = [3, ...rest];
  const image = Array.from(imageOf(made, shape));
  const rows = spread(made, [0, 1, 0]);
  const each = image.length / 3;
  const clean = runCase(gpu, { made, image, shape, rows });
  const link = asReference(made, rows);
  const right = referenceChain([link], image64(image, shape)).data;
  const poisons = [Number.NaN, Number.POSITIVE_INFINITY].map((value) => {
    const poison = image.with(each + Math.floor(each / 2), value);
    const ran = runCase(gpu, { made, image: poison, shape, rows });
    return { what: `${value} in the image`, ran, right: referenceChain([link], image64(poison, shape)).data };
  });
  const wrong = perSample(made).map((name) => {
    const nan = {
      ...rows,
      [name]: rows[name].with(
        1,
        rows[name][1].map(() => Number.NaN),
      ),
    };
    return { what: `NaN as ${name}`, ran: runCase(gpu, { made, image, shape, rows: nan }), right };
  });
  const expected = await clean;
  const { kind, reads } = registry.get(made.name)!;
  const mixes = reads === "batch";
  for (const { what, ran, right: poisoned } of [...poisons, ...wrong]) {
    const found = await ran;
    for (const n of [0, 2]) {
      // What mixes samples shows those of its partners.
      const isReached = mixes && sampleOf(poisoned, n, 3).some((v, i) => !Object.is(v, sampleOf(right, n, 3)[i]));
      if (isReached) continue;
      expect(sampleOf(found.y, n, 3), `${what}: sample ${n}`).toEqual(sampleOf(expected.y, n, 3));
      // A sample that another one shows has a gradient from there, too.
      if (!mixes)
        expect(sampleOf(found.image, n, 3), `${what}: gradient of sample ${n}`).toEqual(sampleOf(expected.image, n, 3));
      for (const name of perSample(made))
        expect(sampleOf(found.params[name], n, 3), `${what}: gradient of ${name}`).toEqual(
          sampleOf(expected.params[name], n, 3),
        );
    }
  }
  // In the sample itself NaN is where the result depends on it, and all else is as it was.
  const [own, before] = [sampleOf((await poisons[0].ran).y, 1, 3), sampleOf(expected.y, 1, 3)];
  const [poisoned, clear] = [sampleOf(poisons[0].right, 1, 3), sampleOf(right, 1, 3)];
  own.forEach((v, i) => {
    if (Number.isNaN(poisoned[i])) expect(v, `result ${i}, which depends on NaN`).toBeNaN();
    else if (poisoned[i] === clear[i] && !Number.isNaN(v)) expect(v, `result ${i} beside NaN`).toBe(before[i]);
  });
  // A kernel may see a neighbour with a weight of 0, or order what has no order.
  const beyond = own.filter((v, i) => Number.isNaN(v) && !Number.isNaN(poisoned[i]));
  expect(beyond.length, "NaN where the reference has none").toBeLessThanOrEqual(kind === "point" ? 0 : NEAR);
}

/** How many neighbours NaN may reach beyond those of the reference. */
const NEAR = 16;

/** How many values a sample has of a parameter. */
const countOf = (size: ParamSpec["size"], channels: number, given: number): number =>
  size === "C"
    ? channels
    : size === "kernel"
      ? 9
      : size === "points"
        ? given
        : typeof size === "string"
          ? 3
          : (size ?? 1);

/** At their neutral values, parameters that have one leave the image as it is, and so its gradient. */
async function neutral(gpu: Gpu, made: Case64): Promise<void> {
  const shape = shapeOf(made);
  const rows = rowsFor(made, shape);
  for (const [name, { neutral: value, size = 1 }] of Object.entries(registry.get(made.name)!.params)) {
    if (value === undefined) continue;
    const row = [value].flat();
    rows[name] = [Array.from({ length: countOf(size, shape[1], row.length) }, (_, i) => row[i % row.length])];
  }
  const image = Float32Array.from(imageOf(made, shape));
  const ran = await runCase(gpu, { made, image, shape, rows });
  // A colour that is taken apart and put together again is rounded; whatever is moved or weighed stays as it is.
  const { kind } = registry.get(made.name)!;
  if (kind === "point") expect(relativeError(ran.y, image), "result").toBeLessThan(1e-6);
  else expect(ran.y, "result").toEqual(image);
  // What scatters adds in fixed point.
  const error = kind === "field" || kind === "point" ? 1e-5 : 0;
  expect(relativeError(ran.image, weightsFor(image.length)), "gradient of the image").toBeLessThanOrEqual(error);
}
