import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  apply,
  brightness,
  centerCrop,
  crop,
  explain,
  gaussianBlur,
  normalize,
  parameter,
  registry,
  resize,
  rotate,
  ShapeError,
  type Tensor,
  TensorStateError,
  type Transform,
  tensor,
  uniform,
} from "../../src/index.ts";
import {
  bad,
  build,
  C,
  device,
  failure,
  gate,
  good,
  goodImages,
  N,
  other,
  prepare,
  RUNS,
  SHAPE,
  untouched,
  values,
  wrongValues,
  x,
} from "./refused.ts";

prepare();

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
    const { name, channels } = declaration;
    const shape = channels && !channels.includes(C) ? [N, channels[0], 6, 8] : SHAPE;
    const fine = good(declaration, param);
    const numbers: unknown[] = [fine.length > 1 ? fine : fine[0], Array.from({ length: N }, () => fine), [fine]];
    const spec = declaration.params[param];
    const forms = spec.role === "image" ? goodImages(spec, shape) : numbers;
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
      /^brightness\.factr: got an unknown setting \(did you mean "factor"\?\); allowed is factor, clip, p, on, key/,
    ],
    ["an option of another kind", () => make({ clip: 1 }), /^brightness\.clip: got 1; allowed is true, false/],
    [
      "an option that cannot be printed",
      () => make({ clip: 1n }),
      /^brightness\.clip: got bigint 1; allowed is true, false/,
    ],
    [
      "a centre that is no number",
      () => rotate({ centerX: Number.NaN }),
      /^rotate\.centerX: got NaN; allowed is a finite/,
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
      /^x: got Float32Array of \d+; allowed is a tensor \[N, C, H, W\]/,
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
      /^dtype: got string "f64"; allowed is f32, f16, u8 \(an option of apply\(\)\)/,
    ],
    [
      "compose of another kind",
      () => apply(x, [], { compose: 0 as never }),
      ArgumentError,
      /^compose: got 0; allowed is true or false \(an option of apply\(\)\)/,
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
          const fix = shape.length === 3 ? `: reshape(x, [1, ${shape.join(", ")}]) makes a batch of one` : "";
          expect(error.message).toBe(`x: got [${shape.join(", ")}]; allowed is [N, C, H, W]${fix}.`);
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
    const make = (shape: number[], dtype: "f32" | "f16" = "f32"): Tensor<"f32" | "f16"> =>
      tensor(gpu, new Float32Array(shape.reduce((a, b) => a * b, 1)), shape, { dtype });
    const gone = make(SHAPE);
    gone.dispose();
    const foreign = tensor(other, new Float32Array(values.length), SHAPE);
    const cases: [Tensor<"f32" | "f16">, RegExp][] = [
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
