import { describe, expect, test } from "vitest";
import * as a from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const [N, H, W] = [2, 14, 18];
const make = (shape: readonly number[], of: (i: number) => number) =>
  a.tensor(
    device.gpu,
    Float32Array.from({ length: shape.reduce((p, n) => p * n, 1) }, (_, i) => of(i)),
    shape,
  );
const noise = (i: number) => ((i * 7919) % 101) / 101;
const image = (channels = 1) => make([N, channels, H, W], noise);
const labelMap = () => make([N, 1, H, W], (i) => [1, 7, 3.5, 250][Math.floor(i / 5) % 4]);
const VALUES = [0, 1, 7, 3.5, 250];
const only = (values: Iterable<number>, allowed: readonly number[]) =>
  expect([...new Set(values)].filter((value) => !allowed.includes(value))).toEqual([]);

describe("masks", () => {
  const chains: Record<string, a.Tree[]> = {
    maps: [
      a.rotate({ angle: [20, -35] }),
      a.perspective({ startPoints: [0, 0, 18, 0, 18, 14, 0, 14], endPoints: [1, 2, 16, 0, 18, 13, 0, 14] } as never),
    ],
    "a filtering resize": [a.resize({ width: 7, height: 5 })],
    "fill, and what colour does": [
      a.rotate({ angle: 40, padding: "fill", fill: 0.4 }),
      a.brightness({ factor: 1.5 }),
      a.gaussianBlur({ sigma: 2 }),
    ],
    "a field": [a.fisheye({ centerX: 0.1, centerY: 0, gamma: 1.2 } as never)],
    "partial rectangles": [a.erasing({ x: 2.3, y: 1.6, width: 5.5, height: 7.2, value: 0.6 })],
    "a pool that is smaller, and one that is not": [
      a.maxBlurPool2d({ kernelSize: 3 }),
      a.unsharpMask({ sigma: 1, kernelSize: 3 }),
      a.blurPool2d({ kernelSize: 3, stride: 1 }),
    ],
    mixup: [a.mixup({ partner: [1, 0], lambda: [0.3, 0.8] })],
    "mixes between pixels": [a.mosaic({ partners: [[1, 0, 1], [0, 1, 0]], x: 4.3, y: 3.6 }), a.cutmix({ partner: [1, 0], x: 2.4, y: 1.2, width: 5.3, height: 4 })], // biome-ignore format: samples
  };
  test.each(Object.entries(chains))("%s: no value comes up that was not there", async (_, chain) => {
    const { mask } = a.sequential(chain)({ image: image(), mask: labelMap() });
    const values = await mask.read();
    only(values, VALUES);
    expect(new Set(values).size).toBeGreaterThan(2);
  });

  test("are where the image is", async () => {
    // An image of labels shows the same pixels, and where it is flat the same values.
    const flat = make([N, 1, H, W], (i) => Number(i % W > 8));
    const out = a.sequential([
      a.rotate({ angle: 25 }),
      a.scale({ x: 1.2, y: 1.2 }),
      a.crop({ x: 3, y: 2, width: 12, height: 10 }),
    ])({ image: flat, mask: flat });
    const [seen, mask] = [await out.image.read(), await out.mask.read()];
    expect(seen.filter((v) => v > 0 && v < 1).length).toBeGreaterThan(0);
    expect([...mask].filter((v, i) => Math.abs(v - seen[i]) > 0.5 + 1e-4)).toEqual([]);
  });

  test("are left alone by what moves nothing, and keep their storage type and form", async () => {
    const colour = a.sequential([
      a.brightness({ factor: 1.3 }),
      a.gaussianBlur({ sigma: 1 }),
      a.gaussianNoise({ std: 0.1, seed: 3 }),
    ]);
    const map = labelMap();
    expect(await colour({ image: image(), mask: map }).mask.read()).toEqual(await map.read());
    const bytes = a.tensor(
      device.gpu,
      Uint8Array.from({ length: N * H * W }, (_, i) => [3, 200, 255][i % 3]),
      [N, 1, H, W],
      { dtype: "u8" },
    );
    const { mask } = a.sequential([a.rotate({ angle: 30 })])({ image: image(), mask: bytes });
    expect(mask.dtype).toBe("u8");
    only(await mask.read(), [0, 3, 200, 255]);
    const plain = a.sequential([a.rot90()])({ image: image(), mask: a.reshape(labelMap(), [N, H, W]) });
    expect(plain.mask.shape).toEqual([N, W, H]);
  });

  test("show their fill beyond the image, and 0 where it is erased, or not", async () => {
    const given = {
      image: image(),
      void: a.asMask(labelMap(), { fill: 99 }),
      kept: a.asMask(labelMap(), { erased: false }),
      mask: labelMap(),
      heat: a.asHeatmap(labelMap()),
    };
    const shift = a.sequential([a.translate({ x: 4 })])(given);
    only(
      (await shift.void.data.read()).filter((_, i) => i % W < 4),
      [99],
    );
    const erase = a.sequential([a.erasing({ x: 2, y: 3, width: 4, height: 5, value: 0.5 })])(given);
    const [mask, kept, heat, whole] = await Promise.all([
      erase.mask.read(),
      erase.kept.data.read(),
      erase.heat.data.read(),
      given.mask.read(),
    ]);
    expect(kept).toEqual(whole);
    expect(heat).toEqual(mask);
    const rectangle = (i: number) => i % W >= 2 && i % W < 6 && Math.floor(i / W) % H >= 3 && Math.floor(i / W) % H < 8;
    expect([...mask]).toEqual([...whole].map((value, i) => (rectangle(i) ? 0 : value)));
  });
});

test("what is erased is hidden by whole pixels in the mask's own pass: coins, gates between 0 and 1, bytes, gradients", async () => {
  const place = { x: 2.4, y: 3, width: 4, height: 5 };
  const inside = (i: number) => i % W >= 2 && i % W < 6 && Math.floor(i / W) % H >= 3 && Math.floor(i / W) % H < 8;
  const size = N * H * W;
  const on = a.parameter(
    device.gpu,
    Array.from({ length: N }, (_, n) => [1, 0.4, 0.9][n % 3]),
  );
  const coin = Array.from({ length: N }, (_, n) => (n + 1) % 2);
  const sample = (i: number) => Math.floor(i / (H * W));
  const cases: [readonly number[] | a.Tensor | undefined, (n: number) => boolean][] = [
    [undefined, () => true],
    [coin, (n) => coin[n] === 1],
    [on, (n) => [1, 0.4, 0.9][n % 3] > 0.5],
  ];
  const bytes = Uint8Array.from({ length: size }, (_, i) => i % 250);
  for (const [gate, applies] of cases) {
    const mask = a.parameter(device.gpu, Float32Array.from(bytes), [N, 1, H, W]);
    const erase = a.sequential([a.erasing({ ...place, on: gate })]);
    const stored = a.tensor(device.gpu, bytes, [N, 1, H, W], { dtype: "u8" });
    const out = erase({ image: image(), mask, masks: stored });
    const hidden = Array.from({ length: size }, (_, i) => applies(sample(i)) && inside(i));
    const wanted = hidden.map((is, i) => (is ? 0 : bytes[i]));
    expect([...(await out.mask.read())]).toEqual(wanted);
    expect([...(await out.masks.read())]).toEqual(wanted);
    a.backward(a.sum(out.mask));
    expect([...(await mask.grad!.read())]).toEqual(hidden.map((is) => Number(!is)));
    expect(on.grad).toBeNull();
  }
});

test("a user's own point that covers says by which value, and masks follow", async () => {
  const wgsl = `struct Params { value: f32 }
fn forward(x: vec3f, p: Params, at: Pixel) -> vec3f { return select(x, vec3f(p.value), at.x < 4.0); }
fn backward(x: vec3f, p: Params, at: Pixel, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let hidden = at.x < 4.0;
  (*gp).value += select(0.0, gy.x + gy.y + gy.z, hidden);
  return select(gy, vec3f(0.0), hidden);
}`;
  const params = { value: { default: 0.5, unit: "intensity", doc: "what is shown" } };
  const parts = { kind: "point", position: true, params, doc: "y = value where x < 4", source: "a test" } as const;
  const curtain = a.declare({
    ...parts,
    name: "curtain",
    wgsl: `import package::lib::pixel::Pixel;\n${wgsl}`,
    covers: "value",
  });
  const whole = labelMap();
  const { mask } = a.sequential([curtain()])({ image: image(), mask: whole });
  expect([...(await mask.read())]).toEqual([...(await whole.read())].map((value, i) => (i % W < 4 ? 0 : value)));
  expect(() => a.declare({ ...parts, name: "other", wgsl, covers: "size" })).toThrow(/covers of other/);
  expect(() => a.declare({ ...parts, name: "other", wgsl, kind: "map", covers: "value" })).toThrow(/covers of other/);
});

test("label maps of volumes move slice by slice, by whole pixels", async () => {
  const volume = make([N, 2, 3, H, W], (i) => VALUES[Math.floor(i / 5) % 5]);
  const chain = [a.rotate({ angle: [20, -35] }), a.resize({ width: 7, height: 5 })];
  const out = a.sequential(chain)({ mask: volume, image: image() });
  expect(out.mask.shape).toEqual([N, 2, 3, 5, 7]);
  const values = await out.mask.read();
  only(values, VALUES);
  const flat = a.sequential(chain)({ mask: a.reshape(volume, [N, 6, H, W]), image: image() });
  expect(await flat.mask.read()).toEqual(values);
  // One volume beside one image.
  const slices = (of: a.Tensor, i: number) => a.reshape(a.slice(of, 0, i, i + 1), of.shape.slice(1));
  const alone = a.sequential([a.rotate({ angle: 20 }), a.resize({ width: 7, height: 5 })])({
    labelMap: slices(volume, 0),
    image: slices(image(), 0),
  });
  expect(await alone.labelMap.read()).toEqual(values.slice(0, values.length / 2));
});

test("heat maps and volumes move as images do", async () => {
  const chain = [a.rotate({ angle: 33 }), a.translate({ x: 1.5 }), a.invert()];
  const volume = make([N, 2, 3, H, W], noise);
  const out = a.sequential(chain)({ heatmap: image(2), volume });
  expect(await out.heatmap.read()).toEqual(await a.apply(image(2), chain.slice(0, 2)).read());
  expect(out.volume.shape).toEqual([N, 2, 3, H, W]);
  expect(await out.volume.read()).toEqual(await a.apply(a.reshape(volume, [N, 6, H, W]), chain.slice(0, 2)).read());
});

test("fields of vectors: flow ends where its ends go, directions turn and keep their length", async () => {
  const flow = make([N, 3, H, W], (i) => [1.5, -0.75, 9][Math.floor(i / (H * W)) % 3]);
  const at = async (field: a.Tensor, x: number, y: number) => {
    const values = await field.read();
    const [, c, h, w] = field.shape;
    return Array.from({ length: c }, (_, k) => values[(k * h + y) * w + x]);
  };
  const near = (given: number[], wanted: number[]) =>
    wanted.forEach((value, i) => expect(given[i]).toBeCloseTo(value, 3));
  const out = (chain: a.Tree[]) => a.sequential(chain)({ flow, normals: flow });
  const turned = out([a.rotate({ angle: 90 })]);
  near(await at(turned.flow, 8, 7), [-0.75, -1.5, 9]);
  const mirrored = out([a.horizontalFlip()]);
  near(await at(mirrored.flow, 3, 3), [-1.5, -0.75, 9]);
  near(await at(mirrored.normals, 3, 3), [-1.5, -0.75, 9]);
  const grown = out([a.scale({ x: 2, y: 2 })]);
  near(await at(grown.flow, 8, 7), [3, -1.5, 9]);
  near(await at(grown.normals, 8, 7), [1.5, -0.75, 9]);
  expect(await out([a.invert()]).flow.read()).toEqual(await flow.read());
});

test("labels are blended by mixes, and by nothing else", async () => {
  const label = make([N], (i) => i);
  const still = a.sequential([a.rotate({ angle: 3 })])({ image: image(), label });
  expect(still.label).toBe(label);
  const mix = a.sequential([a.mixup({ partner: [1, 0], lambda: [0.25, 1] })]);
  expect(() => mix({ image: image(), label })).toThrow(/label: got \[2\]; .*asLabels/);
  const out = mix({ image: image(), label: a.asLabels(label, { classes: 3 }), labels: a.oneHot(label, 3) });
  expect([...(await out.labels.read())]).toEqual([0.25, 0.75, 0, 0, 1, 0]);
  expect(await out.label.data.read()).toEqual(await out.labels.read());
});

test("points go through tiles of their own sample", () => {
  const tiles = a.sequential([a.jigsaw({ permutation: [1, 0], grid: [1, 2] })]);
  expect(() => tiles({ image: image(), keypoints: make([N, 1, 2], (i) => i) })).not.toThrow();
});

test("labels of an image cost the passes that move them, and no more", async () => {
  const six = [
    a.brightness({ factor: 1.1 }), a.contrast({ factor: 0.9 }), a.horizontalFlip(), a.rotate({ angle: 10 }), a.scale({ x: 1.1 }), a.gaussianBlur({ sigma: 1 }),
  ]; // biome-ignore format: six
  const augment = a.sequential(six);
  const dispatches = async (call: () => unknown) => {
    await device.gpu.sync();
    const before = device.gpu.stats.dispatches;
    call();
    await device.gpu.sync();
    return device.gpu.stats.dispatches - before;
  };
  const x = make([N, 3, 64, 64], noise);
  const mask = make([N, 1, 64, 64], noise);
  const [boxes, keypoints] = [make([N, 3, 4], (i) => 10 * (i % 4)), make([N, 5, 2], (i) => i)];
  augment({ image: x, boxes, keypoints });
  const alone = await dispatches(() => augment(x));
  expect((await dispatches(() => augment({ image: x, mask }))) - alone).toBe(1);
  // What places need is small: none goes over pixels.
  expect((await dispatches(() => augment({ image: x, keypoints }))) - alone).toBeLessThan(4);
  expect((await dispatches(() => augment({ image: x, boxes, keypoints }))) - alone).toBeLessThan(16);
});
