/** Everything that has to hold of a case. */
import { AugradError, type Gpu } from "../../src/index.ts";
import type { Shape4 } from "../reference/image.ts";
import { type Case, channelsAfter, modelLinks, stridesOf, widthOf } from "./case.ts";
import { type Executed, execute, poisonedOf, singleOf } from "./execute.ts";
import { gridOfCase, weightsFor } from "./image.ts";
import { modelChain } from "./model/chain.ts";
import { type Grid, gridOf } from "./model/grid.ts";

export interface Failure {
  /** Which comparison, in a word. */
  sort: string;
  /** What was compared: result, image, 2.factor. */
  what: string;
  index: number;
  expected: number | string;
  got: number | string;
  allowed: number;
  /** How many values are wrong, of how many. */
  wrong: number;
  of: number;
}

/** How many values were compared in each way, and what was left out. */
export type Counts = Record<string, number>;

export interface Verdict {
  failures: Failure[];
  counts: Counts;
  executed?: Executed;
}

interface Expected {
  v: ArrayLike<number>;
  e: ArrayLike<number>;
}

/** What the model says of a case: in the form of `Executed`. */
interface Expectation {
  y: Expected;
  grid: Grid;
  image: Expected | null;
  params: Map<string, Expected>;
}

/** The model's bounds are of first order, and count a rounding where a kernel may have two. */
const SAFETY = 3;
/** A bound above this share of what is compared says nothing: such values are counted apart. */
const VAGUE = 0.05;

class Checker {
  readonly failures: Failure[] = [];
  readonly counts: Counts = {};
  count(name: string, by = 1): void {
    this.counts[name] = (this.counts[name] ?? 0) + by;
  }

  /** Values against bounds. */
  near(sort: string, what: string, got: ArrayLike<number>, { v, e }: Expected): void {
    if (got.length !== v.length) {
      this.wrong(sort, what, [[0, got.length, v.length, 0]], v.length);
      return;
    }
    let scale = 1e-6;
    for (let i = 0; i < v.length; i++) if (Number.isFinite(v[i])) scale = Math.max(scale, Math.abs(v[i]));
    const wrong: [number, number, number, number][] = [];
    for (let i = 0; i < v.length; i++) {
      const allowed = SAFETY * e[i] + 1e-30;
      const isVague = !(allowed < VAGUE * scale) || !Number.isFinite(v[i]);
      this.count(isVague ? `${sort}, at a kink or without a bound` : sort);
      if (Number.isFinite(allowed) && Number.isFinite(v[i]) && !(Math.abs(got[i] - v[i]) <= allowed))
        wrong.push([i, got[i], v[i], allowed]);
    }
    this.wrong(sort, what, wrong, v.length);
  }

  /** Equal bits. */
  equal(sort: string, what: string, got: ArrayLike<number>, expected: ArrayLike<number>): void {
    const wrong: [number, number, number, number][] = [];
    if (got.length !== expected.length) wrong.push([0, got.length, expected.length, 0]);
    for (let i = 0; i < expected.length; i++) {
      this.count(sort);
      if (got[i] !== expected[i] && !(Number.isNaN(got[i]) && Number.isNaN(expected[i])))
        wrong.push([i, got[i], expected[i], 0]);
    }
    this.wrong(sort, what, wrong, expected.length);
  }

  private wrong(sort: string, what: string, all: [number, number, number, number][], of: number): void {
    if (all.length === 0) return;
    const excess = ([, got, expected, allowed]: (typeof all)[number]) =>
      Number.isFinite(got) ? Math.abs(got - expected) / (allowed + 1e-30) : Number.POSITIVE_INFINITY;
    const [index, got, expected, allowed] = all.reduce((a, b) => (excess(b) > excess(a) ? b : a));
    this.failures.push({ sort, what, index, expected, got, allowed, wrong: all.length, of });
  }
}

/** A stretch of a list; rows of a sample. */
const part = (list: ArrayLike<number>, n: number, samples: number): number[] => {
  const each = list.length / samples;
  return Array.from({ length: each }, (_, i) => list[n * each + i]);
};

export function expectationOf(made: Case): Expectation {
  const x = gridOfCase(made);
  const half = made.result === "f16" || (made.dtype === "f16" && made.result === undefined);
  const links = modelLinks(made);
  const model = modelChain(links, x, { compose: made.compose, half });
  const g = gridOf(model.y.shape);
  g.v.set(weightsFor(model.y.shape));
  const back = model.back(g);
  const params = new Map<string, Expected>();
  let channels = made.shape[1];
  made.links.forEach((link, i) => {
    const all = { ...link.params, ...(link.on ? { on: link.on } : {}) };
    for (const [name, param] of Object.entries(all)) {
      if (!param.learned) continue;
      const own = back.params[i][name];
      const width = name === "on" ? 1 : widthOf(link.name, name, channels);
      const [bySample, byComponent] = stridesOf(param, width);
      const sum = { v: param.values.map(() => 0), e: param.values.map(() => 0) };
      for (let n = 0; n < made.shape[0]; n++) {
        for (let k = 0; k < width; k++) {
          const at = n * bySample + k * byComponent;
          sum.v[at] += own?.v[n][k] ?? 0;
          sum.e[at] += (own?.e[n][k] ?? 0) + 2 ** -22 * Math.abs(own?.v[n][k] ?? 0);
        }
      }
      params.set(`${i}.${name}`, sum);
    }
    channels = channelsAfter(link, channels);
  });
  return { y: storedAs(model.y, made), grid: model.y, image: made.learned ? back.x : null, params };
}

/** The result as its storage type has it. */
function storedAs(y: Grid, { dtype, result }: Case): Expected {
  const type = result ?? (dtype === "f16" ? "f16" : "f32");
  if (type === "f32") return y;
  if (type === "f16") return { v: y.v.map((v) => (Math.abs(v) < 65000 ? v : Number.NaN)), e: y.e };
  return { v: y.v.map((v) => 255 * Math.min(Math.max(v, 0), 1)), e: y.e.map((e) => 255 * e + 0.501 / SAFETY) };
}

function against(check: Checker, sort: string, got: Executed, { y, image, params }: Expectation): void {
  check.near(sort, "result", got.y, y);
  if (image) check.near(`${sort}, gradient of the image`, "image", got.image!, image);
  for (const [key, expected] of params)
    check.near(`${sort}, gradients of parameters`, key, got.params.get(key)!, expected);
}

/** Compares a case in every way. `before` is an earlier case and what it gave: it has to give the same again. */
export async function compare(gpu: Gpu, made: Case, before?: { made: Case; executed: Executed }): Promise<Verdict> {
  const check = new Checker();
  if (made.refused) {
    await refusal(check, gpu, made);
    return check;
  }
  const expected = expectationOf(made);
  const executed = await execute(gpu, made);
  against(check, "reference", executed, expected);
  await apart(check, gpu, made, expected);
  await alone(check, gpu, made, executed, expected);
  if (made.poison) await contained(check, gpu, made, executed);
  adjoint(check, made, executed, expected);
  if (before) sameBits(check, "again", await execute(gpu, before.made), before.executed);
  else sameBits(check, "again", await execute(gpu, made), executed);
  return { failures: check.failures, counts: check.counts, executed };
}

async function refusal(check: Checker, gpu: Gpu, made: Case): Promise<void> {
  const before = gpu.stats.bytesInUse;
  let got = "no error";
  try {
    await execute(gpu, made);
  } catch (error) {
    if (error instanceof AugradError && error.code) got = "";
    else got = String(error).split("\n")[0];
  }
  check.count("refused");
  if (got)
    check.failures.push({
      sort: "refused",
      what: "call",
      index: 0,
      expected: "a typed error",
      got,
      allowed: 0,
      wrong: 1,
      of: 1,
    });
  const left = gpu.stats.bytesInUse - before;
  if (left > 0)
    check.failures.push({
      sort: "refused",
      what: "bytes left",
      index: 0,
      expected: 0,
      got: left,
      allowed: 0,
      wrong: 1,
      of: 1,
    });
}

async function apart(check: Checker, gpu: Gpu, made: Case, expected: Expectation): Promise<void> {
  if (made.links.length < 2) return;
  against(check, "one by one", await execute(gpu, made, { apart: true }), expected);
}

/** A sample has the same result, bit for bit, in every batch; sums may be split otherwise. */
async function alone(check: Checker, gpu: Gpu, made: Case, whole: Executed, expected: Expectation): Promise<void> {
  const [N] = made.shape;
  if (N === 1) return;
  const n = made.image.length % N;
  const single = await execute(gpu, singleOf(made, n), { first: n });
  check.equal("alone", "result", single.y, part(whole.y, n, N));
  if (single.image) {
    const { v, e } = expected.image!;
    check.near("alone, gradient of the image", "image", single.image, { v: part(v, n, N), e: part(e, n, N) });
  }
  for (const [key, got] of single.params) {
    const { v, e } = expected.params.get(key)!;
    if (isPerSample(made, key))
      check.near("alone, gradients of parameters", key, got, { v: part(v, n, N), e: part(e, n, N) });
  }
}

function isPerSample(made: Case, key: string): boolean {
  const [i, name] = key.split(".");
  const link = made.links[Number(i)];
  const { shape } = name === "on" ? link.on! : link.params[name];
  const width = name === "on" ? 1 : link.params[name].values.length / (shape[0] ?? 1);
  return (
    made.shape[0] > 1 &&
    shape[0] === made.shape[0] &&
    (shape.length === 2 || width === 1) &&
    !isRow(made, Number(i), name)
  );
}

/** Whether a list of values is one for every component, not one for every sample. */
function isRow(made: Case, i: number, name: string): boolean {
  if (name === "on") return false;
  let channels = made.shape[1];
  for (let k = 0; k < i; k++) channels = channelsAfter(made.links[k], channels);
  return made.links[i].params[name].shape.length === 1 && widthOf(made.links[i].name, name, channels) > 1;
}

/** What is not finite in one sample leaves all others as they were, bit for bit. */
async function contained(check: Checker, gpu: Gpu, made: Case, clean: Executed): Promise<void> {
  const [N] = made.shape;
  const got = await execute(gpu, poisonedOf(made));
  for (let n = 0; n < N; n++) {
    if (n === made.poison!.sample) continue;
    check.equal("beside what is not finite", "result", part(got.y, n, N), part(clean.y, n, N));
    if (clean.image) check.equal("beside what is not finite", "image", part(got.image!, n, N), part(clean.image, n, N));
    for (const [key, all] of clean.params) {
      if (isPerSample(made, key))
        check.equal("beside what is not finite", key, part(got.params.get(key)!, n, N), part(all, n, N));
    }
  }
}

const LINEAR = ["invert", "normalize", "denormalize", "erasing", "grayscale"];
const UNCLIPPED = ["brightness", "brightnessShift", "contrast", "contrastAboutMean", "saturation"];
const CURVED = ["hue", "hsvSaturation", "gamma"];

/** <g, f(x) − f(0)> = <Jᵀ g, x> where f is linear but for a constant. */
function adjoint(check: Checker, made: Case, { y, image, shape }: Executed, expected: Expectation): void {
  const isLinear = made.links.every(
    ({ name, options }) =>
      LINEAR.includes(name) || (UNCLIPPED.includes(name) ? options.clip === false : !CURVED.includes(name)),
  );
  const type = made.result ?? made.dtype;
  if (!isLinear || !image || type !== "f32") return;
  const x = gridOfCase(made);
  const zero = modelChain(modelLinks(made), gridOf(made.shape), { compose: made.compose, half: false }).y;
  const g = weightsFor(shape as Shape4);
  let [left, right, allowed, size] = [0, 0, 0, 0];
  for (let i = 0; i < y.length; i++) {
    left += g[i] * (y[i] - zero.v[i]);
    size += Math.abs(g[i]) * (Math.abs(y[i]) + Math.abs(zero.v[i]));
    allowed += Math.abs(g[i]) * (expected.y.e[i] + zero.e[i]);
  }
  for (let i = 0; i < image.length; i++) {
    right += image[i] * x.v[i];
    allowed += expected.image!.e[i] * Math.abs(x.v[i]);
  }
  check.near("adjoint", "<g, f(x) − f(0)> and <gradient, x>", [right], {
    v: [left],
    e: [allowed + 1e-6 * 2 ** -20 * size],
  });
}

function sameBits(check: Checker, sort: string, got: Executed, before: Executed): void {
  check.equal(sort, "result", got.y, before.y);
  if (before.image) check.equal(sort, "image", got.image!, before.image);
  for (const [key, expected] of before.params) check.equal(sort, key, got.params.get(key)!, expected);
}
