import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  affine,
  apply,
  brightness,
  centerCrop,
  contrast,
  contrastAboutMean,
  crop,
  erasing,
  explain,
  fisheye,
  gamma,
  gaussianBlur,
  grayscale,
  horizontalFlip,
  hue,
  invert,
  normalize,
  type PlanOptions,
  parameter,
  perspective,
  registry,
  resize,
  rotate,
  ShapeError,
  saturation,
  scale,
  shear,
  type Transform,
  tensor,
  translate,
  verticalFlip,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { exampleField, exampleImages, exampleTransform } from "../transforms/examples.ts";

const device = testGpu();
const SHAPE = [4, 3, 32, 48];
const IMAGE = 4 * 3 * 32 * 48 * 4;
const NORMALIZE = { mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2] };
const START = [0, 0, 47, 0, 47, 31, 0, 31];
const END = [1, 2, 45, 1, 46, 30, 2, 29];

/** Each pass as `kind: names`. */
const passes = (
  transforms: Transform[],
  options: PlanOptions & { input?: "f32" | "f16" | "u8" | "rgba8" } = {},
  shape = SHAPE,
): string[] =>
  explain(transforms, shape, options).passes.map(
    ({ kind, transforms: names }) => `${kind}: ${names.join(" ") || "cast"}`,
  );
const reasons = (transforms: Transform[], options: PlanOptions = {}): string[] =>
  explain(transforms, SHAPE, options).passes.map(({ ended }) => ended);

describe("points", () => {
  test("in a row are one pass", () => {
    expect(passes([brightness(), contrast(), saturation(), hue(), gamma(), normalize(NORMALIZE)])).toEqual([
      "point: brightness contrast saturation hue gamma normalize",
    ]);
  });
  test("of any number are one pass", () => {
    expect(passes(Array.from({ length: 60 }, () => brightness()))).toHaveLength(1);
  });
  test("with statistics stay in it, and read the image once for each", () => {
    const plan = explain([brightness(), contrastAboutMean(), contrastAboutMean(), hue()], SHAPE);
    expect(plan.passes).toHaveLength(1);
    expect(plan.passes[0].dispatches.forward).toBe(3);
    expect(plan.passes[0].bytesRead).toBe(3 * IMAGE);
    expect(plan.passes[0].bytesWritten).toBe(IMAGE);
  });
  test("end where the number of channels changes", () => {
    expect(passes([brightness(), grayscale({ channels: 1 }), gamma(), contrast()])).toEqual([
      "point: brightness grayscale",
      "point: gamma contrast",
    ]);
    expect(reasons([brightness(), grayscale({ channels: 1 }), gamma()])).toEqual([
      "grayscale changes the number of channels",
      "end of the chain",
    ]);
    expect(explain([grayscale({ channels: 1 })], SHAPE).passes[0].output).toEqual([4, 1, 32, 48]);
    expect(passes([grayscale(), gamma()])).toHaveLength(1);
  });
  test("none at all are a copy", () => {
    expect(passes([])).toEqual(["point: cast"]);
  });
});

describe("maps", () => {
  const row = [
    rotate({ angle: 5 }),
    translate({ x: 1 }),
    scale({ x: 2 }),
    shear({ x: 3 }),
    affine(),
    perspective({ startPoints: START, endPoints: END }),
  ];
  test("in a row are one resample", () => {
    expect(passes(row)).toEqual(["map: rotate translate scale shear affine perspective"]);
  });
  test("take the points behind them along, not those before", () => {
    expect(passes([brightness(), ...row.slice(0, 2), contrast(), hue()])).toEqual([
      "point: brightness",
      "map: rotate translate contrast hue",
    ]);
    expect(reasons([brightness(), rotate()])).toEqual(["rotate looks at other pixels", "end of the chain"]);
  });
  test("behind points start anew", () => {
    expect(passes([rotate(), hue(), rotate(), hue()])).toEqual(["map: rotate hue", "map: rotate hue"]);
  });
  test.each([
    ["padding", { padding: "border" }, { padding: "zeros" }],
    ["interpolation", { interpolation: "bilinear" }, { interpolation: "bicubic" }],
  ] as const)("of another %s are another row", (_, a, b) => {
    const chain = [rotate({ angle: 5, ...a }), translate({ x: 1, ...a }), scale({ x: 2, ...b })];
    expect(passes(chain)).toEqual(["map: rotate translate", "map: scale"]);
    expect(reasons(chain)[0]).toBe("scale has another interpolation or padding");
  });
  test("with a fill show it, and end the row before another", () => {
    const fill = { padding: "fill", fill: 0.5 } as const;
    expect(passes([rotate(fill), scale(fill)])).toEqual(["map: rotate", "map: scale"]);
    expect(reasons([rotate(fill), scale(fill)])[0]).toBe("scale shows a fill of its own");
    expect(passes([horizontalFlip(), rotate(fill), verticalFlip(), hue()])).toEqual([
      "map: horizontalFlip rotate verticalFlip hue",
    ]);
  });
  test("that are flips fit into any row, whatever their padding", () => {
    for (const padding of ["zeros", "border", "reflection", "symmetric", "fill"] as const) {
      for (const interpolation of ["nearest", "bilinear", "bicubic"] as const) {
        const flips = [
          horizontalFlip({ padding: "fill", fill: 0.2 }),
          rotate({ padding, interpolation }),
          verticalFlip({ interpolation: "bicubic" }),
        ];
        expect(passes(flips)).toHaveLength(1);
      }
    }
    expect(passes([horizontalFlip(), verticalFlip()])).toEqual(["map: horizontalFlip verticalFlip"]);
  });
  test("change the size inside the row", () => {
    const plan = explain(
      [crop({ width: 20, height: 16 }), resize({ width: 40, height: 33 }), centerCrop({ width: 8, height: 8 })],
      SHAPE,
    );
    expect(plan.passes.map((pass) => pass.output)).toEqual([
      [4, 3, 16, 20],
      [4, 3, 33, 40],
      [4, 3, 8, 8],
    ]);
    const border = { padding: "border" } as const;
    const same = explain(
      [
        crop({ width: 20, height: 16, ...border }),
        resize({ width: 40, height: 33 }),
        centerCrop({ width: 8, height: 8, ...border }),
      ],
      SHAPE,
    );
    expect(same.passes.map((pass) => [pass.transforms.join(" "), pass.output])).toEqual([
      ["crop resize centerCrop", [4, 3, 8, 8]],
    ]);
  });
  test("of a row are at most sixteen", () => {
    expect(passes(Array.from({ length: 20 }, () => rotate())).map((pass) => pass.split(" ").length - 1)).toEqual([
      16, 4,
    ]);
    expect(reasons(Array.from({ length: 20 }, () => rotate()))[0]).toBe("a row has at most 16 maps");
  });
  test("run one by one with compose: false", () => {
    expect(passes([rotate(), translate(), hue()], { compose: false })).toEqual(["map: rotate", "map: translate hue"]);
    expect(reasons([rotate(), translate()], { compose: false })[0]).toBe("compose is false");
  });
  test("a statistic of all samples behind a resample starts a pass, and takes along what follows", () => {
    const chain = [rotate(), brightness(), contrastAboutMean(), hue()];
    expect(passes(chain)).toEqual(["map: rotate brightness", "point: contrastAboutMean hue"]);
    expect(reasons(chain)[0]).toBe("contrastAboutMean needs the mean of the resampled image");
  });
  test("one that a coin gives to some samples is measured of what they see, where coins give the maps, too", () => {
    const points = [brightness(), contrastAboutMean({ on: [1, 0, 0, 1] }), hue()];
    const chain = [rotate({ on: [0, 1, 1, 0] }), ...points];
    expect(passes(chain)).toEqual(["map: rotate brightness contrastAboutMean hue"]);
    expect(explain(chain, SHAPE).passes[0].dispatches).toEqual({ forward: 2, backward: 3 });
    // What all samples look through costs more than what is stored.
    expect(passes([rotate(), ...points])).toEqual(["map: rotate brightness", "point: contrastAboutMean hue"]);
  });
  test("any statistic behind a field starts a pass, and takes along what follows", () => {
    const chain = [fisheye({ gamma: 1.1 }), brightness(), contrastAboutMean({ on: [1, 0, 0, 1] }), hue()];
    expect(passes(chain)).toEqual(["field: fisheye brightness", "point: contrastAboutMean hue"]);
    expect(reasons(chain)[0]).toBe("contrastAboutMean needs the mean of the resampled image");
  });
  test("end where the number of channels changes behind them", () => {
    expect(passes([rotate(), grayscale({ channels: 1 }), gamma()])).toEqual(["map: rotate grayscale", "point: gamma"]);
  });
});

describe("filters", () => {
  test("a blur is a pass of its own", () => {
    expect(passes([brightness(), gaussianBlur({ sigma: 1 }), hue()])).toEqual([
      "point: brightness",
      "line: gaussianBlur",
      "point: hue",
    ]);
    expect(reasons([brightness(), gaussianBlur({ sigma: 1 }), hue()])).toEqual([
      "gaussianBlur looks at other pixels",
      "hue needs the filtered image again",
      "end of the chain",
    ]);
  });
  test("a blur takes along linear points of numbers", () => {
    const blur = gaussianBlur({ sigma: 1 });
    const box = { x: 0, y: 0, width: 4, height: 4 };
    expect(passes([blur, erasing(box), normalize(NORMALIZE), rotate()])).toEqual([
      "line: gaussianBlur erasing normalize",
      "map: rotate",
    ]);
    expect(reasons([blur, erasing(box), rotate()])[0]).toBe("rotate looks at other pixels");
    const value = parameter(device.gpu, [0.5]);
    expect(passes([blur, invert(), erasing({ ...box, value })])).toEqual([
      "line: gaussianBlur invert",
      "point: erasing",
    ]);
  });
  test("a resize that shrinks filters, one that grows or is told not to maps", () => {
    expect(passes([resize({ width: 24, height: 16 })])).toEqual(["resize: resize"]);
    expect(passes([resize({ width: 24, height: 64 })])).toEqual(["resize: resize"]);
    expect(passes([resize({ width: 96, height: 64 })])).toEqual(["map: resize"]);
    expect(passes([resize({ width: 96, height: 64, interpolation: "bicubic" })])).toEqual(["resize: resize"]);
    expect(passes([resize({ width: 24, height: 16, antialias: false })])).toEqual(["map: resize"]);
    expect(passes([resize({ width: 24, height: 16, interpolation: "nearest" })])).toEqual(["map: resize"]);
    expect(passes([resize({ width: 48, height: 32, interpolation: "bicubic" })])).toEqual(["map: resize"]);
  });
  test("a resize that shrinks ends a row", () => {
    const chain = [rotate({ padding: "border" }), resize({ width: 24, height: 16 }), rotate(), hue()];
    expect(passes(chain)).toEqual(["map: rotate", "resize: resize", "map: rotate hue"]);
    expect(reasons(chain)).toEqual([
      "an anti-aliasing resize is a filter of its own",
      "an anti-aliasing resize is a filter of its own",
      "end of the chain",
    ]);
  });
  test("read f32: packed images are unpacked once, by the pass before where there is one", () => {
    const blur = gaussianBlur({ sigma: 1 });
    expect(passes([blur], { input: "u8" })).toEqual(["point: cast", "line: gaussianBlur"]);
    expect(passes([blur], { input: "f16" })).toEqual(["point: cast", "line: gaussianBlur", "point: cast"]);
    expect(passes([brightness(), blur], { input: "f16" })).toEqual([
      "point: brightness",
      "line: gaussianBlur",
      "point: cast",
    ]);
    expect(passes([brightness(), blur, brightness()], { input: "rgba8" })).toEqual([
      "point: brightness",
      "line: gaussianBlur",
      "point: brightness",
    ]);
    expect(passes([rotate(), resize({ width: 24, height: 16 }), hue()], { input: "f16" })).toEqual([
      "map: rotate",
      "resize: resize",
      "point: hue",
    ]);
  });
});

describe("bytes", () => {
  test("a chain of any length reads its input and writes its output", () => {
    for (const length of [1, 5, 30]) {
      const plan = explain(
        Array.from({ length }, () => brightness()),
        SHAPE,
      );
      expect([plan.passes[0].bytesRead, plan.passes[0].bytesWritten]).toEqual([IMAGE, IMAGE]);
      expect(plan.bytesSaved).toBe(IMAGE + length * 4 * 4);
    }
  });
  test("follow the storage", () => {
    const [small] = explain(brightness(), SHAPE, { input: "u8", dtype: "f16" }).passes;
    expect([small.bytesRead, small.bytesWritten]).toEqual([IMAGE / 4, IMAGE / 2]);
    // Packed planes start at whole quads.
    const [odd] = explain(brightness(), [1, 3, 5, 5], { input: "u8", dtype: "f16" }).passes;
    expect([odd.bytesRead, odd.bytesWritten]).toEqual([3 * 28, 3 * 28 * 2]);
    const [canvas] = explain(brightness(), SHAPE, { input: "rgba8" }).passes;
    expect(canvas.bytesRead).toBe(4 * 32 * 48 * 4);
  });
  test("a filter writes and reads once more between its axes", () => {
    const [blur] = explain(gaussianBlur({ sigma: 1 }), SHAPE).passes;
    expect([blur.bytesRead, blur.bytesWritten, blur.dispatches.forward]).toEqual([2 * IMAGE, 2 * IMAGE, 2]);
    const [shrunk] = explain(resize({ width: 24, height: 16 }), SHAPE).passes;
    expect([shrunk.bytesRead, shrunk.bytesWritten]).toEqual([IMAGE + IMAGE / 2, IMAGE / 2 + IMAGE / 4]);
    // Its backward pass is linear, and does not look at the image again.
    expect([blur.bytesSaved > IMAGE, shrunk.bytesSaved]).toEqual([true, 0]);
  });
  test("a cropping map writes what it shows", () => {
    const [pass] = explain(crop({ width: 12, height: 8 }), SHAPE).passes;
    expect(pass.bytesWritten).toBe(4 * 3 * 12 * 8 * 4);
  });
});

describe("what explain says is what apply does", () => {
  const chains: [string, Transform[]][] = [
    ["points", [brightness({ factor: 1.1 }), hue({ turns: 0.1 })]],
    ["statistics", [contrastAboutMean({ factor: 1.1 }), contrastAboutMean({ factor: 0.8 })]],
    ["maps and points", [rotate({ angle: 5 }), translate({ x: 1 }), hue({ turns: 0.1 })]],
    [
      "filters",
      [
        brightness({ factor: 1.1 }),
        resize({ width: 5, height: 4 }),
        gaussianBlur({ sigma: 1, kernelSize: 3 }),
        erasing({ x: 1, y: 1, width: 2, height: 2 }),
      ],
    ],
  ];
  test.each(chains)("%s", async (_, chain) => {
    const { gpu } = device;
    const x = tensor(gpu, new Float32Array(2 * 3 * 64).fill(0.5), [2, 3, 8, 8]);
    await gpu.sync();
    const before = gpu.stats.dispatches;
    const y = apply(x, chain);
    await gpu.sync();
    const plan = explain(chain, x.shape);
    const statistics = chain.filter(({ declaration }) => declaration.statistic).length;
    const tables = chain.filter(({ declaration }) => declaration.kind === "line").length;
    const forward = plan.passes.reduce((sum, pass) => sum + pass.dispatches.forward, 0);
    // Beside those over pixels: a sum of partial sums per statistic, a table of weights per window.
    expect(gpu.stats.dispatches - before).toBe(forward + statistics + tables);
    expect(y.shape).toEqual(plan.passes[plan.passes.length - 1].output);
  });
});

test("every transform alone has a plan", () => {
  const { gpu } = device;
  const size = [SHAPE[2], SHAPE[3]] as const;
  for (const [name, declaration] of registry) {
    const tensors = { ...exampleImages(gpu, declaration, size), field: exampleField(gpu, declaration, size) };
    const channels = declaration.channels?.includes(3) === false ? declaration.channels[0] : 3;
    const plan = explain(exampleTransform(declaration, tensors), [SHAPE[0], channels, ...size]);
    // What a field looks through may have passes of its own before, and a composite has those of its parts.
    const passes = plan.passes.filter(({ makes }) => makes === undefined);
    if (declaration.kind !== "composite") expect(passes, name).toHaveLength(declaration.field?.through ? 2 : 1);
    else expect(plan.passes.length, name).toBeGreaterThan(0);
    if (declaration.kind !== "composite") expect(String(plan)).toContain(name);
  }
});

test("what it is asked is checked", () => {
  expect(() => explain(hue(), [4, 1, 8, 8])).toThrow(ShapeError);
  for (const shape of [
    [3, 8, 8],
    [0, 3, 8, 8],
    [4, 3, 0, 8],
    [4, 3, 8.5, 8],
    [4, 3, Number.NaN, 8],
  ]) {
    expect(() => explain(brightness(), shape), String(shape)).toThrow(ArgumentError);
  }
  expect(() => explain([brightness(), null as unknown as Transform], SHAPE)).toThrow(/^transforms\[1\]: got null/);
  expect(() => explain(brightness(), SHAPE, { dtype: "rgba8" as "u8" })).toThrow(
    /^dtype: got string "rgba8"; allowed is f32, f16, u8/,
  );
  expect(() => explain(brightness(), SHAPE, { input: "i8" as "u8" })).toThrow(/^input/);
  expect(() => explain(brightness(), SHAPE, { fuse: true } as PlanOptions)).toThrow(
    /^options\.fuse: got an unknown option/,
  );
});

test("printing it gives a table", () => {
  const plan = explain(
    [
      brightness({ factor: 1.2 }),
      horizontalFlip(),
      rotate({ angle: 10 }),
      hue(),
      contrastAboutMean(),
      gaussianBlur({ sigma: 1.5 }),
      resize({ width: 24, height: 16 }),
      grayscale({ channels: 1 }),
    ],
    SHAPE,
  );
  expect(String(plan)).toMatchInlineSnapshot(`
    "1. point    brightness
       [4, 3, 32, 48] -> [4, 3, 32, 48], reads 73.7 kB, writes 73.7 kB, saves 73.7 kB for backward
       ends: horizontalFlip looks at other pixels
    2. map      horizontalFlip > rotate > hue
       [4, 3, 32, 48] -> [4, 3, 32, 48], reads 73.7 kB, writes 73.7 kB, saves 73.8 kB for backward
       ends: contrastAboutMean needs the mean of the resampled image
    3. point    contrastAboutMean
       [4, 3, 32, 48] -> [4, 3, 32, 48], reads 147.5 kB, writes 73.7 kB, saves 73.7 kB for backward
       ends: gaussianBlur looks at other pixels
    4. line     gaussianBlur
       [4, 3, 32, 48] -> [4, 3, 32, 48], reads 147.5 kB, writes 147.5 kB, saves 73.8 kB for backward
       ends: resize looks at other pixels
    5. resize   resize
       [4, 3, 32, 48] -> [4, 3, 16, 24], reads 110.6 kB, writes 55.3 kB, saves 0.0 kB for backward
       ends: an anti-aliasing resize is a filter of its own
    6. point    grayscale
       [4, 3, 16, 24] -> [4, 1, 16, 24], reads 18.4 kB, writes 6.1 kB, saves 18.5 kB for backward
       ends: end of the chain
    6 passes, 313.5 kB saved for backward"
  `);
});
