import { describe, expect, test } from "vitest";
import {
  apply,
  around,
  type Declaration,
  gaussianBlur,
  grad,
  type ParamSpec,
  parameter,
  registry,
  sequential,
  type Tensor,
  type Transform,
  tensor,
  uniform,
} from "../../src/index.ts";
import { gapOf } from "../../src/transforms/language/declare.ts";
import { testGpu } from "../gpu.ts";
import { exampleField, exampleImages, exampleOf, exampleTransform, learned } from "./examples.ts";

// A number that a parameter does not allow is refused at the call. A tensor's values are known to the GPU alone: they count as
// the nearest value that is allowed, with the gradient that this one has. NaN, and what is infinite without a bound, is a
// matter of its own sample.

const device = testGpu();
const SIZE = [3, 6, 6];
const EACH = 3 * 36;
const values = (n: number) => Float32Array.from({ length: n * EACH }, (_, i) => 0.5 + 0.45 * Math.sin(1.7 * i));

/** The value that a tensor's counts as; null for one that is none. */
function allowed(v: number, spec: ParamSpec): number | null {
  if (Number.isNaN(v)) return null;
  if (spec.min !== undefined && v < spec.min) return spec.min;
  if (spec.max !== undefined && v > spec.max) return spec.max;
  const gap = gapOf(spec);
  if (Math.abs(v) < gap) return v < 0 ? -gap : gap;
  return Number.isFinite(v) ? v : null;
}

function edgesOf(spec: ParamSpec): number[] {
  const edges = [0, Number.NaN, Infinity, -Infinity];
  for (const bound of [spec.min, spec.max])
    if (bound !== undefined) edges.push(bound, bound - 0.1, bound + 0.1, bound - 1e4);
  const gap = gapOf(spec);
  if (gap) edges.push(gap, -gap, gap / 2, -gap / 2, 1e-38);
  return edges;
}

// Those whose samples see each other have tests of their own: mix.test.ts.
const alone = [...registry.values()].filter(({ reads }) => reads !== "batch");
const all = alone.flatMap((declaration) =>
  learned(declaration).map((param) => [`${declaration.name}.${param}`, declaration, param] as const),
);

/** A sample's values of the parameters that learn. */
type Values = Record<string, number[]>;

interface Ran {
  y: number[][];
  image: number[][];
  params: Record<string, number[][]>;
}

/** Result and gradients, sample by sample, of a transform with values for each. */
async function run(declaration: Declaration, samples: readonly Values[], asTensor: boolean): Promise<Ran> {
  const { gpu } = device;
  const n = samples.length;
  const x = tensor(gpu, repeat(values(1), n), [n, ...SIZE], { requiresGrad: true });
  const names = Object.keys(samples[0]);
  const given = names.map((name) => {
    const rows = samples.map((sample) => sample[name]);
    const width = rows[0].length;
    if (asTensor) return parameter(gpu, rows.flat(), width === 1 ? [n] : [n, width]);
    return width === 1 ? rows.flat() : rows;
  });
  const y = apply(x, example(declaration, Object.fromEntries(names.map((name, i) => [name, given[i]]))));
  const each = Float32Array.from({ length: y.size / n }, (_, i) => Math.cos(1.3 * i));
  const wanted = [x, ...(asTensor ? (given as Tensor[]) : [])];
  const gradients = grad(y, wanted, { gradient: tensor(gpu, repeat(each, n), y.shape) });
  const [result, image, ...own] = await Promise.all(
    [y, ...gradients].map(async (t) => {
      const list = Array.from(await t.read());
      return samples.map((_, i) => list.slice((i * list.length) / n, ((i + 1) * list.length) / n));
    }),
  );
  return { y: result, image, params: Object.fromEntries(own.map((split, i) => [names[i], split])) };
}

const example = (declaration: Declaration, changed: Record<string, unknown>): Transform =>
  exampleTransform(declaration, {
    ...changed,
    ...exampleImages(device.gpu, declaration, [SIZE[1], SIZE[2]]),
    field: exampleField(device.gpu, declaration, [SIZE[1], SIZE[2]]),
  });

const repeat = (list: Float32Array, n: number) =>
  Float32Array.from({ length: list.length * n }, (_, i) => list[i % list.length]);

/**
 * How numbers and tensors get to a kernel does not depend on the transform: two of each kind are compared with numbers, whose kernels
 * are others, and all with tensors of the values that theirs count as.
 */
const bounded = alone.filter((declaration) =>
  learned(declaration).some((name) => declaration.params[name].min !== undefined || declaration.params[name].nonzero),
);
const asNumbers = new Set(
  bounded.filter(({ kind }, i) => bounded.slice(0, i).filter((before) => before.kind === kind).length < 2),
);

// All parameters of a transform at once: which of them are tensors decides about kernels, and those take their time to compile.
describe("values that only a tensor can have", () => {
  const able = alone.filter((declaration) => learned(declaration).length > 0);
  test.each(able.map((declaration) => [declaration.name, declaration] as const))("%s", async (_, declaration) => {
    const good: Values = Object.fromEntries(learned(declaration).map((name) => [name, exampleOf(declaration, name)!]));
    // A sample of good values, then one for each edge of each parameter, in one of its components.
    const tried = Object.entries(good).flatMap(([param, row]) =>
      edgesOf(declaration.params[param]).map((v, i) => ({
        param,
        v,
        sample: { ...good, [param]: row.with(i % row.length, v) },
      })),
    );
    const nearest = tried.map(({ param, sample }) => nearestOf(declaration, param, sample));
    const found = await run(declaration, [good, ...tried.map(({ sample }) => sample)], true);
    const asTensor = !asNumbers.has(declaration);
    const expected = await run(declaration, [good, ...nearest.map((sample) => sample ?? good)], asTensor);
    tried.forEach(({ param, v, sample }, k) => {
      const i = k + 1;
      const what = `${param} = ${sample[param]}, as ${nearest[k]?.[param]}`;
      // NaN does not become a value.
      if (Number.isNaN(v)) expect(found.y[i].some(Number.isNaN), `${param} = NaN`).toBe(true);
      if (!nearest[k]) return;
      expect(found.y[i], what).toEqual(expected.y[i]);
      expect(found.image[i], `${what}: image`).toEqual(expected.image[i]);
      const gradient = found.params[param][i];
      expect(gradient.every(Number.isFinite), `${what}: gradient ${gradient}`).toBe(true);
      if (asTensor) expect(gradient, `${what}: gradient`).toEqual(expected.params[param][i]);
      expect(found.y[i].every(Number.isFinite), `${what}: finite`).toBe(true);
      expect(found.image[i].every(Number.isFinite), `${what}: finite gradient of the image`).toBe(true);
    });
  });
});

/**
 * What a sample counts as, if the reference has a finite value there: null for NaN, what is infinite, or matrices that have no
 * inverse.
 */
function nearestOf(declaration: Declaration, param: string, sample: Values): Values | null {
  const row = sample[param].map((v) => allowed(v, declaration.params[param]));
  const counted = { ...sample, [param]: row as number[] };
  const options = Object.entries(declaration.options ?? {}).map(([name, spec]) => [name, spec.default]);
  const settings = { ...Object.fromEntries(options), ...declaration.example?.options };
  return row.includes(null) || declaration.check?.(counted, settings) ? null : counted;
}

test("a range that was learned down to nothing", async () => {
  const { gpu } = device;
  const x = tensor(gpu, values(2), [2, ...SIZE], { requiresGrad: true });
  const width = parameter(gpu, [0]);
  const pipelines: [string, Transform][] = [
    ["sigma around 0", gaussianBlur({ sigma: around(0, width), kernelSize: 3 })],
    ["sigma from 0 to 0", gaussianBlur({ sigma: uniform(width, width), kernelSize: 5 })],
  ];
  for (const [what, transform] of pipelines) {
    const y = sequential([transform])(x, { step: 0 });
    expect(await y.read(), what).toEqual(values(2));
    const [gx, gw] = grad(y, [x, width], { gradient: tensor(gpu, values(2), y.shape) });
    expect(await gx.read(), what).toEqual(values(2));
    expect(await gw.read(), what).toEqual(Float32Array.of(0));
  }
});

test.each(
  all.filter(
    ([, declaration, param]) =>
      asNumbers.has(declaration) && (declaration.params[param].min !== undefined || declaration.params[param].nonzero),
  ),
)("%s, drawn beyond its range", async (_, declaration, param) => {
  const { gpu } = device;
  const x = tensor(gpu, values(2), [2, ...SIZE], { requiresGrad: true });
  const spec = declaration.params[param];
  const bad = spec.min !== undefined ? spec.min - 0.5 : 0;
  const bounds = [parameter(gpu, [bad]), parameter(gpu, [bad])];
  const drawn = sequential([example(declaration, { [param]: uniform(bounds[0], bounds[1]) })]);
  const y = drawn(x, { step: 1 });
  const nearest = exampleOf(declaration, param)!.map(() => allowed(bad, spec)!);
  // What this is no value for, beside the others, is refused as a number, and a draw is what arithmetic makes of it.
  const others = Object.fromEntries(learned(declaration).map((name) => [name, exampleOf(declaration, name)!]));
  if (!nearestOf(declaration, param, { ...others, [param]: nearest })) return;
  const fixed = apply(x, example(declaration, { [param]: nearest.length > 1 ? nearest : nearest[0] }));
  expect(await y.read()).toEqual(await fixed.read());
  for (const gradient of grad(y, [x, ...bounds], {
    gradient: tensor(gpu, new Float32Array(y.size).fill(1), y.shape),
  }))
    expect((await gradient.read()).every(Number.isFinite)).toBe(true);
});

test("a logarithmic range whose bound was learned down to 0 or below", async () => {
  const { gpu } = device;
  const x = tensor(gpu, values(2), [2, ...SIZE]);
  for (const bound of [0, -1]) {
    const lo = parameter(gpu, [bound]);
    const transform = gaussianBlur({ sigma: uniform(lo, 2, { scale: "log" }), kernelSize: 3 });
    const y = sequential([transform])(x, { step: 0 });
    const [g] = grad(y, [lo], { gradient: tensor(gpu, values(2), y.shape) });
    expect([...(await y.read()), ...(await g.read())].every(Number.isFinite)).toBe(true);
  }
});
