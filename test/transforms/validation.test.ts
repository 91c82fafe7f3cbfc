import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ArgumentError,
  AugradError,
  affine,
  apply,
  bernoulli,
  brightness,
  centerCrop,
  crop,
  type Declaration,
  DeviceLostError,
  explain,
  type Gpu,
  gaussianBlur,
  LimitError,
  normalize,
  type ParamSpec,
  parameter,
  perspective,
  registry,
  resize,
  rotate,
  ShapeError,
  sequential,
  shear,
  type Tensor,
  TensorStateError,
  type Transform,
  tensor,
  uniform,
  warp,
} from "../../src/index.ts";
import { openGpu, testGpu } from "../gpu.ts";

const device = testGpu();
const N = 3;
const C = 3;
const SHAPE = [N, C, 6, 8];
const RUNS = 60;

/** Tensors that every failing call has to leave as they are. */
let other: Gpu;
let x: Tensor;
let gate: Tensor;
let values: Float32Array;
let bad: { freed: Tensor; foreign: Tensor; half: Tensor; shape: Tensor };

beforeAll(async () => {
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
    half: tensor(gpu, [1], [], { dtype: "f16" }),
    shape: tensor(gpu, new Float32Array(55), [5, 11]),
  };
  await gpu.sync();
});
afterAll(() => other?.destroy());

const required: Record<string, Record<string, unknown>> = {
  normalize: { mean: [0, 0, 0], std: [1, 1, 1] },
  denormalize: { mean: [0, 0, 0], std: [1, 1, 1] },
  gaussianBlur: { sigmaX: 1, sigmaY: 1, kernelSize: 3 },
  perspective: { startPoints: [0, 0, 7, 0, 7, 5, 0, 5], endPoints: [0, 0, 7, 0, 7, 5, 0, 5] },
  warp: { matrix: [1, 0, 0, 0, 1, 0, 0, 0, 1] },
  erasing: { x: 0, y: 0, width: 1, height: 1 },
};
/** A transform of good settings, some of them replaced. */
function build(declaration: Declaration, changed: Record<string, unknown> = {}): Transform {
  const given: Record<string, unknown> = { ...required[declaration.name], ...changed };
  const pick = (specs: Record<string, { default?: unknown }>) =>
    Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, given[name] ?? spec.default]));
  const options = pick(declaration.options ?? {});
  if ("fill" in changed) options.padding = "fill";
  return {
    declaration,
    params: pick(declaration.params) as Transform["params"],
    options,
    on: changed.on as Transform["on"],
  };
}

const usage = ({
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
function failure(call: () => unknown, gpu = device.gpu): AugradError {
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
async function untouched(): Promise<void> {
  const { gpu } = device;
  const { dispatches } = gpu.stats;
  await gpu.sync();
  expect(gpu.stats.dispatches).toBe(dispatches);
  expect(await x.read()).toEqual(values);
}

const sizeOf = ({ size = 1 }: ParamSpec): number => (size === "C" ? C : size);
const good = (declaration: Declaration, param: string): number[] => {
  const value = required[declaration.name]?.[param] ?? declaration.params[param].default;
  const list = Array.isArray(value) ? (value as number[]) : [Number.isNaN(value) ? 1 : (value as number)];
  return Array.from({ length: sizeOf(declaration.params[param]) }, (_, i) => list[i % list.length]);
};

/** Numbers that a parameter does not allow. */
function wrongNumbers(spec: ParamSpec): fc.Arbitrary<number> {
  const options: fc.Arbitrary<number>[] = [
    fc.constantFrom(Number.NaN, Infinity, -Infinity, 1e39, -3.5e38, Number.MAX_VALUE),
  ];
  if (spec.min !== undefined)
    options.push(fc.double({ max: spec.min, maxExcluded: true, noNaN: true }).filter((v) => v !== spec.min));
  if (spec.max !== undefined)
    options.push(fc.double({ min: spec.max, minExcluded: true, noNaN: true }).filter((v) => v !== spec.max));
  if (spec.nonzero) options.push(fc.constantFrom(0, -0, 1e-60));
  return fc.oneof(...options);
}

const wrongKinds = fc.constantFrom<unknown>("1", "", true, {}, () => 1, Symbol("1"), 1n, new Date(0), new Map(), /1/, {
  shape: [1],
  dtype: "f32",
});

/** Anything that is no value for a parameter, built from something that is one. */
function wrongValues(declaration: Declaration, param: string): fc.Arbitrary<unknown> {
  const spec = declaration.params[param];
  const width = sizeOf(spec);
  const fine = good(declaration, param);
  const lengths = fc
    .integer({ min: 0, max: 12 })
    .filter((length) => length !== width && (width > 1 || (length !== N && length !== 1)));
  const rowCounts = fc.integer({ min: 1, max: 12 }).filter((rows) => rows !== N && rows !== 1);
  const rowWidths = fc.integer({ min: 0, max: 12 }).filter((columns) => columns !== width);
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

describe("every parameter of every transform", () => {
  const parameters = [...registry.values()].flatMap((declaration) =>
    Object.keys(declaration.params).map((param) => [`${declaration.name}.${param}`, declaration, param] as const),
  );

  test.each(parameters)("%s refuses what it does not allow", async (argument, declaration, param) => {
    fc.assert(
      fc.property(wrongValues(declaration, param), fc.nat(2), (value, before) => {
        const chain: Transform[] = [
          ...Array.from({ length: before }, () => brightness({ factor: 1.1 })),
          build(declaration, { [param]: value }),
        ];
        const error = failure(() => apply(x, chain));
        expect(error instanceof ArgumentError || error instanceof TensorStateError).toBe(true);
        expect(error.message.startsWith(argument)).toBe(true);
        expect(error.message).toContain("got ");
        expect(error.message).toContain("allowed is ");
      }),
      { numRuns: RUNS },
    );
    await untouched();
  });
  test.each(parameters)("%s takes what it allows", (_, declaration, param) => {
    const fine = good(declaration, param);
    const { name, channels } = declaration;
    const shape = channels && !channels.includes(C) ? [N, channels[0], 6, 8] : SHAPE;
    const forms: unknown[] = [fine.length > 1 ? fine : fine[0], Array.from({ length: N }, () => fine), [fine]];
    for (const form of forms) expect(() => explain(build(declaration, { [param]: form }), shape), name).not.toThrow();
  });
});

describe("settings", () => {
  const make = brightness as (settings?: unknown) => Transform;
  test.each([
    ["a number", () => make(0.5), /^settings of brightness: got 0.5; allowed is an object, such as \{ factor: 1 \}/],
    ["null", () => make(null), /^settings of brightness: got null/],
    ["a text", () => make("1"), /^settings of brightness: got string "1"/],
    ["an array", () => make([1]), /^settings of brightness: got array \[1\]/],
    [
      "a name that it has not",
      () => make({ factr: 1 }),
      /^brightness\.factr: got an unknown setting; allowed is factor, clip, p, on, key/,
    ],
    ["an option of another kind", () => make({ clip: 1 }), /^brightness\.clip: got 1; allowed is true, false/],
    [
      "an option that cannot be printed",
      () => make({ clip: 1n }),
      /^brightness\.clip: got bigint 1; allowed is true, false/,
    ],
    ["a key that is no text", () => make({ key: 7 }), /^brightness\.key: got 7; allowed is a string/],
    [
      "a parameter left out",
      () => normalize({ mean: [0, 0, 0] } as never),
      /^normalize\.std: got nothing; allowed is divided by \(intensity\); it has no default/,
    ],
    [
      "a padding that it has not",
      () => rotate({ padding: "wrap" as never }),
      /^rotate\.padding: got string "wrap"; allowed is "zeros", "border", "reflection", "symmetric", "fill"/,
    ],
    [
      "an interpolation that it has not",
      () => rotate({ interpolation: "cubic" as never }),
      /^rotate\.interpolation: got string "cubic"; allowed is "nearest", "bilinear", "bicubic"/,
    ],
    [
      "an even window",
      () => gaussianBlur({ sigma: 1, kernelSize: 4 }),
      /^gaussianBlur\.kernelSize: got 4; allowed is an odd/,
    ],
  ])("%s", (_, call, message) => {
    const error = failure(call);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toMatch(message);
  });
  test("sizes are whole and at least 1", () => {
    const sizes = fc.oneof(
      fc.constantFrom<unknown>(0, -0, -1, 0.5, Number.NaN, Infinity, "8", [8], true, 1n, {}),
      fc.double().filter((v) => !Number.isInteger(v) || v < 1),
    );
    fc.assert(
      fc.property(
        sizes,
        fc.constantFrom(crop, centerCrop, resize),
        fc.constantFrom("width", "height"),
        (size, transform, side) => {
          const error = failure(() => transform({ width: 4, height: 4, [side]: size } as never));
          expect(error).toBeInstanceOf(ArgumentError);
          expect(error.message).toMatch(
            new RegExp(
              `^${transform.declaration.name}\\.${side}: got .*; allowed is a whole number of pixels, at least 1`,
            ),
          );
        },
      ),
      { numRuns: 300 },
    );
  });
  test("a window's size is asked for beside tensors", () => {
    const error = failure(() => apply(x, gaussianBlur({ sigma: bad.half })));
    expect(error.message).toMatch(/^gaussianBlur\.sigmaX/);
    const sigma = parameter(device.gpu, [1]);
    expect(failure(() => apply(x, gaussianBlur({ sigma }))).message).toMatch(
      /^gaussianBlur\.kernelSize: got nothing, with sigmaY as a tensor/,
    );
  });
});

describe("the batch", () => {
  test.each([
    [
      "no tensor",
      () => apply(values as never, brightness()),
      ArgumentError,
      /^x: got object .*; allowed is a tensor \[N, C, H, W\]/,
    ],
    ["nothing", () => apply(undefined as never, brightness()), ArgumentError, /^x: got undefined/],
    [
      "no transform",
      () => apply(x, [brightness(), brightness as never]),
      ArgumentError,
      /^transforms\[1\]: got a function; allowed is a transform/,
    ],
    ["no transform at all", () => apply(x, undefined as never), ArgumentError, /^transforms\[0\]: got undefined/],
    [
      "an option that it has not",
      () => apply(x, [], { fused: true } as never),
      ArgumentError,
      /^options\.fused: got an unknown option; allowed is compose, dtype, into/,
    ],
    [
      "a storage that it has not",
      () => apply(x, [], { dtype: "f64" as never }),
      ArgumentError,
      /^options\.dtype: got string "f64"; allowed is f32, f16, u8/,
    ],
    [
      "compose of another kind",
      () => apply(x, [], { compose: 0 as never }),
      ArgumentError,
      /^options\.compose: got 0; allowed is true or false/,
    ],
    [
      "a probability",
      () => apply(x, brightness({ p: 0.5 })),
      ArgumentError,
      /^brightness\.p: got 0.5; allowed is nothing here/,
    ],
    [
      "a distribution",
      () => apply(x, rotate({ angle: uniform(0, 1) })),
      ArgumentError,
      /^rotate\.angle: got a distribution; allowed is numbers or a tensor/,
    ],
    [
      "a coin that stands on its edge",
      () => apply(x, brightness({ on: [0, 0.5, 1] })),
      ArgumentError,
      /^brightness\.on\[1\]: got 0.5; allowed is 0 or 1/,
    ],
    [
      "a coin for another batch",
      () => apply(x, brightness({ on: [0, 1] })),
      ShapeError,
      /^brightness\.on: got 2 values; allowed is .*3 numbers/,
    ],
    [
      "a gate on a map",
      () => apply(x, rotate({ on: gate })),
      ArgumentError,
      /^rotate\.on: got a tensor; allowed is 0 or 1 per sample/,
    ],
    [
      "a coin that changes the size",
      () => apply(x, centerCrop({ width: 2, height: 2, on: [0, 1, 1] })),
      ArgumentError,
      /^centerCrop\.p: got a probability/,
    ],
  ] as const)("%s", async (_, call, type, message) => {
    const error = failure(call);
    expect(error).toBeInstanceOf(type);
    expect(error.message).toMatch(message);
    await untouched();
  });
  test("of another rank", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 7 }).filter((shape) => shape.length !== 4),
        (shape) => {
          const flat = tensor(device.gpu, new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
          const error = failure(() => apply(flat, brightness()));
          flat.dispose();
          expect(error).toBeInstanceOf(ShapeError);
          expect(error.message).toBe(`x: got [${shape.join(", ")}]; allowed is [N, C, H, W].`);
        },
      ),
      { numRuns: 100 },
    );
  });
  test("of a number of channels that a colour transform has no meaning for", () => {
    const colour = [...registry.values()].filter(({ channels }) => channels);
    fc.assert(
      fc.property(fc.constantFrom(...colour), fc.integer({ min: 1, max: 9 }), (declaration, channels) => {
        fc.pre(!declaration.channels?.includes(channels));
        const image = tensor(device.gpu, new Float32Array(channels * 4), [1, channels, 2, 2]);
        const error = failure(() => apply(image, [brightness(), build(declaration)]));
        image.dispose();
        expect(error).toBeInstanceOf(ShapeError);
        expect(error.message).toBe(
          `x: got ${channels} channels; allowed is ${declaration.channels?.join(" or ")} channels, for ${declaration.name}.`,
        );
      }),
      { numRuns: 100 },
    );
  });
  test("that was disposed of", () => {
    const gone = tensor(device.gpu, new Float32Array(12), [1, 3, 2, 2]);
    gone.dispose();
    const error = failure(() => apply(gone, brightness()));
    expect(error).toBeInstanceOf(TensorStateError);
    expect(error.message).toMatch(/^x: got a tensor \[1, 3, 2, 2\] that was disposed of; allowed is/);
  });
});

describe("into", () => {
  test("has the shape and storage of the result, on its device, and is not the input", () => {
    const { gpu } = device;
    const make = (shape: number[], dtype: "f32" | "f16" = "f32") =>
      tensor(gpu, new Float32Array(shape.reduce((a, b) => a * b, 1)), shape, { dtype });
    const gone = make(SHAPE);
    gone.dispose();
    const foreign = tensor(other, new Float32Array(values.length), SHAPE);
    const cases: [Tensor, RegExp][] = [
      [make([N, C, 6, 9]), /^into: got \[3, 3, 6, 9\] of f32; allowed is \[3, 3, 6, 8\] of f32/],
      [make(SHAPE, "f16"), /^into: got \[3, 3, 6, 8\] of f16/],
      [gone, /^into: got a tensor \[3, 3, 6, 8\] that was disposed of/],
      [foreign, /^into: got a tensor \[3, 3, 6, 8\] of another device/],
      [x, /^into: got the input itself/],
      [{} as Tensor, /^into: got/],
    ];
    for (const [into, message] of cases)
      expect(failure(() => apply(x, brightness(), { into })).message).toMatch(message);
  });
});

describe("maps that cannot be undone", () => {
  const number = fc.double({ min: -50, max: 50, noNaN: true });
  test("matrices without an inverse", async () => {
    const singular = fc
      .tuple(
        fc.array(number, { minLength: 6, maxLength: 6 }),
        number,
        number,
        fc.shuffledSubarray([0, 1, 2], { minLength: 3, maxLength: 3 }),
      )
      .map(([v, a, b, order]) => {
        // The third row is a sum of the other two.
        const rows = [v.slice(0, 3), v.slice(3), [0, 1, 2].map((k) => a * v[k] + b * v[3 + k])];
        return order.flatMap((row) => rows[row]);
      });
    fc.assert(
      fc.property(singular, fc.nat(N - 1), fc.boolean(), (matrix, n, perSample) => {
        const rows = Array.from({ length: N }, (_, i) => (i === n ? matrix : [1, 0, 0, 0, 1, 0, 0, 0, 1]));
        const error = failure(() => apply(x, warp({ matrix: perSample ? rows : matrix })));
        expect(error).toBeInstanceOf(ArgumentError);
        expect(error.message).toMatch(
          perSample
            ? new RegExp(`^warp\\.matrix\\[${n}\\]: got a singular matrix`)
            : /^warp\.matrix: got a singular matrix .*; allowed is a matrix that has an inverse/,
        );
      }),
      { numRuns: 300 },
    );
    await untouched();
  });
  test("but not those that move far or scale a lot", () => {
    const far = fc.tuple(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
      fc.double({ min: 0, max: 6.3, noNaN: true }),
    );
    fc.assert(
      fc.property(far, ([tx, ty, s, angle]) => {
        const [c, d] = [s * Math.cos(angle), s * Math.sin(angle)];
        explain(warp({ matrix: [c, d, tx, -d, c, ty, 0, 0, 1] }), SHAPE);
      }),
      { numRuns: 300 },
    );
  });
  test("quadrangles with three corners on a line", async () => {
    const flat = fc
      .tuple(
        fc.array(number, { minLength: 6, maxLength: 6 }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.nat(3),
        fc.constantFrom("startPoints", "endPoints"),
      )
      .map(([v, t, at, name]) => {
        const [a, b, c] = [v.slice(0, 2), v.slice(2, 4), v.slice(4)];
        const corners = [a, b, c];
        corners.splice(at, 0, [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]);
        return { name, points: corners.flat() };
      });
    fc.assert(
      fc.property(flat, ({ name, points }) => {
        const error = failure(() =>
          apply(
            x,
            perspective({
              ...(required.perspective as { startPoints: number[]; endPoints: number[] }),
              [name]: points,
            }),
          ),
        );
        expect(error).toBeInstanceOf(ArgumentError);
        expect(error.message).toMatch(
          new RegExp(`^perspective\\.${name}: got \\[.*\\]; allowed is four points, no three of them on one line`),
        );
      }),
      { numRuns: 300 },
    );
    await untouched();
  });
  test("slants that fold the plane", () => {
    const angle = fc.double({ min: 1, max: 89, noNaN: true });
    fc.assert(
      fc.property(
        angle,
        fc.constantFrom(1, -1),
        fc.constantFrom(0, 180, -360),
        fc.boolean(),
        (a, sign, turn, isAffine) => {
          const [p, q] = [sign * a + turn, sign * (90 - a)];
          const error = failure(() => apply(x, isAffine ? affine({ shearX: p, shearY: q }) : shear({ x: p, y: q })));
          expect(error).toBeInstanceOf(ArgumentError);
          expect(error.message).toMatch(
            /^(affine\.shearX|shear\.x): got .* degrees: a singular matrix; allowed is slants/,
          );
        },
      ),
      { numRuns: 300 },
    );
    for (const right of [90, -90, 270]) {
      expect(failure(() => apply(x, shear({ y: right }))).message).toMatch(/^shear\.y: got/);
      expect(failure(() => apply(x, affine({ shearX: [0, right, 0] }))).message).toMatch(/^affine\.shearX\[1\]: got/);
    }
  });
});

describe("devices", () => {
  test("a lost one is told from everything else", async () => {
    const gpu = await openGpu();
    const image = tensor(gpu, values, SHAPE);
    gpu.destroy();
    const error = failure(() => apply(image, brightness()), gpu);
    expect(error).toBeInstanceOf(DeviceLostError);
    expect(error.message).toContain("gpu.renew()");
    expect(() => sequential([rotate({ angle: uniform(-1, 1) })])(image, { step: 0 })).toThrow(DeviceLostError);
    expect(() => tensor(gpu, [1])).toThrow(DeviceLostError);
  });
  test("one image that none of its buffers could hold is refused, at the call", async () => {
    const { gpu } = device;
    const { maxStorageBufferBindingSize: limit } = gpu.limits;
    const side = Math.ceil(Math.sqrt(limit / 4 / C)) + 8;
    for (const chain of [
      [resize({ width: side, height: side })],
      [brightness(), resize({ width: side, height: side }), centerCrop({ width: 4, height: 4, padding: "reflection" })],
      [resize({ width: 1e6, height: 1e6 })],
      [gaussianBlur({ sigma: 1, kernelSize: 2 * Math.ceil(limit / 16) + 1 })],
    ]) {
      const error = failure(() => apply(x, chain));
      expect(error).toBeInstanceOf(LimitError);
      expect(error.message).toMatch(/needs \d+, and this device's max\w+ is \d+/);
    }
    await untouched();
  });
});

test("a pipeline refuses its parameters as early, and leaves its generator where it was", () => {
  const fine = { angle: uniform(-1, 1) };
  const bounds = fc.tuple(fc.double({ min: 1, max: 5, noNaN: true }), fc.double({ min: 5.1, max: 9, noNaN: true }));
  fc.assert(
    fc.property(bounds, ([lo, hi]) => {
      expect(failure(() => uniform(hi, lo))).toBeInstanceOf(ArgumentError);
      expect(failure(() => uniform(lo, Number.NaN))).toBeInstanceOf(ArgumentError);
      expect(failure(() => sequential([rotate({ ...fine, p: hi })]))).toBeInstanceOf(ArgumentError);
    }),
    { numRuns: 100 },
  );
  const pipeline = sequential([rotate(fine), brightness({ factor: 1 })]);
  const before = pipeline.sample(2, { step: 3 });
  failure(() => pipeline(x, { step: -1 }));
  failure(() => pipeline(bad.freed, { step: 0 }));
  expect(pipeline.sample(2, { step: 3 })).toEqual(before);
});
