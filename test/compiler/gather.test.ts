import { describe, expect, test, vi } from "vitest";
import { apply, declare, elastic, explain, grad, remap, rotate, type Tensor, tensor } from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { randomNumbers } from "../reference/image.ts";
import { type Interpolation, type Padding, padIndex, taps } from "../reference/sample.ts";

// The gradient of the image of a field whose places lie near their pixels: gathered, against sums in float64 and against scattering.

const device = testGpu();
// Compiling on a busy processor takes its time.
vi.setConfig({ testTimeout: 60_000 });

interface Field {
  /** Size of images and gradients, [N, C, H, W]. */
  shape: [number, number, number, number];
  /** Places, [N, 2, H, W]. */
  grid: Float32Array;
  g: Float32Array;
  interpolation?: Interpolation;
  padding?: Exclude<Padding, "circular">;
  on?: number[];
}

/** Places so far from their pixels at most, sample by sample; and all of them so far to the right and down. */
function fieldOf(shape: Field["shape"], reach: readonly number[], moved = 0): Field {
  const [n, c, h, w] = shape;
  const draw = randomNumbers(n * h * w + c);
  const grid = new Float32Array(n * 2 * h * w);
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < h * w; i++) {
      grid[2 * k * h * w + i] = (i % w) + moved + (2 * draw() - 1) * reach[k];
      grid[(2 * k + 1) * h * w + i] = Math.floor(i / w) + moved + (2 * draw() - 1) * reach[k];
    }
  }
  return { shape, grid, g: Float32Array.from({ length: n * c * h * w }, () => draw() - 0.5) };
}

/** The gradient of the image: gathered where `reach` says that places are near. */
async function pulled({ shape, grid, g, interpolation, padding, on }: Field, reach?: number): Promise<Float32Array> {
  const { gpu } = device;
  const [n, , h, w] = shape;
  const x = tensor(gpu, new Float32Array(g.length), shape, { requiresGrad: true });
  const looks = { interpolation, padding, on, reach };
  const y = apply(x, remap({ grid: tensor(gpu, grid, [n, 2, h, w]), ...looks }));
  const [image] = grad(y, [x], { gradient: tensor(gpu, g, shape) as Tensor });
  return image.read();
}

/** The same in float64. */
function expected({ shape, grid, g, interpolation = "bilinear", padding = "zeros" }: Field): Float64Array {
  const [n, c, h, w] = shape;
  const pixels = h * w;
  const sums = new Float64Array(g.length);
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < pixels; i++) {
      const [x, y] = [grid[2 * k * pixels + i], grid[(2 * k + 1) * pixels + i]];
      if (Number.isNaN(x + y)) continue;
      for (const [row, wy] of taps(y, interpolation)) {
        for (const [column, wx] of taps(x, interpolation)) {
          const [r, s] = [padIndex(row, h, padding), padIndex(column, w, padding)];
          if (r < 0 || s < 0) continue;
          for (let l = 0; l < c; l++) sums[(k * c + l) * pixels + r * w + s] += wy * wx * g[(k * c + l) * pixels + i];
        }
      }
    }
  }
  return sums;
}

/** The largest error, as a part of the largest value. */
function errorOf(found: ArrayLike<number>, right: ArrayLike<number>): number {
  let [worst, largest] = [0, 1e-30];
  for (let i = 0; i < right.length; i++) {
    largest = Math.max(largest, Math.abs(right[i]));
    worst = Math.max(worst, Number.isNaN(found[i]) ? Number.POSITIVE_INFINITY : Math.abs(found[i] - right[i]));
  }
  return worst / largest;
}

async function expectGathered(field: Field): Promise<void> {
  const found = await pulled(field, 0);
  expect(errorOf(found, expected(field)), "beside float64").toBeLessThan(1e-5);
  expect(errorOf(found, await pulled(field)), "beside scattering").toBeLessThan(1e-5);
}

describe("near places", () => {
  const paddings = ["zeros", "border", "reflection", "symmetric"] as const;
  const interpolations = ["nearest", "bilinear", "bicubic"] as const;
  // The first sample is near, the second one is not, though its declaration says so, and the third one has a place that is none.
  test.each(interpolations.flatMap((interpolation) => paddings.map((padding) => ({ interpolation, padding }))))(
    "$interpolation, $padding",
    async (looks) => {
      const [near, moved] = looks.interpolation === "nearest" ? [0.45, 0.46] : [0.95, 0];
      const field = { ...fieldOf([3, 1, 11, 13], [near, 4, 0.4], moved), ...looks };
      field.grid[2 * 2 * 143 + 40] = Number.NaN;
      await expectGathered(field);
    },
  );

  test.each([
    [1, 1],
    [1, 7],
    [7, 1],
    [6, 8],
    [2, 3],
  ])("%i x %i, with channels in several groups, mirrored and not", async (h, w) => {
    const field = fieldOf([2, 4, h, w], [0.9, 0.3]);
    await expectGathered(field);
    await expectGathered({ ...field, padding: "reflection" });
  });

  test("whole pixels to all sides, and none", async () => {
    const field = fieldOf([3, 3, 9, 8], [0, 0, 0]);
    for (let i = 0; i < 72; i++) {
      field.grid[i] += 1;
      field.grid[72 + i] -= 1;
      field.grid[144 + i] -= 3;
    }
    await expectGathered(field);
    await expectGathered({ ...field, padding: "symmetric" });
    const same = await pulled(field, 0);
    expect(same.slice(432)).toEqual(field.g.slice(432));
  });

  test("what a coin leaves alone has its gradient as it came in", async () => {
    const field = { ...fieldOf([3, 1, 6, 7], [0.9, 0.9, 5]), on: [0, 1, 0] };
    field.g.set([-0, Number.NaN, Number.POSITIVE_INFINITY], 3);
    const found = await pulled(field, 0);
    for (const n of [0, 2]) expect(found.slice(n * 42, n * 42 + 42)).toEqual(field.g.slice(n * 42, n * 42 + 42));
    expect(errorOf(found.slice(42, 84), expected(field).slice(42, 84))).toBeLessThan(1e-5);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("%f in one sample leaves the others alone", async (bad) => {
    const right = fieldOf([3, 1, 6, 8], [0.9, 0.9, 3]);
    const wrong = { ...right, g: right.g.slice() };
    wrong.g[48 + 9] = bad;
    const [found, clean] = [await pulled(wrong, 0), await pulled(right, 0)];
    expect(found.slice(0, 48)).toEqual(clean.slice(0, 48));
    expect(found.slice(96)).toEqual(clean.slice(96));
    expect(found.slice(48, 96).some((v) => !Number.isFinite(v))).toBe(true);
  });

  test("a sample is what it is in any batch, and two runs have equal bits", async () => {
    const field = fieldOf([2, 3, 10, 12], [0.9, 5]);
    const both = await pulled(field, 0);
    expect(await pulled(field, 0)).toEqual(both);
    const one = { ...field, shape: [1, 3, 10, 12] as Field["shape"] };
    expect(await pulled({ ...one, grid: field.grid.slice(0, 240), g: field.g.slice(0, 360) }, 0)).toEqual(
      both.slice(0, 360),
    );
    expect(await pulled({ ...one, grid: field.grid.slice(240), g: field.g.slice(360) }, 0)).toEqual(both.slice(360));
  });
});

describe("which of the two", () => {
  const GATHERED = "gathered by samples that look near, scattered by others";
  const gradients = (...of: Parameters<typeof explain>) => explain(...of).passes.map(({ gradient }) => gradient);
  const grid = { shape: [2, 2, 32, 32], dtype: "f32" } as unknown as Tensor;
  const small = [2, 3, 32, 32];

  test("what the declaration expects says so", () => {
    const of = (reach?: number, more = {}) => gradients(remap({ grid, reach, ...more }), small)[0];
    expect([of(), of(1), of(1.5), of(Number.MAX_VALUE)]).toEqual(["scattered", GATHERED, "scattered", "scattered"]);
    expect(of(1, { interpolation: "bicubic" })).toBe(GATHERED);
    expect(of(1, { interpolation: "nearest" })).toBe("scattered");
    // Pixels have to keep their places.
    expect(gradients(remap({ grid, reach: 1 }), [2, 3, 32, 40])[0]).toBe("scattered");
    expect(gradients([rotate({ angle: 10 }), remap({ grid, reach: 1 })], small)).toEqual(["scattered"]);
    expect(explain(remap({ grid, reach: 1 }), small).toString()).toContain(`gradient of the image: ${GATHERED}`);
  });

  test("elastic knows from its strength and the size of the image", () => {
    const of = (settings: Parameters<typeof elastic>[0], shape = small) =>
      gradients(elastic({ seed: 1, ...settings }), shape).at(-1);
    expect([of({}), of({ alpha: 4 }), of({ sigma: 4 })]).toEqual([GATHERED, "scattered", "scattered"]);
    expect([of({ alpha: [0.1, 4] }), of({ alpha: [0.1, 0.2] })]).toEqual(["scattered", GATHERED]);
    expect(of({}, [2, 3, 224, 224])).toBe("scattered");
  });

  test("any field may say", async () => {
    const { gpu } = device;
    const wgsl = `import package::lib::frame::Frame;
import package::lib::pixel::Pixel;
struct Params { by: f32 }
fn place(at: Pixel, p: Params, f: Frame) -> vec2f { return vec2f(at.x + p.by, at.y); }
fn backward(at: Pixel, p: Params, f: Frame, g: vec2f, gp: ptr<function, Params>) { (*gp).by += g.x; }`;
    const options = {
      interpolation: { default: "bilinear", allowed: ["bilinear"], doc: "between pixels" },
      padding: { default: "border", allowed: ["border"], doc: "beyond them" },
    } as const;
    const parts = { kind: "field", params: { by: { unit: "pixels", doc: "how far" } }, options, wgsl } as const;
    const source = { doc: "p looks at p + by", source: "here" };
    const slide = declare({ name: "slide", ...parts, ...source, reach: ({ by }) => [Math.abs(by[0]), 0] });
    expect([0.5, -9].map((by) => gradients(slide({ by }), small)[0])).toEqual([GATHERED, GATHERED]);
    expect(gradients(slide({ by: 10 }), small)).toEqual(["scattered"]);
    const x = tensor(gpu, [1, 2, 3, 4], [1, 1, 1, 4], { requiresGrad: true });
    const [image] = grad(apply(x, slide({ by: 1.5 })), [x], { gradient: tensor(gpu, [1, 10, 100, 1000], x.shape) });
    expect([...(await image.read())]).toEqual([0, 0.5, 5.5, 1105]);
    // @ts-expect-error: a number is no function.
    expect(() => declare({ name: "slide", ...parts, ...source, reach: 3 })).toThrow("reach of slide");
    const point = { name: "still", kind: "point", params: {}, wgsl, doc: "", source: "" } as const;
    expect(() => declare({ ...point, reach: () => [0, 0] })).toThrow("reach of still");
  });
});
