import { describe, expect, test, vi } from "vitest";
import { explain, registry, type Transform } from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { numbersIn, placesIn } from "../reference/families/field.ts";
import { two } from "../reference/image.ts";
import { type Case, caseOf, check } from "./check.ts";

const device = testGpu();
// Compiling on a busy processor takes its time.
vi.setConfig({ testTimeout: 60_000 });
const FILL = [
  [0.2, 0.5, 0.8],
  [0.9, 0.1, 0.4],
];
const [fisheye, elastic] = ["fisheye", "elastic"].map((name) => caseOf(name));
/** A few places of a small image: all of them have a gradient of their own. */
const remap: Case = { name: "remap", params: { grid: placesIn(3, 5, 9) }, shapes: { grid: [2, 2, 3, 5] } };
const small = { shape: [2, 3, 7, 8] as [number, number, number, number] };

/** A transform for a plan: its tensors are outlines. */
function outlineOf({ name, params = {}, shapes = {}, options = {} }: Case): Transform {
  const declaration = registry.get(name)!;
  const value = (param: string) =>
    shapes[param]
      ? { shape: shapes[param], dtype: "f32" }
      : (params[param]?.flat() ?? declaration.params[param].default);
  return {
    declaration,
    params: Object.fromEntries(Object.keys(declaration.params).map((p) => [p, value(p)])) as Transform["params"],
    field: declaration.field && (value(declaration.field.name ?? "") as unknown as Transform["field"]),
    options: Object.fromEntries(
      Object.entries(declaration.options ?? {}).map(([o, spec]) => [o, options[o] ?? spec.default]),
    ),
  };
}

describe("each field against its float64 reference", () => {
  test("elastic, held within the image", () =>
    check(device.gpu, [{ ...elastic, options: { ...elastic.options, clamp: true } }], { kinks: 2 }));
  test("remap, normalised", () =>
    check(device.gpu, [
      { ...remap, params: { grid: placesIn(3, 5, 9, undefined, true) }, options: { normalized: true } },
    ]));
});

describe("padding and interpolation", () => {
  const withFill = (padding: string, interpolation: string): Case => ({
    ...remap,
    params: { ...remap.params, ...(padding === "fill" ? { fill: FILL } : {}) },
    options: { interpolation, padding },
  });
  const paddings = ["zeros", "border", "reflection", "symmetric", "fill"];
  test.each(paddings)("bilinear, %s", (padding) => check(device.gpu, [withFill(padding, "bilinear")]));
  test.each(["fill", "reflection"])("bicubic, %s", (padding) => check(device.gpu, [withFill(padding, "bicubic")]));
  // It has no slope of its own to compare in the place.
  test.each(["border", "fill"])("nearest, %s: result and gradient of the image", (padding) =>
    check(device.gpu, [{ ...withFill(padding, "nearest"), fixed: true }]),
  );
});

describe("rows", () => {
  const rotate: Case = { name: "rotate", params: { angle: two(27, -64) } };
  const brightness: Case = { name: "brightness", params: { factor: two(1.2, 0.8) } };
  test.each([
    ["fisheye", fisheye],
    ["elastic", elastic],
    ["remap", remap],
  ])("maps fold into %s behind them", async (_, c) => {
    const { passes: all } = explain([outlineOf(rotate), outlineOf(c), outlineOf(brightness)], small.shape);
    const passes = all.filter(({ kind }) => kind !== "line");
    expect(passes.map(({ kind, transforms }) => [kind, transforms])).toEqual([
      ["field", ["rotate", c.name, "brightness"]],
    ]);
    await check(device.gpu, [{ name: "horizontalFlip" }, rotate, c], { kinks: 2, noImage: c !== remap });
  });
  test("projective ones, too", () =>
    check(device.gpu, [caseOf("warp"), remap], { steps: { matrix: 1e-7 }, backward: 5e-4, kinks: 12 }));
  test("but not with another padding, nor where they are not composed", async () => {
    const other = outlineOf({ ...fisheye, options: { padding: "border" } });
    expect(explain([outlineOf(rotate), other], small.shape).passes).toHaveLength(2);
    expect(explain([outlineOf(rotate), outlineOf(fisheye)], small.shape, { compose: false }).passes).toHaveLength(2);
    await check(device.gpu, [rotate, fisheye], { compose: false, kinks: 4, noImage: true });
  });
  test("points before and after, and a field behind them", () =>
    check(device.gpu, [brightness, remap, caseOf("contrast"), { name: "fisheye", params: { gamma: two(1.2, 0.9) } }], {
      kinks: 4,
    }));
  test.each([1, 4, 7])("%i channels, planes that are no whole quads", async (c) => {
    const odd = { ...remap, params: { grid: placesIn(3, 3, 4) }, shapes: { grid: [2, 2, 3, 3] } } as Case;
    await check(device.gpu, [odd, brightness], { shape: [2, c, 5, 7] });
  });
  test.each([
    [1, 1],
    [1, 5],
    [6, 1],
  ])("images of %i x %i", async (h, w) => {
    const noise = { ...elastic.params, noise: numbersIn(2, 2 * h * w, 5, -1, 1) };
    const shape: [number, number, number, number] = [2, 3, h, w];
    await check(device.gpu, [{ ...elastic, params: noise, shapes: { noise: [2, 2, h, w] }, fixed: true }], { shape });
    await check(device.gpu, [{ ...fisheye, fixed: true }], { shape });
  });
});
