/** Labels of samples that meet in a mix: partners' boxes, points and instances come along, and show where they are seen. */
import { expect, test, vi } from "vitest";
import * as a from "../../src/index.ts";
import { randomFrom } from "../fuzz/random.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
// Compiling on a busy processor takes its time.
vi.setConfig({ testTimeout: 60_000 });
const [N, S] = [3, 24];
const mixes: Record<string, a.Tree[]> = {
  mosaic: [a.mosaic({ partners: [[1, 2, 0], [2, 2, 0], [0, 1, 1]], x: [5, 17, 9], y: [13, 4, 10] })], // biome-ignore format: rows of samples
  "mosaic of another size": [a.mosaic({ partners: [1, 2, 0], x: [5, 17, 9], y: [13, 4, 10], width: 30, height: 20 })],
  cutmix: [a.cutmix({ partner: [1, 2, 0], x: [4, -3, 12], y: [6, 3, 9], width: [9, 14, 20], height: 12 })],
  cutmixArea: [a.cutmixArea({ partner: [1, 2, 0], area: 0.25, x: [0, 1, 0.5], y: 0.5 })],
  chain: [
    a.horizontalFlip({ p: 0.5 }),
    a.mosaic({ partners: [1, 2, 0], x: [5, 17, 9], y: [13, 4, 10], p: 0.6 }),
    a.translate({ x: a.uniform(-4, 4), y: 3 }),
    a.RandomCutMixV2({ cutSize: [0.2, 0.5], p: 0.7 }),
    a.scale({ x: 1.2, y: 1.2 }),
  ],
};

const read = async (x: unknown): Promise<Float32Array> => (x as a.Tensor).read();

/** Random rectangles of whole pixels, K a sample, as masks and edges. */
function rectangles(K: number) {
  const r = randomFrom(11, K);
  const boxes = Array.from({ length: N * K }, () => {
    const [x, y] = [r.whole(0, S - 5), r.whole(0, S - 5)];
    return [x, y, r.whole(x + 3, S), r.whole(y + 3, S)];
  });
  const edges = a.tensor(device.gpu, boxes.flat(), [N, K, 4]);
  return { boxes: edges, masks: a.bboxToMask(edges, { height: S, width: S }) };
}

test.each(Object.entries(mixes))("boxes are as tight as what is seen of them: %s", async (_, chain) => {
  const K = 6;
  const { boxes, masks } = rectangles(K);
  const pipeline = a.sequential(chain);
  const image = a.zeros(device.gpu, [N, 1, S, S]);
  const out = pipeline({ image, all: a.asInstances({ boxes: a.asBoxes(boxes), masks }) }, { step: 3 });
  const [, , h, w] = out.image.shape;
  const [edges, kept, seen] = [
    await read(out.all.data.boxes.data),
    await read(out.all.kept),
    await read(out.all.data.masks),
  ];
  const rows = out.all.data.masks.shape[1];
  expect(rows).toBeGreaterThan(K);
  let some = 0;
  for (let i = 0; i < N * rows; i++) {
    const own = seen.subarray(i * h * w, (i + 1) * h * w);
    const on = Array.from(own.keys()).filter((at) => own[at] > 0);
    const xs = on.map((at) => at % w);
    const ys = on.map((at) => Math.floor(at / w));
    const box = edges.subarray(4 * i, 4 * i + 4);
    if (on.length === 0) {
      // What is seen of a box may be less than the centre of a pixel.
      if (kept[i]) expect(Math.min(box[2] - box[0], box[3] - box[1])).toBeLessThan(1.01);
      continue;
    }
    some++;
    expect(kept[i]).toBe(1);
    const tight = [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1];
    tight.forEach((edge, k) => {
      expect(Math.abs(edge - box[k]), `${i}: ${box} and ${tight}`).toBeLessThan(1.01);
    });
  }
  expect(some).toBeGreaterThan(K);
});

test.each(Object.entries(mixes))(
  "masks, labels and points of a source are where it is seen: %s",
  async (name, chain) => {
    const r = randomFrom(5, 1);
    // Each sample is of one value, which is its label; points lie between pixels.
    const values = Array.from({ length: N }, (_, n) => n + 1);
    const ids = a.tensor(
      device.gpu,
      values.flatMap((id) => Array.from({ length: S * S }, () => id)),
      [N, 1, S, S],
    );
    const P = 40;
    const keypoints = a.asKeypoints(
      a.tensor(
        device.gpu,
        Array.from({ length: 2 * N * P }, () => r.whole(0, S - 1) + r.between(-0.3, 0.3)),
        [N, 1, P, 2],
      ),
    );
    const all = a.asInstances({
      labels: a.tensor(device.gpu, values, [N, 1]),
      masks: a.ones(device.gpu, [N, 1, S, S]),
      keypoints,
    });
    const out = a.sequential(chain)({ mask: ids, all }, { step: 5 });
    const [, , h, w] = out.mask.shape;
    const [mixed, labels, masks] = [
      await read(out.mask),
      await read(out.all.data.labels),
      await read(out.all.data.masks),
    ];
    const rows = labels.length / N;
    const sum = new Float32Array(N * h * w);
    for (let i = 0; i < masks.length; i++)
      sum[Math.floor(i / (rows * h * w)) * h * w + (i % (h * w))] += masks[i] * labels[Math.floor(i / (h * w))];
    // A cut between pixels may give one on it to either side.
    const off = sum.filter((value, i) => value !== mixed[i]).length;
    expect(off / sum.length).toBeLessThan(0.02);
    expect(new Set(sum).size).toBeGreaterThan(1);

    const points = out.all.data.keypoints as a.Keypoints;
    const [places, kept] = [await read(points.data), await read(points.kept)];
    const counts = [0, 0];
    for (let i = 0; i < N * rows * P; i++) {
      const [x, y] = [Math.round(places[2 * i]), Math.round(places[2 * i + 1])];
      const inside = x >= 0 && y >= 0 && x < w && y < h;
      const row = Math.floor(i / P);
      const shown = inside && masks[(row * h + y) * w + x] > 0;
      if (!inside) expect(kept[i]).toBe(0);
      // What is within a pixel of a cut may be on either side of it.
      const near = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => masks[(row * h + y + dy) * w + x + dx]));
      if (!inside || new Set(near).size > 1 || x < 1 || y < 1 || x > w - 2 || y > h - 2) continue;
      expect(kept[i]).toBe(Number(shown));
      counts[kept[i]]++;
    }
    expect(counts[1]).toBeGreaterThan(20);
    // A mosaic hides nothing of a source but what lies beyond the image.
    expect(counts[0]).toBeGreaterThan(name.startsWith("mosaic") ? -1 : 20);
  },
);

test("a sample whose coin says no keeps its own, and nothing of others", async () => {
  const { boxes } = rectangles(2);
  const lists = [0, 1, 2].map((n) =>
    n === 1 ? null : a.tensor(device.gpu, [n, 1, n + 8, 9, n, 2, 12, 14].slice(0, 4 * (n || 1)), [n || 1, 4]),
  );
  const mix = a.mixup({ partner: [1, 2, 0], lambda: 0.3, on: [1, 0, 1] });
  const image = a.zeros(device.gpu, [N, 1, S, S]);
  const out = a.sequential([mix])({ image, boxes: a.asBoxes(boxes), list: a.asBoxes(lists), bboxes: boxes });
  expect([...(await read(out.boxes.kept))]).toEqual([1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1]);
  const given = await boxes.read();
  const part = (n: number) => [...given.subarray(8 * n, 8 * n + 8)];
  const zeros = Array.from({ length: 8 }, () => 0);
  expect([...(await read(out.boxes.data))]).toEqual([
    ...part(0),
    ...part(1),
    ...part(1),
    ...zeros,
    ...part(2),
    ...part(0),
  ]);
  expect(await read(out.bboxes)).toEqual(await read(out.boxes.data));
  const [first, second, third] = out.list.data as (a.Tensor | null)[];
  expect([first?.shape, second, third?.shape]).toEqual([[1, 4], null, [3, 4]]);
  expect([...(await read(third))]).toEqual([2, 1, 10, 9, 2, 2, 12, 14, 0, 1, 8, 9]);
  expect([...(await read((out.list.kept as a.Tensor[])[2]))]).toEqual([1, 1, 1]);
});

test("what a pasted rectangle hides of a box counts for its visibility, and cuts it where it covers a side", async () => {
  const boxes = a.tensor(device.gpu, [[2, 2, 10, 10], [6, 6, 8, 8], [4, 2, 16, 12], [0, 12, 6, 20]].flat(), [1, 4, 4]); // biome-ignore format: boxes
  // The partner is the sample itself: rows 4 to 7 are what is pasted.
  const mix = a.sequential([a.cutmix({ partner: 0, x: 5, y: 0, width: 6, height: 15 })]);
  const image = a.zeros(device.gpu, [1, 1, S, S]);
  const of = async (options: a.BoxOptions) => {
    const out = mix({ image, boxes: a.asBoxes(boxes, options) });
    return { data: [...(await read(out.boxes.data))], kept: [...(await read(out.boxes.kept))] };
  };
  const cut = [2, 2, 5, 10, 6, 8, 6, 8, 4, 2, 16, 12, 0, 12, 6, 20];
  const own = await of({});
  expect(own.data.slice(0, 4)).toEqual(cut.slice(0, 4));
  expect(own.data.slice(8, 16)).toEqual(cut.slice(8, 16));
  expect(own.data.slice(16)).toEqual([5, 2, 10, 10, 6, 6, 8, 8, 5, 2, 11, 12, 5, 12, 6, 15]);
  expect(own.kept).toEqual([1, 0, 1, 1, 1, 1, 1, 1]);
  // Seen: 3 of 8, none, 6 of 12, 45 of 48; and of what is pasted 5 of 8, all, 6 of 12, 3 of 48.
  expect((await of({ minVisibility: 0.4 })).kept).toEqual([0, 0, 1, 1, 1, 1, 1, 0]);
  const whole = await of({ clip: false });
  expect(whole.data).toEqual([...(await boxes.read()), ...(await boxes.read())]);
  expect(whole.kept).toEqual(own.kept);
});

test("polygons and lines of partners come along, in tensors and in lists, with which of their points are seen", async () => {
  const mix = a.sequential([a.mosaic({ partners: [1, 0, 0], x: 12, y: 0 })]);
  const image = a.zeros(device.gpu, [2, 1, S, S]);
  const line = (n: number) => [4 + n, 2, 20 + n, 3];
  const lines = a.tensor(device.gpu, [...line(0), ...line(1)], [2, 2, 2]);
  const [one, two] = [a.tensor(device.gpu, line(0), [2, 2]), a.tensor(device.gpu, [9, 9], [1, 2])];
  const out = mix({ image, lines: a.asLines(lines), polygons: a.asPolygons([one, [two, one]]) });
  expect(out.lines.data).toMatchObject({ shape: [2, 4, 2, 2] });
  // Shifts of (−12, 0), (12, 0), (−12, 24) and (12, 24): in the first image samples 0, 1, 0, 0.
  expect([...(await read(out.lines.data))].slice(0, 8)).toEqual([-8, 2, 8, 3, 17, 2, 33, 3]);
  expect([...(await read(out.lines.kept))].slice(0, 8)).toEqual([0, 1, 1, 0, 0, 0, 0, 0]);
  const polygons = out.polygons.data as (a.Tensor | null)[][];
  expect(polygons.map((own) => own.map((each) => each!.shape[0]))).toEqual([
    [2, 1, 2, 2, 2],
    [1, 2, 1, 2, 2, 2],
  ]);
  expect([...(await read(polygons[1][0]))]).toEqual([-3, 9]);
  expect([...(await read((out.polygons.kept as a.Tensor[][])[0][1]))]).toEqual([1]);
});

test("pairs change places at partners, too, and angles and oriented boxes turn with their own sample", async () => {
  const flip = a.horizontalFlip({ on: [1, 0] });
  const mix = a.sequential([flip, a.mosaic({ partners: [1, 0, 0], x: 12, y: 0 }), a.horizontalFlip()]);
  const image = a.zeros(device.gpu, [2, 1, S, S]);
  const points = a.tensor(device.gpu, [4, 5, 10, 5, 4, 6, 10, 6], [2, 2, 2]);
  const angle = a.tensor(device.gpu, [30, 40, 50, 60], [2, 2]);
  const keypoints = a.asKeypoints(points, { swap: [[0, 1]], angle });
  const oriented = a.asBoxes(a.tensor(device.gpu, [8, 8, 4, 2, 30, 9, 9, 4, 2, 40], [2, 1, 5]), { format: "oriented" });
  const out = mix({ image, keypoints, oriented });
  // Sample 0 is mirrored before, (4, 5) to (19, 5), and again behind: its own points are moved by 12 to the right, in their order.
  const [places, angles] = [await read(out.keypoints.data), await read(out.keypoints.angle)];
  expect([...places.subarray(0, 4)]).toEqual([16, 5, 22, 5]);
  expect(angles[0]).toBeCloseTo(30, 3);
  // Sample 1 comes in from the right, 12 further on, and is mirrored once: the pair has changed places.
  expect([...places.subarray(4, 8)]).toEqual([1, 6, 7, 6]);
  expect([angles[2], angles[3]]).toEqual([expect.closeTo(120, 3), expect.closeTo(130, 3)]);
  expect(out.keypoints.swap).toHaveLength(4);
  const turned = await read(out.oriented.data);
  expect([...turned.subarray(0, 5)]).toEqual([20, 8, 4, 2, 30].map((v) => expect.closeTo(v, 3)));
  expect([...turned.subarray(5, 10)]).toEqual([3, 9, 4, 2, 140].map((v) => expect.closeTo(v, 3)));
});

test("gradients reach the boxes of partners, and where the mix shows them, as differences say", async () => {
  const { gpu } = device;
  const r = randomFrom(3, 4);
  const { boxes: fixed } = rectangles(3);
  const start = Array.from(await fixed.read(), (edge) => edge + r.between(-0.2, 0.2));
  const kinds = {
    cutmix: (v: a.Tensor[]) =>
      a.cutmix({ partner: [1, 2, 0], x: v[0], y: v[1], width: v[2], height: v[3], relative: true }),
    cutmixArea: (v: a.Tensor[]) => a.cutmixArea({ partner: [1, 2, 0], area: a.mul(v[0], 0.9), x: v[1], y: v[0] }),
    mosaic: (v: a.Tensor[]) => a.mosaic({ partners: [1, 2, 0], x: a.mul(v[0], 20), y: a.mul(v[1], 22) }),
  };
  for (const [name, make] of Object.entries(kinds)) {
    const values = [0, 1, 2, 3].map((i) =>
      Array.from({ length: N }, () => (i < 2 ? r.between(0.2, 0.8) : r.between(5, 15))),
    );
    const weights = Array.from({ length: N * 3 * 4 * 4 }, () => r.between(-1, 1));
    const loss = (edges: a.Tensor, params: a.Tensor[]) => {
      const out = a.sequential([make(params), a.rotate({ angle: 7 })])({ boxes: edges }, { shape: [N, 1, S, S] });
      return a.sum(a.mul(out.boxes, a.tensor(gpu, weights.slice(0, out.boxes.size), out.boxes.shape)));
    };
    const edges = a.parameter(gpu, start, [N, 3, 4]);
    const params = values.map((each) => a.parameter(gpu, each));
    const wanted = name === "cutmix" ? params : params.slice(0, 2);
    const grads = a.grad(loss(edges, params), [edges, ...wanted]);
    const directions = [start, ...values.slice(0, wanted.length)].map((each) => each.map(() => r.between(-1, 1)));
    const at = async (t: number) => {
      const [e, ...p] = directions.map((d, i) =>
        [start, ...values][i].map((v, k) => v + t * d[k] * (i < 3 && i > 0 ? 0.1 : 1)),
      );
      const rest = values.slice(wanted.length);
      return (
        await loss(
          a.tensor(gpu, e, [N, 3, 4]),
          [...p, ...rest].map((each) => a.tensor(gpu, each)),
        ).read()
      )[0];
    };
    let slope = 0;
    for (const [i, g] of grads.entries())
      (await g.read()).forEach((value, k) => {
        slope += value * directions[i][k] * (i < 3 && i > 0 ? 0.1 : 1);
      });
    const h = 0.004;
    const difference = ((await at(h)) - (await at(-h))) / (2 * h);
    expect(Math.abs(slope)).toBeGreaterThan(1);
    expect(Math.abs(slope - difference), `${name}: ${slope} and ${difference}`).toBeLessThan(
      0.02 * Math.abs(slope) + 0.05,
    );
  }
});

test("vectors show one sample at each pixel, and values turn on the legs alone", async () => {
  const flow = a.tensor(
    device.gpu,
    Array.from({ length: 2 * 2 * S * S }, (_, i) => 1 + Math.floor(i / (S * S))),
    [2, 2, S, S],
  );
  const chain = [a.cutmix({ partner: [1, 0], x: 0, y: 0, width: 12, height: S }), a.horizontalFlip()];
  const out = await read(a.sequential(chain)({ flow }).flow);
  const row = out.subarray(0, S);
  expect([row[0], row[S - 1]]).toEqual([-1, -3]);
});

test("what cannot follow is refused at the call, by name", () => {
  const image = a.zeros(device.gpu, [2, 1, S, S]);
  const boxes = a.zeros(device.gpu, [2, 1, 4]);
  const partner = a.tensor(device.gpu, [1, 0]);
  const learned = a.sequential([a.mixup({ partner, lambda: 0.5 })]);
  expect(() => learned({ image, boxes })).not.toThrow();
  const list = [a.zeros(device.gpu, [1, 4]), null];
  expect(() => learned({ image, boxes: list })).toThrow(/boxes: got a list beside partners of mixup that are a tensor/);
  expect(() => learned({ image, instances: { labels: [a.zeros(device.gpu, [1]), null] } })).toThrow(
    /instances\.labels: got a list/,
  );
});

test("where a mix blends samples, each label says of which part of the image it is, with the gradient of the shares", async () => {
  const { gpu } = device;
  const { boxes } = rectangles(2);
  const lambda = a.parameter(gpu, [0.25, 0.5, 0.75]);
  const image = a.zeros(gpu, [N, 1, S, S]);
  const mix = a.mixup({ partner: [1, 2, 0], lambda, on: [1, 1, 0] });
  const list = [a.zeros(gpu, [1, 2]), null, a.zeros(gpu, [2, 2])];
  const given = { image, boxes: a.asBoxes(boxes), keypoints: a.asKeypoints(list), all: a.asInstances({ boxes }) };
  const out = a.sequential([mix, a.mosaic({ partners: [1, 1, 1], x: 3, y: 3 })])(given);
  const own = [
    [0.25, 0.25, 0.75, 0.75],
    [0.5, 0.5, 0.5, 0.5],
    [1, 1, 0, 0],
  ];
  const expected = own.flatMap((each) => [...each, ...own[1], ...own[1], ...own[1]]);
  expect([...(await read(out.boxes.weight))]).toEqual(expected);
  expect([...(await read(out.all.weight))]).toEqual(expected);
  const [first, , third] = out.keypoints.weight as (a.Tensor | null)[];
  // One's own point, no one of the second sample's; then of the second, twice three times, the two of its partner.
  expect([...(await read(first))]).toEqual([0.25, ...Array.from({ length: 6 }, () => 0.5)]);
  expect([...(await read(third))]).toEqual([1, 1, ...Array.from({ length: 6 }, () => 0.5)]);
  const along = Array.from({ length: 16 * N }, (_, k) => k * k);
  const loss = a.sum(a.mul(out.boxes.weight as a.Tensor, a.tensor(gpu, along, [N, 16])));
  const [g] = a.grad(loss, [lambda]);
  // A sample's rows stand first in its own image, and those of sample 1 in all others, too; the partner's have the rest.
  const blocks = (n: number) =>
    n === 1 ? [0, 1, 2, 3].flatMap((b) => [0, 1, 2].map((m) => [m, b])).filter(([m, b]) => b > 0 || m === 1) : [[0, 0]];
  const slope = (n: number) =>
    blocks(n).reduce((sum, [m, b]) => {
      const [c0, c1, c2, c3] = along.slice(16 * m + 4 * b);
      return sum + c0 + c1 - c2 - c3;
    }, 0);
  expect([...(await g.read())]).toEqual([slope(0), slope(1), 0]);
  const taken = await a.takeKept(out.boxes);
  expect((taken.weight as a.Tensor[]).map((each) => each.shape)).toEqual(
    (taken.kept as a.Tensor[]).map((each) => each.shape),
  );
  expect(a.sequential([a.horizontalFlip()])(given).boxes.weight).toBeNull();
  await expect(a.takeKept(a.asPolygons(boxes) as never)).rejects.toThrow(/target of takeKept\(\)/);
});

test("a mix that a user declares takes boxes along by its parts", async () => {
  const { gpu } = device;
  // The left half is the sample's own, the right half the partner's left one.
  const wgsl = `import package::lib::frame::Frame;
    import package::lib::pixel::Pixel;
    import package::lib::tap::Tap;
    struct Params { amount: f32 }
    fn tap(i: u32, at: Pixel, p: Params, f: Frame) -> Tap {
      let right = at.x >= 0.5 * f.width;
      return Tap(select(0u, 1u, right), Pixel(select(at.x, at.x - 0.5 * f.width, right), at.y), 1.0);
    }
    fn seen(i: u32, source: u32, at: Pixel, p: Params, f: Frame) -> Tap {
      return Tap(source, Pixel(at.x + select(0.0, 0.5 * f.width, source == 1u), at.y), 1.0);
    }
    fn backward(at: Pixel, p: Params, f: Frame, gs: array<f32, 1>, gp: ptr<function, Params>) {}`;
  const declaration = {
    name: "halves",
    kind: "mix",
    reads: "batch",
    wgsl,
    params: {
      partner: { role: "partner", integer: true, gradient: false, min: 0, unit: "samples", doc: "which sample" },
      amount: { default: 0, unit: "share", doc: "of no effect" },
    },
    mix: {
      taps: 1,
      reach: 1,
      parts: ((_, { width, height }, of) => {
        const [none, half, all] = [0, width / 2, height].map(of.of);
        return [{ edges: [none, none, half, all] }, { shift: [half, none], edges: [half, none, of.of(width), all] }];
      }) as a.MixSpec["parts"],
    },
    doc: "left halves side by side",
    source: "this test",
  } as const;
  const halves = a.declare<{ partner: a.ParamValue }>(declaration);
  const boxes = a.tensor(gpu, [2, 2, 16, 10, 14, 3, 20, 9], [2, 1, 4]);
  const mask = a.tensor(
    gpu,
    Array.from({ length: 2 * S * S }, (_, i) => 1 + Math.floor(i / (S * S))),
    [2, 1, S, S],
  );
  const out = a.sequential([halves({ partner: [1, 0] })])({ mask, boxes, labels: a.tensor(gpu, [1, 0, 0, 1], [2, 2]) });
  expect([...(await read(out.boxes))]).toEqual([2, 2, 12, 10, 24, 3, 24, 9, 12, 3, 12, 9, 14, 2, 24, 10]);
  expect([...(await read(out.labels))]).toEqual([0.5, 0.5, 0.5, 0.5]);
  const row = (await read(out.mask)).subarray(0, S);
  expect([row[0], row[S - 1]]).toEqual([1, 2]);
  const both = { ...declaration, mix: { ...declaration.mix, shares: () => [] } };
  expect(() => a.declare(both as never)).toThrow(/shares of halves.*one of the two/s);
  expect(() => a.declare({ ...declaration, mix: { taps: 1, reach: 1, parts: 1 } } as never)).toThrow(/parts of halves/);
  const unsaid = a.declare<{ partner: a.ParamValue }>({ ...declaration, mix: { taps: 1, reach: 1, shares: (_, __, of) => [of.of(0.5), of.of(0.5)] } }); // biome-ignore format: one line
  expect(() => a.sequential([unsaid({ partner: 0 })])({ mask, boxes })).toThrow(
    /boxes: got places in a pipeline with halves/,
  );
});

test("steps run flat in memory, and give equal bits", async () => {
  const { gpu } = device;
  const { boxes, masks } = rectangles(2);
  const image = a.zeros(gpu, [N, 1, S, S]);
  const points = a.slice(boxes, 2, 0, 2);
  const pipeline = a.sequential([a.RandomMosaic({ p: 0.5 }), a.RandomCutMixV2(), a.RandomMixUpV2()]);
  const step = async () => {
    const out = pipeline(
      { image, all: a.asInstances({ boxes, masks }), keypoints: a.asKeypoints(points) },
      { step: 7 },
    );
    const bits = [await read(out.all.data.boxes), await read(out.keypoints.data), await read(out.all.weight)];
    for (const each of [
      out.image,
      out.all.data.boxes,
      out.all.data.masks,
      out.all.kept,
      out.all.weight,
      out.keypoints.data,
      out.keypoints.kept,
      out.keypoints.weight,
    ])
      (each as a.Tensor).dispose();
    return { bits, bytes: gpu.stats.bytesInUse };
  };
  await step();
  const first = await step();
  for (let i = 0; i < 3; i++) expect(await step()).toEqual(first);
});

test("partners that are a tensor are rounded and held in the batch, for labels as for images", async () => {
  const { gpu } = device;
  const partner = a.tensor(gpu, [1.4, -3, 9]);
  const { boxes } = rectangles(1);
  const labels = a.tensor(gpu, [1, 0, 0, 0, 1, 0, 0, 0, 1], [N, 3]);
  const image = a.reshape(labels, [N, 3, 1, 1]);
  const mixed = a.sequential([a.mixup({ partner, lambda: 0.25 })])({ image, labels });
  expect(await read(mixed.labels)).toEqual(await read(mixed.image));
  const out = a.sequential([a.mixup({ partner, lambda: 0.25 })])({ boxes }, { shape: [N, 1, S, S] });
  const known = a.sequential([a.mixup({ partner: [1, 0, 2], lambda: 0.25 })])({ boxes }, { shape: [N, 1, S, S] });
  expect(await read(out.boxes)).toEqual(await read(known.boxes));
});
