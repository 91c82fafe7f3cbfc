import fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import * as a from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const [N, H, W] = [2, 6, 8];
const fill = (shape: readonly number[], of = (i: number) => (i % 7) / 7) =>
  a.tensor(
    device.gpu,
    Float32Array.from({ length: shape.reduce((p, n) => p * n, 1) }, (_, i) => of(i)),
    shape,
  );
const image = (channels = 1) => fill([N, channels, H, W]);
const mask = () => fill([N, 1, H, W], (i) => i % 4);
const points = () => fill([N, 2, 2], (i) => [1, 2, 5, 4][i % 4]);
const boxes = () => fill([N, 1, 4], (i) => [1, 2, 4, 5][i % 4]);
const flip = a.sequential([a.horizontalFlip()]);

describe("an object in, the same shape of object out", () => {
  test("whatever its nesting, with nothing lost", async () => {
    const meta = { id: "a", tags: ["x"] };
    const label = fill([N]);
    const given = {
      left: { image: image(), mask: mask(), none: null },
      right: [
        { image: image(), keypoints: points() },
        { boxes: boxes(), missing: undefined },
      ],
      several: [{ image: image(3) }, { image: image(1) }],
      label,
      meta: a.asIs(meta),
    };
    const out = flip(given);
    expect(Object.keys(out)).toEqual(Object.keys(given));
    expect(Object.keys(out.left)).toEqual(["image", "mask", "none"]);
    expect(out.left.none).toBeNull();
    expect(out.right).toHaveLength(2);
    expect(Object.keys(out.right[1])).toEqual(["boxes", "missing"]);
    expect(out.several.map(({ image: { shape } }) => shape[1])).toEqual([3, 1]);
    expect(out.label).toBe(label);
    expect(out.meta).toBe(meta);
    const [{ image: whole }] = out.several;
    expect(await whole.read()).toEqual(await flip(given.several[0].image).read());
    expect(await (out.right[0] as { keypoints: a.Tensor }).keypoints.read()).toEqual(
      Float32Array.from([6, 2, 2, 4, 6, 2, 2, 4]),
    );
    expect(await (out.right[1] as { boxes: a.Tensor }).boxes.read()).toEqual(
      Float32Array.from([4, 2, 7, 5, 4, 2, 7, 5]),
    );
  });

  test("every part gets the same draw, and a replay has the same bits", async () => {
    const augment = a.sequential([
      a.rotate({ angle: a.uniform(-40, 40), p: 0.7 }),
      a.translate({ x: a.uniform(-2, 2), y: a.uniform(-2, 2) }),
      a.brightness({ factor: a.uniform(0.5, 1.5) }),
    ]);
    const given = { image: image(), mask: mask(), keypoints: points(), boxes: boxes() };
    const first = augment(given, { step: 3 });
    const again = augment.replay(given, augment.sample(N, { step: 3 }));
    for (const name of ["image", "mask", "keypoints", "boxes"] as const)
      expect(await again[name].read(), name).toEqual(await first[name].read());
    expect(await first.image.read()).toEqual(await augment(given.image, { step: 3 }).read());
    const other = augment(given, { step: 4 });
    expect(await other.keypoints.read()).not.toEqual(await first.keypoints.read());
  });

  test("an own __proto__ is a name like any other", () => {
    const hostile = JSON.parse('{ "__proto__": 1 }');
    expect(() => flip({ image: image(), hostile })).toThrow(/hostile\.__proto__/);
    expect(({} as { image?: unknown }).image).toBeUndefined();
  });

  test("nothing else stays allocated, a thousand steps long", async () => {
    const given = { image: image(), mask: mask(), boxes: a.asBoxes(boxes(), { minArea: 2 }), keypoints: points() };
    const free = (out: a.Moved<typeof given>) => {
      for (const each of [out.image, out.mask, out.boxes.data, out.boxes.kept, out.keypoints])
        (each as a.Tensor).dispose();
    };
    free(flip(given));
    const before = device.gpu.stats.bytesInUse;
    for (let i = 0; i < 20; i++) free(flip(given));
    expect(device.gpu.stats.bytesInUse).toBe(before);
    await device.gpu.sync();
  });

  test("an object without images says how large they would be", async () => {
    expect(() => flip({ keypoints: points() })).toThrow(/shape: got nothing/);
    const { keypoints } = flip({ keypoints: points() }, { shape: [N, 3, H, W] });
    expect((await keypoints.read())[0]).toBe(6);
    expect(() => flip({ image: image(), keypoints: points() }, { shape: [N, 1, 5, 5] })).toThrow(
      /image: got 2 images of 6 x 8 pixels; .*2 images of 5 x 5 pixels/,
    );
  });
});

describe("what is wrong is refused, by its place in the object", () => {
  const at = (targets: Record<string, unknown>) => () => flip({ image: image(), ...targets });
  test.each<[string, () => Record<string, unknown>, RegExp]>([
    [
      "an unknown name",
      () => ({ seg: mask() }),
      /seg: got tensor .* under an unknown name.*; allowed is one of image, .*asIs/,
    ],
    ["a misspelt name", () => ({ keypoint: points() }), /did you mean "keypoints"/],
    ["text", () => ({ name: "a" }), /name: got string "a" under an unknown name/],
    ["text under a known name", () => ({ mask: "a" }), /mask: got string "a"; allowed is a tensor/],
    [
      "more masks than images",
      () => ({ mask: fill([3, 1, H, W]) }),
      /mask: got \[3, 1, 6, 8\]; .* N = 2, H = 6, W = 8/,
    ],
    ["a mask of another size", () => ({ a: { mask: fill([N, 1, W, H]) } }), /a\.mask: got/],
    ["boxes of three numbers", () => ({ boxes: fill([N, 1, 3]) }), /boxes: got \[2, 1, 3\]; allowed is \[N, K, 4\]/],
    ["boxes of one image", () => ({ boxes: fill([1, 1, 4]) }), /N = 2/],
    ["a list of another length", () => ({ boxes: [fill([1, 4])] }), /boxes: got a list of 1; allowed is a list of 2/],
    ["rows that differ", () => ({ boxes: [fill([1, 4]), fill([1, 5])] }), /boxes\[1\]: got \[1, 5\]/],
    [
      "points of u8",
      () => ({ keypoints: a.tensor(device.gpu, new Uint8Array(8), [N, 2, 2], { dtype: "u8" }) }),
      /keypoints: got a tensor of u8/,
    ],
    ["labels for other images", () => ({ label: fill([3]) }), /label: got \[3\]/],
    [
      "a pair of a point that is not there",
      () => ({ k: a.asKeypoints(points(), { swap: [[0, 5]] }) }),
      /swap of k: got point 5/,
    ],
    ["counts beyond the rows", () => ({ b: a.asBoxes(boxes(), { counts: [1, 2] }) }), /counts of b: got \[1, 2\]/],
    ["a list that holds text", () => ({ polygons: [[["a"]], null] }), /polygons\[0\]\[0\]\[0\]: got string "a"/],
  ])("%s", (_, targets, message) => {
    const make = at(targets());
    expect(make).toThrow(a.ArgumentError);
    expect(make).toThrow(message);
  });

  test("an object that holds itself, and one that only looks like a target", () => {
    const round: Record<string, unknown> = { image: image() };
    round.more = round;
    expect(() => flip(round)).toThrow(/objects deep/);
    expect(at({ boxes: { target: "boxes", data: boxes() } })).toThrow(/boxes\.target: got string "boxes"/);
    expect(at({})).not.toThrow();
    expect(() => flip({})).toThrow(/x: got an object without a tensor/);
  });

  test("wrong options", () => {
    expect(() => a.asBoxes(boxes(), { format: "yxyx" as never })).toThrow(/format/);
    expect(() => a.asBoxes(boxes(), { format: "oriented", normalized: true })).toThrow(/normalized/);
    expect(() => a.asKeypoints(points(), { swap: [[0, 0]] })).toThrow(/swap/);
    expect(() => a.asMask("x" as never)).toThrow(/data of asMask/);
    expect(() => a.asBoxes([1] as never)).toThrow(/data of asBoxes/);
  });
});

test("one image [C, H, W], with what belongs to it, is a batch of one without its first dimension", async () => {
  const one = (x: a.Tensor) => a.reshape(a.slice(x, 0, 0, 1), x.shape.slice(1));
  const label = a.tensor(device.gpu, 3);
  const corners = fill([3, 2], (i) => i);
  const many = {
    image: a.slice(image(3), 0, 0, 1),
    mask: a.slice(mask(), 0, 0, 1),
    keypoints: a.slice(points(), 0, 0, 1),
    boxes: a.asBoxes(a.slice(boxes(), 0, 0, 1)),
    instances: { boxes: a.slice(boxes(), 0, 0, 1), labels: fill([1, 1]) },
  };
  const alone = {
    image: one(image(3)),
    mask: one(mask()),
    plane: a.asMask(a.reshape(one(mask()), [H, W])),
    keypoints: one(points()),
    boxes: a.asBoxes(one(boxes())),
    polygons: [corners, null],
    instances: { boxes: one(boxes()), labels: fill([1]) },
    label,
    id: a.asIs("x"),
  };
  const turn = a.sequential([a.rot90(), a.rotate({ angle: a.uniform(-20, 20) })]);
  const [out, all] = [turn(alone, { step: 2 }), turn(many, { step: 2 })];
  const pairs: [a.Tensor, a.Tensor][] = [
    [out.image, all.image],
    [out.mask, all.mask],
    [out.plane.data, all.mask],
    [out.keypoints, all.keypoints],
    [out.boxes.data as a.Tensor, all.boxes.data as a.Tensor],
    [out.boxes.kept as a.Tensor, all.boxes.kept as a.Tensor],
    [out.instances.boxes, all.instances.boxes],
  ];
  for (const [result, wanted] of pairs) expect(await result.read()).toEqual(await wanted.read());
  expect(
    [out.image, out.mask, out.plane.data, out.keypoints, out.boxes.kept as a.Tensor].map(({ shape }) => shape),
  ).toEqual([[3, W, H], [1, W, H], [W, H], [2, 2], [1]]);
  expect(out.label).toBe(label);
  expect(out.id).toBe("x");
  expect((out.polygons as unknown as [a.Tensor, null]).map((each) => each?.shape ?? null)).toEqual([[3, 2], null]);
  expect(() => turn({ image: alone.image, boxes: [one(boxes())] }, { step: 2 })).toThrow(
    /boxes: got a list beside an image/,
  );
  // [N, 1, H, W] beside one image is a volume of its labels; one more dimension is nothing.
  const deeper = a.reshape(mask(), [N, 1, 1, H, W]);
  expect(() => turn({ image: alone.image, mask: deeper }, { step: 2 })).toThrow(/mask: got/);
});

test("whatever an object holds, only typed errors come out, by the name of a part", () => {
  const leaf = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      undefined,
      5,
      Number.NaN,
      "text",
      true,
      Symbol("s"),
      3n,
      new Date(),
      () => 1,
      new Map(),
    ),
    fc
      .constantFrom([N, 1, H, W], [N, 2, 4], [N, 3, 2], [N], [1, 1, 1, 1, 1])
      .map((shape) => a.zeros(device.gpu, shape)),
    fc.constantFrom(a.asIs(3), a.asBoxes(boxes()), a.asKeypoints([null, fill([2, 2])]), a.asMask(mask())),
  );
  const name = fc.constantFrom(
    "image",
    "mask",
    "boxes",
    "keypoints",
    "polygons",
    "label",
    "flow",
    "instances",
    "volume",
    "x",
    "__proto__",
    "mask_2",
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(name, tie("tree"), { maxKeys: 4 }),
    ),
  }));
  let moved = 0;
  fc.assert(
    fc.property(fc.dictionary(name, tree, { maxKeys: 5 }), (object) => {
      const scope = device.gpu.scope();
      try {
        const out = flip(object, { shape: [N, 1, H, W] }) as object;
        expect(Object.keys(out)).toEqual(Object.keys(object));
        moved++;
      } catch (error) {
        expect(error, String((error as Error).stack)).toBeInstanceOf(a.AugradError);
        expect((error as Error).message.length).toBeLessThan(700);
      } finally {
        scope.dispose();
      }
    }),
    { seed: 4, numRuns: 200 },
  );
  expect(moved).toBeGreaterThan(5);
});

describe("applyMotion", () => {
  const turns = () => a.motionOf(device.gpu, [a.horizontalFlip({ on: [1, 0] }), a.rot90()], [N, 1, H, W]);

  test("brings an object back where it came from, in the form in which it came", async () => {
    const motion = turns();
    const bytes = a.tensor(
      device.gpu,
      Uint8Array.from({ length: N * H * W }, (_, i) => (i * 7) % 256),
      [N, 1, H, W],
      { dtype: "u8" },
    );
    const label = fill([N]);
    const given = { image: image(2), mask: bytes, rest: { keypoints: points(), boxes: a.asBoxes(boxes()) }, label };
    const there = a.applyMotion(given, motion);
    expect([there.image.shape, there.mask.shape]).toEqual([[N, 2, W, H], [N, 1, W, H]]); // biome-ignore format: shapes
    const back = a.applyMotion(there, motion.inverse());
    expect(back.mask.dtype).toBe("u8");
    expect(back.label).toBe(label);
    const pairs: [a.Tensor<a.DType>, a.Tensor<a.DType>][] = [
      [back.image, given.image],
      [back.mask, given.mask],
      [back.rest.keypoints, given.rest.keypoints],
      [back.rest.boxes.data as a.Tensor, given.rest.boxes.data as a.Tensor],
    ];
    for (const [result, wanted] of pairs) {
      const [values, own] = [await result.read(), await wanted.read()];
      own.forEach((value, i) => {
        expect(values[i]).toBeCloseTo(value, 4);
      });
    }
    expect([...(await (back.rest.boxes.kept as a.Tensor).read())]).toEqual([1, 1]);
  });

  test("refuses what is no motion, and images of another size", () => {
    expect(() => a.applyMotion({ image: image() }, {} as never)).toThrow(/motion of applyMotion\(\): got object/);
    expect(() => a.applyMotion({ image: fill([N, 1, W, H]) }, turns())).toThrow(/image: got 2 images of 8 x 6 pixels/);
    expect(() => a.applyMotion([image()], turns())).toThrow(/targets of applyMotion/);
  });
});

test("types follow the object", () => {
  const never = (_: () => unknown) => {};
  never(() => {
    const x = image();
    const bytes = a.tensor(device.gpu, new Uint8Array(1), [1, 1, 1, 1], { dtype: "u8" });
    const out = flip({ image: bytes, mask: bytes, nested: [{ boxes: a.asBoxes(x) }], id: a.asIs(5) });
    expectTypeOf(out.image).toEqualTypeOf<a.Tensor<"f32">>();
    expectTypeOf(out.mask).toEqualTypeOf<a.Tensor<"u8">>();
    expectTypeOf(out.nested[0].boxes).toEqualTypeOf<a.Boxes>();
    expectTypeOf(out.id).toEqualTypeOf<number>();
  });
});
