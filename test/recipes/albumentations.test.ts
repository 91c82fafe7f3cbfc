import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/gpu/index.ts";
import { CLASSES } from "../../src/recipes/albumentations/classes.ts";
import { NAMES } from "../../src/recipes/albumentations/index.ts";
import { fromAlbumentations, fromRecipe, toRecipe } from "../../src/recipes.ts";
import { tensor } from "../../src/tensor/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

const document = (transform: unknown) => ({ __version__: "2.0.8", transform });
const compose = (...transforms: unknown[]) =>
  document({ __class_fullname__: "Compose", p: 1, transforms, bbox_params: null, keypoint_params: null });
const one = (name: string, params: object = {}) => ({ __class_fullname__: name, p: 1, ...params });
const read = (...transforms: unknown[]) => String(fromAlbumentations(compose(...transforms)));

/** What has no default. */
const NEEDED: Record<string, object> = {
  RandomCrop: { height: 6, width: 7 },
  CenterCrop: { height: 6, width: 7 },
  Resize: { height: 6, width: 7 },
  RandomResizedCrop: { size: [6, 7] },
};

describe("documents of Albumentations' to_dict", () => {
  it("become the pipeline of the same operations", () => {
    const text = readFileSync(new URL("albumentations.json", import.meta.url), "utf8");
    const pipeline = fromAlbumentations(JSON.parse(text));
    expect(String(pipeline)).toBe(
      'sequential([resizedCrop({ area: uniform(0.08, 1), ratio: uniform(0.75, 1.3333333333333333, { scale: "log" }), x: uniform(0, 1), y: uniform(0, 1), width: 224, height: 224 }), ' +
        "sometimes(0.5, horizontalFlip()), " +
        'sometimes(0.7, [affine({ angle: uniform(-15, 15), scaleX: uniform(0.8, 1.2), scaleY: uniform(0.8, 1.2), padding: "reflection" }), ' +
        'affine({ x: uniform(-0.1, 0.1), y: uniform(-0.1, 0.1), shearX: uniform(-5, 5), shearY: uniform(-5, 5), relative: true, padding: "reflection" })]), ' +
        "sometimes(0.8, oneOf([[contrast({ factor: uniform(0.8, 1.2), pivot: 0, clip: false }), brightnessShift({ shift: uniform(-0.2, 0.2) })], gamma({ gamma: uniform(0.8, 1.2) })], { weights: [0.5, 0.25] })), " +
        "someOf(1, [sometimes(0.2, gaussianNoise({ std: uniform(0.05, 0.1) })), oneOf([boxBlur(), boxBlur({ kernelSize: 5 })])]), " +
        "normalize({ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }), []])",
    );
    expect(pipeline.sample(2, { step: 0, shape: [2, 3, 8, 8] }).transforms.length).toBeGreaterThan(8);
  });

  it.each([...CLASSES.keys()])("%s at its defaults can be drawn, written and read", async (name) => {
    const pipeline = fromAlbumentations(
      document({ __class_fullname__: `albumentations.any.${name}`, ...NEEDED[name] }),
    );
    const draws = pipeline.sample(3, { step: 1, shape: [3, 3, 12, 12] });
    const back = fromRecipe(JSON.parse(JSON.stringify(await toRecipe(pipeline))));
    expect(back.sample(3, { step: 1, shape: [3, 3, 12, 12] })).toEqual(draws);
    expect(pipeline.explain([3, 3, 12, 12]).passes.length).toBeGreaterThan(0);
  });

  it("move points as Albumentations' matrix does: scale, turn, slant, shift, about the centre", async () => {
    const [angle, sx, sy, tx, ty, px, py] = [30, 1.2, 0.8, 12, -7, 3, -2];
    const pipeline = fromAlbumentations(
      compose(
        one("Affine", {
          rotate: [angle, angle],
          scale: { x: [sx, sx], y: [sy, sy] },
          shear: { x: [tx, tx], y: [ty, ty] },
          translate_px: { x: [px, px], y: [py, py] },
          translate_percent: null,
        }),
      ),
    );
    const x = tensor(device.gpu, new Float32Array(3 * 20 * 30), [1, 3, 20, 30]);
    const points = [
      [0, 0],
      [29, 19],
      [11.5, 3],
    ];
    const motion = pipeline.motion(x, pipeline.sample(1, { step: 0 }));
    const moved = await motion.points(tensor(device.gpu, [points])).read();
    const radians = (degrees: number) => (degrees * Math.PI) / 180;
    const [c, s] = [Math.cos(radians(angle)), Math.sin(radians(angle))];
    const [cx, cy] = [14.5, 9.5];
    points.forEach(([x, y], i) => {
      const [u, v] = [sx * (x - cx), sy * (y - cy)];
      const [a, b] = [c * u + s * v, -s * u + c * v];
      // Albumentations draws a shear and takes its opposite.
      expect(moved[2 * i]).toBeCloseTo(a + Math.tan(radians(-tx)) * b + px + cx, 3);
      expect(moved[2 * i + 1]).toBeCloseTo(Math.tan(radians(-ty)) * a + b + py + cy, 3);
    });
  });

  it("have the values that their formulas say", async () => {
    const x = tensor(
      device.gpu,
      Float32Array.from({ length: 3 * 16 }, (_, i) => i / 48),
      [1, 3, 4, 4],
    );
    const values = async (...transforms: unknown[]) =>
      Array.from(await fromAlbumentations(compose(...transforms))(x, { step: 0 }).read());
    const before = Array.from({ length: 48 }, (_, i) => i / 48);
    const close = (found: number[], expected: number[]) =>
      found.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i], 5);
      });
    close(
      await values(one("RandomBrightnessContrast", { brightness_limit: [0.1, 0.1], contrast_limit: [-0.5, -0.5] })),
      before.map((v) => 0.5 * v + 0.1),
    );
    close(
      await values(one("RandomGamma", { gamma_limit: [150, 150] })),
      before.map((v) => v ** 1.5),
    );
    close(
      await values(one("RGBShift", { r_shift_limit: [51, 51], g_shift_limit: [0, 0], b_shift_limit: [-0.1, -0.1] })),
      before.map((v, i) => Math.min(1, Math.max(0, v + [0.2, 0, -0.1][Math.floor(i / 16)]))),
    );
    close(
      await values(one("Solarize", { threshold_range: [0.5, 0.5] })),
      before.map((v) => (v >= 0.5 ? 1 - v : v)),
    );
    close(
      await values(one("Posterize", { num_bits: [2, 2] })),
      before.map((v) => (Math.floor(v * 255) & 192) / 255),
    );
  });

  it("choose as Albumentations does: coins of what is chosen are weights, and of OneOrOther which", () => {
    const flips = [one("HorizontalFlip", { p: 0.3 }), one("VerticalFlip", { p: 0.6 })];
    const text = (name: string, params = {}) => read(one(name, { transforms: flips, ...params }));
    expect(text("OneOf", { p: 0.9 })).toBe(
      "sequential([sometimes(0.9, oneOf([horizontalFlip(), verticalFlip()], { weights: [0.3, 0.6] }))])",
    );
    expect(text("OneOrOther", { p: 0.9 })).toBe(
      `sequential([oneOf([horizontalFlip(), verticalFlip()], { weights: [0.9, ${1 - 0.9}] })])`,
    );
    expect(text("SomeOf", { n: 1, p: 1, replace: false })).toBe(
      "sequential([someOf(1, [sometimes(0.3, horizontalFlip()), sometimes(0.6, verticalFlip())])])",
    );
    expect(text("RandomOrder", { n: 2, p: 1, replace: false })).toBe(
      'sequential([someOf(2, [sometimes(0.3, horizontalFlip()), sometimes(0.6, verticalFlip())], { order: "random" })])',
    );
    expect(read(one("HorizontalFlip", { p: 0.3, always_apply: true }))).toBe("sequential([horizontalFlip()])");
  });

  it("are refused by the place of what augrad has nothing for", () => {
    const refused: [unknown, RegExp][] = [
      [null, /^document: got null/],
      [{ transform: [] }, /^document: got/],
      [document({}), /^transform\.__class_fullname__: got undefined/],
      [
        compose(one("GridDistortion")),
        /^transform\.transforms\[0\]\.__class_fullname__: got string "GridDistortion".*allowed is a class/,
      ],
      [compose(one("HorizontalFilp")), /did you mean "HorizontalFlip"/],
      [compose(one("__proto__")), /^transform\.transforms\[0\]\.__class_fullname__: got string "__proto__"/],
      [compose(one("Rotate", { limit: "30" })), /^transform\.transforms\[0\]\.limit: got string "30"/],
      [compose(one("Rotate", { limit: [9, -9] })), /^transform\.transforms\[0\]\.limit: got array \[9, -9\]/],
      [compose(one("Rotate", { limit: [Number.NaN, 1] })), /^transform\.transforms\[0\]\.limit: got array/],
      [
        compose(one("Rotate", { crop_border: true })),
        /^transform\.transforms\[0\]\.crop_border: got boolean true; allowed is false/,
      ],
      [
        compose(one("Rotate", { angle: 3 })),
        /^transform\.transforms\[0\]\.angle: got a parameter that augrad has nothing for/,
      ],
      [compose(one("Rotate", { interpolation: 4 })), /^transform\.transforms\[0\]\.interpolation: got 4/],
      [compose(one("Rotate", { border_mode: 3 })), /^transform\.transforms\[0\]\.border_mode: got 3/],
      [compose(one("Rotate", { p: 1.5 })), /^transform\.transforms\[0\]\.p: got 1.5/],
      [compose(one("RandomCrop", { height: 3 })), /^transform\.transforms\[0\], cropAt\.width: got nothing/],
      [compose(one("Affine", { scale: { x: 1, z: 2 } })), /^transform\.transforms\[0\]\.scale\.z: got an unknown axis/],
      [compose(one("Affine", { scale: [0, 1] })), /^transform\.transforms\[0\], /],
      [compose(one("OneOf", { transforms: [] })), /^transform\.transforms\[0\], links of oneOf\(\)/],
      [compose(one("OneOf", { transforms: {} })), /^transform\.transforms\[0\]\.transforms: got object/],
      [compose(one("OneOf", { transforms: [one("Blur"), 1] })), /^transform\.transforms\[0\]\.transforms\[1\]: got 1/],
      [
        compose(one("SomeOf", { transforms: [one("Blur")], n: 1, replace: true })),
        /^transform\.transforms\[0\]\.replace: got true/,
      ],
      [
        compose(one("Normalize", { normalization: "image" })),
        /^transform\.transforms\[0\]\.normalization: got string "image"/,
      ],
    ];
    for (const [given, message] of refused) {
      expect(() => fromAlbumentations(given), String(message)).toThrow(message);
      expect(() => fromAlbumentations(given)).toThrow(ArgumentError);
    }
    let deep: object = one("HorizontalFlip");
    for (let i = 0; i < 1e5; i++) deep = one("Sequential", { transforms: [deep] });
    expect(() => fromAlbumentations(document(deep))).toThrow(/at most 100 in each other/);
    const many = new Array(1e6).fill(one("NoOp"));
    expect(() => fromAlbumentations(compose(...[]) && document({ ...one("Compose"), transforms: many }))).toThrow(
      /at most 20000/,
    );
  });

  it("are for every name that the page of names says", () => {
    const page = readFileSync("docs/names.md", "utf8");
    const read = [...page.matchAll(/^\| [^|]*\| [^|]*\| [^|]*\| ([^|]*)\|/gm)].flatMap(([, names]) =>
      [...names.matchAll(/`(\w+)`(\*?)/g)].filter(([, , mark]) => mark === "").map(([, name]) => name),
    );
    expect([...new Set(read)].sort()).toEqual([...NAMES].sort());
  });
});
