import fc from "fast-check";
import { afterAll, beforeAll, expect } from "vitest";
import {
  AugradError,
  bernoulli,
  type Declaration,
  type Gpu,
  type ParamSpec,
  parameter,
  type Tensor,
  type Transform,
  tensor,
  uniform,
} from "../../src/index.ts";
import { needsField } from "../../src/transforms/language/declare.ts";
import { openGpu, testGpu } from "../gpu.ts";

export const N = 3;
export const C = 3;
export const SHAPE = [N, C, 6, 8];
export const RUNS = 60;

export let device: ReturnType<typeof testGpu>;
/** Tensors that every failing call has to leave as they are. */
export let other: Gpu;
export let x: Tensor;
export let gate: Tensor;
export let values: Float32Array;
export let bad: { freed: Tensor; foreign: Tensor; half: Tensor; shape: Tensor };

/** Makes the device and the tensors of a test file, which calls it at its top. */
export function prepare(): void {
  device = testGpu();
  beforeAll(makeTensors);
  afterAll(() => other?.destroy());
}

async function makeTensors(): Promise<void> {
  other = await openGpu();
  const { gpu } = device;
  values = Float32Array.from({ length: N * C * 48 }, (_, i) => (i % 17) / 16);
  x = tensor(gpu, values, SHAPE, { requiresGrad: true });
  gate = parameter(gpu, [1]);
  const freed = tensor(gpu, [1]);
  freed.dispose();
  bad = {
    freed,
    foreign: tensor(other, [1], []),
    half: tensor(gpu, [1], [], { dtype: "f16" }) as never,
    shape: tensor(gpu, new Float32Array(55), [5, 11]),
  };
  await gpu.sync();
}

/** What the example of a declaration says about settings that have no default. */
export const required = ({ params, options = {}, example }: Declaration): Record<string, unknown> => {
  const specs: Record<string, { default?: unknown }> = { ...params, ...options };
  const said = Object.entries({ ...example?.params, ...example?.options });
  return Object.fromEntries(said.filter(([name]) => specs[name].default === undefined));
};

/** Outlines of images beside the input. */
const besideOf = ({ params }: Declaration, given: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.keys(params)
      .filter((name) => params[name].role === "image")
      .map((name) => [name, given[name] ?? { shape: [1, 1, 6, 8], dtype: "f32" }]),
  );

/** What a field looks through: an outline, since calls that fail, and plans, look at no values; none beside a seed to draw it from. */
function fieldBeside(declaration: Declaration, changed: Record<string, unknown>): Transform["field"] {
  const { field, params } = declaration;
  if (!field || changed.field !== undefined) return changed.field as Transform["field"];
  const isDrawn = !needsField(declaration) && Object.keys(changed).some((name) => params[name]?.role === "key");
  return isDrawn ? undefined : ({ shape: [1, 2, 6, 8], dtype: "f32" } as unknown as Tensor);
}

/** A transform of good settings, some of them replaced. */
export function build(declaration: Declaration, changed: Record<string, unknown> = {}): Transform {
  const seed = declaration.draws && !declaration.field ? { seed: 7 } : {};
  // Of options that an example gives the defaults may not fit images as small as these.
  const given: Record<string, unknown> = {
    ...declaration.example?.options,
    ...seed,
    ...required(declaration),
    ...changed,
  };
  const pick = (specs: Record<string, { default?: unknown }>) =>
    Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, given[name] ?? spec.default]));
  const options = pick(declaration.options ?? {});
  if ("fill" in changed) options.padding = "fill";
  return {
    declaration,
    params: { ...pick(declaration.params), ...besideOf(declaration, given) } as Transform["params"],
    field: fieldBeside(declaration, changed),
    options,
    on: changed.on as Transform["on"],
  };
}

export const usage = ({
  dispatches,
  buffersCreated,
  bytesInUse,
  submissions,
  pipelinesCreated,
  bindGroupsCreated,
}: Gpu["stats"]) => ({
  dispatches,
  buffersCreated,
  bytesInUse,
  submissions,
  pipelinesCreated,
  bindGroupsCreated,
});

/** The error of a call that has to fail, which may not have touched anything. */
export function failure(call: () => unknown, gpu = device.gpu): AugradError {
  const before = usage(gpu.stats);
  let error: unknown;
  try {
    call();
  } catch (thrown) {
    error = thrown;
  }
  expect(usage(gpu.stats)).toEqual(before);
  if (!(error instanceof AugradError)) throw new Error(`expected a typed error, got ${error}`, { cause: error });
  return error;
}

/** That nothing was recorded either, and that x is what it was. */
export async function untouched(): Promise<void> {
  const { gpu } = device;
  const { dispatches } = gpu.stats;
  await gpu.sync();
  expect(gpu.stats.dispatches).toBe(dispatches);
  expect(await x.read()).toEqual(values);
}

/** Values of as many points as a transform has unless it is told. */
const POINTS = 10;

/** A kernel has nine cells here. */
export const sizeOf = ({ size = 1 }: ParamSpec): number =>
  size === "C" ? C : size === "kernel" ? 9 : size === "points" ? POINTS : typeof size === "string" ? 3 : size;
export const good = (declaration: Declaration, param: string): number[] => {
  const value = required(declaration)[param] ?? declaration.params[param].default;
  const list = Array.isArray(value) ? (value as number[]) : [Number.isNaN(value) ? 1 : (value as number)];
  if (declaration.params[param].list) return list;
  return Array.from({ length: sizeOf(declaration.params[param]) }, (_, i) => list[i % list.length]);
};

/** Outlines of what an image beside the input may be, for images of a shape. */
export function goodImages({ channels }: ParamSpec, [n, c, h, w]: readonly number[]): unknown[] {
  const counts = channels === "any" ? [1, c, c + 1] : [1, c];
  return [n, 1].flatMap((samples) => counts.map((count) => ({ shape: [samples, count, h, w], dtype: "f32" })));
}

/** Anything that is no image beside the input. */
function wrongImages({ channels }: ParamSpec): fc.Arbitrary<unknown> {
  const shapes = [
    [N + 1, C, 6, 8],
    [N, C, 8, 6],
    [N, C, 6, 1],
    [N, 0, 6, 8],
    [N, C, 48],
    [C, 6, 8],
    [1, N, C, 6, 8],
    ...(channels === "any" ? [] : [[N, C + 1, 6, 8]]),
  ];
  const halves = { shape: SHAPE, dtype: "f16" };
  return fc.oneof(
    fc.constantFrom<unknown>(halves, ...shapes.map((shape) => ({ shape, dtype: "f32" }))),
    fc.constantFrom<unknown>(0.5, [0.5], Float32Array.of(1), [[1]], uniform(0.1, 0.2), bernoulli(0.5)),
    wrongKinds,
    fc.constantFrom("freed", "foreign", "half", "shape").map((name) => bad[name as keyof typeof bad]),
  );
}

/** Numbers that a parameter does not allow. */
export function wrongNumbers(spec: ParamSpec): fc.Arbitrary<number> {
  const options: fc.Arbitrary<number>[] = [
    fc.constantFrom(Number.NaN, Infinity, -Infinity, 1e39, -3.5e38, Number.MAX_VALUE),
  ];
  if (spec.min !== undefined)
    options.push(fc.double({ max: spec.min, maxExcluded: true, noNaN: true }).filter((v) => v !== spec.min));
  if (spec.max !== undefined)
    options.push(fc.double({ min: spec.max, minExcluded: true, noNaN: true }).filter((v) => v !== spec.max));
  if (spec.integer) options.push(fc.constantFrom(0.5, 1.25, 6.999));
  if (spec.nonzero) options.push(fc.constantFrom(0, -0, 1e-60));
  return fc.oneof(...options);
}

export const wrongKinds = fc.constantFrom<unknown>(
  "1",
  "",
  true,
  {},
  () => 1,
  Symbol("1"),
  1n,
  new Date(0),
  new Map(),
  /1/,
  {
    shape: [1],
    dtype: "f32",
  },
);

/** Anything that is no list for a parameter, built from one that is. */
function wrongLists(spec: ParamSpec, fine: readonly number[]): fc.Arbitrary<unknown> {
  const { min = 1, max = 1e4 } = spec.list as { min?: number; max?: number };
  const list = (length: number) => Array.from({ length }, (_, i) => fine[i % fine.length]);
  const lengths = fc.oneof(fc.integer({ min: 0, max: min - 1 }), fc.integer({ min: max + 1, max: max + 9 }));
  const counts = fc.integer({ min: 2, max: 12 }).filter((count) => count !== N);
  return fc.oneof(
    lengths.map(list),
    lengths.map((length) => Float32Array.from(list(length))),
    counts.map((count) => Array.from({ length: count }, () => fine)),
    counts.map((count) => [Array.from({ length: count === C ? count + 1 : count }, () => fine)]),
    fc.nat(N - 1).map((n) => Array.from({ length: N }, (_, k) => (n === k ? list(fine.length + 1) : fine)).reverse()),
    fc.constant([[[fine]]]),
    fc
      .tuple(wrongNumbers(spec), fc.nat())
      .map(([wrong, at]) => fine.map((v, i) => (i === at % fine.length ? wrong : v))),
    wrongKinds,
    wrongKinds.map((wrong) => [fine[0], wrong]),
    fc.constantFrom("freed", "foreign", "half", "shape").map((name) => bad[name as keyof typeof bad]),
    fc.constantFrom(uniform(0.1, 0.2), bernoulli(0.5)),
  );
}

/** Anything that is no value for a parameter, built from something that is one. */
export function wrongValues(declaration: Declaration, param: string): fc.Arbitrary<unknown> {
  const spec = declaration.params[param];
  if (spec.role === "image") return wrongImages(spec);
  const width = sizeOf(spec);
  const fine = good(declaration, param);
  if (spec.list) return wrongLists(spec, fine);
  const lengths = fc
    .integer({ min: 0, max: 12 })
    .filter((length) => length !== width && (width > 1 || (length !== N && length !== 1)));
  const rowCounts = fc.integer({ min: 1, max: 12 }).filter((rows) => rows !== N && rows !== 1);
  // As many rows as a kernel has are one kernel for all samples, if they are as long as its own.
  const cells = spec.size === "kernel" ? [3, 3] : spec.size === "points" ? [POINTS, 2] : spec.cells;
  const isMatrix = (count: number, columns: number) => cells?.[0] === count && cells[1] === columns;
  const rowWidths = fc.integer({ min: 0, max: 12 }).filter((columns) => columns !== width && !isMatrix(N, columns));
  const rows = (count: number, columns: number) =>
    Array.from({ length: count }, () => Array.from({ length: columns }, (_, i) => fine[i % width]));
  // A fill that a flip never shows is of no device.
  const isShown = param !== "fill" || !declaration.inside;
  const kinds = isShown
    ? wrongKinds
    : wrongKinds.filter((kind) => typeof kind !== "object" || kind === null || !("shape" in kind));
  return fc.oneof(
    // A NaN where the middle of the image is the default asks for it.
    Number.isNaN(spec.default as number) ? wrongNumbers(spec).filter((v) => !Number.isNaN(v)) : wrongNumbers(spec),
    kinds,
    lengths.map((length) => Array.from({ length }, (_, i) => fine[i % width])),
    lengths.map((length) => Float32Array.from({ length }, (_, i) => fine[i % width])),
    rowCounts.map((count) => rows(count, width)),
    rowWidths.map((columns) => rows(N, columns)),
    fc.tuple(wrongNumbers(spec), fc.nat()).map(([wrong, at]) => {
      const list = width > 1 ? fine : Array.from({ length: N }, () => fine[0]);
      return list.map((v, i) => (i === at % list.length ? wrong : v));
    }),
    fc
      .tuple(wrongNumbers(spec), fc.nat(), fc.nat())
      .map(([wrong, n, k]) =>
        rows(N, width).map((row, i) => row.map((v, j) => (i === n % N && j === k % width ? wrong : v))),
      ),
    wrongKinds.map((wrong) => [wrong]),
    wrongKinds.map((wrong) => [fine, wrong]),
    fc
      .constantFrom(...(isShown ? ["freed", "foreign", "half", "shape"] : ["half", "shape"]))
      .map((name) => bad[name as keyof typeof bad]),
    fc.constantFrom(uniform(0.1, 0.2), bernoulli(0.5)),
  );
}
