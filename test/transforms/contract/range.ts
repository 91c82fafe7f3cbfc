/**
 * Values beyond a parameter's range. A number that a parameter does not allow is refused at the call. A tensor's values are known to the
 * GPU alone: they count as the nearest value that is allowed, with the gradient that this one has. NaN, and what is infinite without a
 * bound, is a matter of its own sample.
 */
import { expect } from "vitest";
import {
  apply,
  type Declaration,
  type Gpu,
  grad,
  type ParamSpec,
  parameter,
  registry,
  type Tensor,
  type Transform,
  tensor,
} from "../../../src/index.ts";
import { gapOf } from "../../../src/transforms/language/declare.ts";
import { exampleField, exampleImages, exampleOf, exampleTransform, learned } from "../examples.ts";

export const SIZE = [3, 6, 6];
const EACH = 3 * 36;
export const values = (n: number) => Float32Array.from({ length: n * EACH }, (_, i) => 0.5 + 0.45 * Math.sin(1.7 * i));

/** The value that a tensor's counts as; null for one that is none. */
export function allowed(v: number, spec: ParamSpec): number | null {
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
export const alone = [...registry.values()].filter(({ reads }) => reads !== "batch");
/** A sample's values of the parameters that learn. */
type Values = Record<string, number[]>;

interface Ran {
  y: number[][];
  image: number[][];
  params: Record<string, number[][]>;
}

/** Result and gradients, sample by sample, of a transform with values for each. */
async function run(gpu: Gpu, declaration: Declaration, samples: readonly Values[], asTensor: boolean): Promise<Ran> {
  const n = samples.length;
  const x = tensor(gpu, repeat(values(1), n), [n, ...SIZE], { requiresGrad: true });
  const names = Object.keys(samples[0]);
  const given = names.map((name) => {
    const rows = samples.map((sample) => sample[name]);
    const width = rows[0].length;
    if (asTensor) return parameter(gpu, rows.flat(), width === 1 ? [n] : [n, width]);
    return width === 1 ? rows.flat() : rows;
  });
  const y = apply(x, example(gpu, declaration, Object.fromEntries(names.map((name, i) => [name, given[i]]))));
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

export const example = (gpu: Gpu, declaration: Declaration, changed: Record<string, unknown>): Transform =>
  exampleTransform(declaration, {
    ...changed,
    ...exampleImages(gpu, declaration, [SIZE[1], SIZE[2]]),
    field: exampleField(gpu, declaration, [SIZE[1], SIZE[2]]),
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
export const asNumbers = new Set(
  bounded.filter(({ kind }, i) => bounded.slice(0, i).filter((before) => before.kind === kind).length < 2),
);

/**
 * All parameters of a transform at once, beyond each of their edges: which of them are tensors decides about kernels, and those take
 * their time to compile.
 */
export async function beyondRange(gpu: Gpu, declaration: Declaration): Promise<void> {
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
  const found = await run(gpu, declaration, [good, ...tried.map(({ sample }) => sample)], true);
  const asTensor = !asNumbers.has(declaration);
  const expected = await run(gpu, declaration, [good, ...nearest.map((sample) => sample ?? good)], asTensor);
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
}

/**
 * What a sample counts as, if the reference has a finite value there: null for NaN, what is infinite, or matrices that have no
 * inverse.
 */
export function nearestOf(declaration: Declaration, param: string, sample: Values): Values | null {
  const row = sample[param].map((v) => allowed(v, declaration.params[param]));
  const counted = { ...sample, [param]: row as number[] };
  const options = Object.entries(declaration.options ?? {}).map(([name, spec]) => [name, spec.default]);
  const settings = { ...Object.fromEntries(options), ...declaration.example?.options };
  return row.includes(null) || declaration.check?.(counted, settings) ? null : counted;
}
