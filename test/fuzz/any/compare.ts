/** What has to hold of a chain of any transforms. */
import {
  apply,
  choose,
  type DType,
  type Gpu,
  grad,
  registry,
  type Tensor,
  type Transform,
  tensor,
} from "../../../src/index.ts";
import { referenceChain, type Shape4, type Transform64 } from "../../reference/index.ts";
import { slopesOf } from "../../reference/slopes.ts";
import { asReference, construct, givenOf, image64, sampleOf } from "../../transforms/contract/run.ts";
import { weightsFor } from "../image.ts";
import { randomFrom } from "../random.ts";
import type { AnyCase, AnyLink } from "./draw.ts";

/** The error of a result that the contract allows a transform, of its largest value. */
const ERROR = 2e-5;
/** And of a gradient along a direction, of the sum of its parts. */
const SLOPE = 1e-3;
/** Which draws of rounding the reference is asked for. */
const ROUNDINGS = 5;

interface Executed {
  shape: number[];
  y: number[];
  image: number[];
  params: Record<string, number[]>;
}

/** Forward and backward of some samples, as one call or as one for each transform. */
async function execute(gpu: Gpu, made: AnyCase, isApart = false, first = 0): Promise<Executed> {
  const scope = gpu.scope();
  try {
    const leaves: Record<string, Tensor> = {};
    const transforms = made.links.map((link, k): Transform => {
      const { values, leaves: own } = givenOf(gpu, link.made, link.rows, link.size);
      for (const [name, leaf] of Object.entries(own)) leaves[`${k}.${link.made.name}.${name}`] = leaf;
      return { ...construct(link.made, values), ...(link.on ? { on: link.on } : {}) };
    });
    const x = tensor(gpu, Float32Array.from(made.image), made.shape, { requiresGrad: true });
    const { compose } = made;
    const chain = made.choice ? [choose([...transforms], made.choice)] : transforms;
    const y = isApart ? chain.reduce<Tensor<DType>>((t, link) => apply(t, link), x) : apply(x, chain, { compose });
    const shape = [...y.shape] as Shape4;
    const gradients = grad(y, [x, ...Object.values(leaves)], {
      gradient: tensor(gpu, weightsFor(shape, first), shape),
    });
    const [result, image, ...own] = await Promise.all(
      [y, ...gradients].map(async (t) => Array.from((await t.read()) as Float32Array)),
    );
    const params = Object.fromEntries(Object.keys(leaves).map((name, i) => [name, own[i]]));
    return { shape, y: result, image, params };
  } finally {
    scope.dispose();
  }
}

const oneRow = ({ made, rows }: AnyLink, n: number): AnyLink["rows"] =>
  Object.fromEntries(
    Object.entries(rows).map(([name, own]) => {
      // A list may be there once, for all samples.
      const isShared = registry.get(made.name)!.params[name]?.list && own.length === 1;
      return [name, isShared ? own : [own[n]]];
    }),
  );

/** The case of a sample alone. */
function singleOf(made: AnyCase, n: number): AnyCase {
  const [samples, ...rest] = made.shape;
  const links = made.links.map((link) => ({
    ...link,
    rows: oneRow(link, n),
    ...(link.on ? { on: [link.on[n]] } : {}),
  }));
  const choice = made.choice ? { choice: [made.choice[n]] } : {};
  return { ...made, shape: [1, ...rest], image: sampleOf(made.image, n, samples), links, ...choice };
}

const mixes = ({ links }: AnyCase) => links.some(({ made }) => registry.get(made.name)!.reads === "batch");

/** The links that apply to a sample. */
const taken = ({ links, choice }: AnyCase, n: number): AnyLink[] =>
  links.filter(({ on }, k) => (choice ? choice[n] === k : (on?.[n] ?? 1) === 1));

/** The reference's result: sample by sample where coins fall, its pixels and its values moved a little by `move`. */
function referenceOf(made: AnyCase, move = (v: number) => v): number[] {
  const links = (list: readonly AnyLink[]): Transform64[] =>
    list.map(({ made: own, rows }) => {
      const link = asReference(own, rows);
      const { params } = registry.get(own.name)!;
      const isExact = (name: string) =>
        params[name]?.role === "partner" || params[name]?.role === "key" || params[name]?.integer;
      const entries = Object.entries(link.params).map(([name, all]) => [
        name,
        isExact(name) ? all : all.map((row) => row.map(move)),
      ]);
      return { ...link, params: Object.fromEntries(entries) };
    });
  const { compose } = made;
  const one = ({ image, shape }: AnyCase, list: readonly AnyLink[]) =>
    Array.from(referenceChain(links(list), image64(image.map(move), shape), { compose }).data);
  if (mixes(made)) return one(made, made.links);
  return Array.from({ length: made.shape[0] }, (_, n) => {
    const single = singleOf(made, n);
    return one(single, taken(single, 0));
  }).flat();
}

/**
 * How far a value may be off: {@link ERROR} of the largest one, and four times as far as the reference itself goes where pixels and
 * values are moved by as much, all of them up, all down, and each its own way. Next to a jump that is as much as the jump.
 */
function allowedOf(made: AnyCase, right: readonly number[], index: number): number[] {
  const scale = right.reduce((most, v) => Math.max(most, Math.abs(v)), 1);
  const spread = right.map(() => ERROR * scale);
  for (let k = 0; k < ROUNDINGS; k++) {
    const r = randomFrom(index, k);
    const by = ERROR * scale;
    const near = referenceOf(made, (v) => v + (k === 0 ? by : k === 1 ? -by : r.between(-by, by)));
    near.forEach((v, i) => (spread[i] = Math.max(spread[i], 4 * Math.abs(v - right[i]))));
  }
  return spread;
}

/** Faults of a case, in words; and how many values were compared. */
export async function compareAny(
  gpu: Gpu,
  made: AnyCase,
  index: number,
): Promise<{ faults: string[]; compared: number; vague: number }> {
  const faults: string[] = [];
  let [compared, vague] = [0, 0];
  const found = await execute(gpu, made);
  const right = referenceOf(made);
  const allowed = allowedOf(made, right, index);
  const scale = right.reduce((most, v) => Math.max(most, Math.abs(v)), 1);
  const near = (what: string, got: readonly number[], share = 1) => {
    if (got.length !== right.length) faults.push(`${what}: ${got.length} values, ${right.length} expected`);
    right.forEach((v, i) => {
      // A bound of a twentieth of all says nothing.
      if (allowed[i] > 0.05 * scale || !Number.isFinite(v)) vague++;
      else if (!(Math.abs(got[i] - v) <= share * allowed[i]))
        faults.push(`${what} ${i}: ${got[i]}, expected ${v} ± ${allowed[i]}`);
      else compared++;
    });
  };
  const equal = (what: string, got: readonly number[], expected: readonly number[]) => {
    const at = expected.findIndex((v, i) => !Object.is(v, got[i]) && !(v === got[i]));
    if (at >= 0 || got.length !== expected.length) faults.push(`${what} ${at}: ${got[at]}, expected ${expected[at]}`);
    else compared += got.length;
  };
  near("result", found.y);
  const again = await execute(gpu, made);
  equal("again, result", again.y, found.y);
  equal("again, gradient of the image", again.image, found.image);
  for (const [name, list] of Object.entries(found.params))
    equal(`again, gradient of ${name}`, again.params[name], list);
  if (!made.compose && !made.choice && made.links.length > 1) near("one by one", (await execute(gpu, made, true)).y);
  if (!mixes(made)) {
    const [samples] = made.shape;
    const n = index % samples;
    const single = await execute(gpu, singleOf(made, n), false, n);
    equal("alone, result", single.y, sampleOf(found.y, n, samples));
    equal("alone, gradient of the image", single.image, sampleOf(found.image, n, samples));
  }
  faults.push(...slopeFaults(made, found));
  return { faults, compared, vague };
}

/**
 * Gradients along directions, where differences of the reference say what they are: without coins, and without surrogates, which hold
 * at the values of their cases; the contract compares those.
 */
function slopeFaults(made: AnyCase, found: Executed): string[] {
  const { links, choice, compose } = made;
  const isEstimated = links.some(({ made: own }) => registry.get(own.name)!.estimator);
  if (choice || isEstimated || links.some(({ on }) => on)) return [];
  const chain = links.map(({ made: own, rows }) => asReference(own, rows));
  const weights = weightsFor(found.shape as Shape4);
  const slopes = slopesOf(chain, image64(made.image, made.shape), weights, { compose, directions: 2, step: 1e-6 });
  const faults: string[] = [];
  const against = (what: string, gradient: readonly number[], list: typeof slopes.image) => {
    for (const { direction, slope, isKink } of list) {
      if (isKink) continue;
      const parts = gradient.map((g, i) => g * direction[i]);
      const [sum, size] = [parts.reduce((a, b) => a + b, 0), parts.reduce((a, b) => a + Math.abs(b), 1)];
      if (!(Math.abs(sum - slope) <= SLOPE * size)) faults.push(`gradient of ${what}: ${sum}, expected ${slope}`);
    }
  };
  against("the image", found.image, slopes.image);
  for (const [name, gradient] of Object.entries(found.params)) {
    const [k, , param] = name.split(".");
    against(name, gradient, slopes.params[Number(k)][param] ?? []);
  }
  return faults;
}
