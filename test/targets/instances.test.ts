import { describe, expect, test } from "vitest";
import * as a from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const [N, K, H, W] = [2, 3, 10, 14];
const flat = (values: readonly number[], shape: number[]) => a.tensor(device.gpu, values, shape);
const list = async (x: unknown) => [...(await (x as a.Tensor).read())];

/** Boxes on whole pixels, and masks that fill a part of them. */
const RECTANGLES = [[1, 1, 4, 5], [6, 2, 9, 8], [10, 0, 14, 4], [0, 6, 3, 9], [5, 5, 8, 7], [9, 1, 13, 9]]; // biome-ignore format: rows
const masks = () =>
  flat(
    RECTANGLES.flatMap(([x0, y0, x1, y1]) =>
      Array.from({ length: H * W }, (_, i) => {
        const [x, y] = [i % W, Math.floor(i / W)];
        return Number(x >= x0 && x < x1 - 1 && y >= y0 && y < y1);
      }),
    ),
    [N, K, H, W],
  );
const boxes = () => flat(RECTANGLES.flat(), [N, K, 4]);
const members = () => ({
  boxes: a.asBoxes(boxes(), { minVisibility: 0.5 }),
  masks: masks(),
  keypoints: flat(RECTANGLES.flatMap(([x0, y0, x1, y1]) => [x0, y0, x1 - 1, y1 - 1]), [N, K, 2, 2]), // biome-ignore format: one call
  labels: flat([10, 11, 12, 20, 21, 22], [N, K]),
  scores: a.asIs(flat([0, 1, 2, 3, 4, 5], [N, K])),
});
const image = () => a.zeros(device.gpu, [N, 1, H, W]);
const shift = a.sequential([a.translate({ x: 5 })]);
const KEPT = [1, 1, 0, 1, 1, 0];

describe("instances", () => {
  test("what is left of a box decides for all that belongs to it", async () => {
    const { people } = shift({ image: image(), people: a.asInstances(members()) });
    expect(await list(people.kept)).toEqual(KEPT);
    expect(await list(people.data.boxes.kept)).toEqual(KEPT);
    expect(await list(people.data.boxes.data)).toEqual(
      RECTANGLES.flatMap(([x0, y0, x1, y1]) => [Math.min(x0 + 5, W), y0, Math.min(x1 + 5, W), y1]),
    );
    const left = await a.takeKept(people);
    const rows = left.data as unknown as Record<string, a.Tensor[]> & Record<"boxes" | "scores", { data: a.Tensor[] }>;
    expect(await Promise.all(rows.labels.map(list))).toEqual([[10, 11], [20, 21]]); // biome-ignore format: rows
    expect(await Promise.all(rows.scores.data.map(list))).toEqual([[0, 1], [3, 4]]); // biome-ignore format: rows
    expect(rows.masks.map(({ shape }) => shape)).toEqual([[2, H, W], [2, H, W]]); // biome-ignore format: shapes
    expect(rows.keypoints[1].shape).toEqual([2, 2, 2]);
    expect(await list(rows.boxes.data[1])).toEqual([5, 6, 8, 9, 10, 5, 13, 7]);
    // And go on from there.
    const again = shift({ image: image(), people: left });
    expect((again.people.kept as a.Tensor[]).map(({ shape }) => shape)).toEqual([[2], [2]]); // biome-ignore format: shapes
  });

  test("boxes as tight as their masks", async () => {
    const { people } = shift({ image: image(), people: a.asInstances(members(), { boxesOf: "masks" }) });
    const seen = RECTANGLES.map(([x0, y0, x1, y1]) => [x0 + 5, y0, Math.min(x1 + 4, W), y1]);
    expect(await list(people.data.boxes.data)).toEqual(
      seen.flatMap(([x0, ...rest]) => (x0 < W ? [x0, ...rest] : [0, 0, 0, 0])),
    );
    const flip = a.sequential([a.rot90()])({
      image: image(),
      people: a.asInstances({ bboxXywh: boxes(), masks: masks() }, { boxesOf: "masks" }),
    });
    const [first] = RECTANGLES;
    expect((await list(flip.people.data.bboxXywh)).slice(0, 4)).toEqual([
      first[1],
      W - first[2] + 1,
      first[3] - first[1],
      first[2] - 1 - first[0],
    ]);
  });

  test("without boxes masks decide, and without masks points", async () => {
    const { labels, ...rest } = members();
    const far = a.sequential([a.translate({ x: 9 })]);
    const call = async (data: object) => list(far({ image: image(), all: a.asInstances(data) }).all.kept);
    expect(await call({ masks: rest.masks, labels })).toEqual([1, 0, 0, 1, 0, 0]);
    expect(await call({ keypoints: rest.keypoints })).toEqual([1, 0, 0, 1, 0, 0]);
    expect(await call({ labels })).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test("as many for each image as it has", async () => {
    const of = (x: a.Tensor, n: number, k: number) =>
      a.reshape(a.slice(a.slice(x, 0, n, n + 1), 1, 0, k), [k, ...x.shape.slice(2)]);
    const data = {
      boxes: [of(boxes(), 0, 3), of(boxes(), 1, 1)],
      masks: [of(masks(), 0, 3), of(masks(), 1, 1)],
      labels: [flat([1, 2, 3], [3]), flat([4], [1])],
    };
    const { all } = shift({ image: image(), all: a.asInstances(data) });
    expect(await Promise.all((all.kept as a.Tensor[]).map(list))).toEqual([[1, 1, 0], [1]]);
    const left = await a.takeKept(all);
    expect(await Promise.all((left.data.labels as readonly a.Tensor[]).map(list))).toEqual([[1, 2], [4]]);
    const none = { boxes: [null, null], labels: [null, null] };
    expect(shift({ image: image(), all: a.asInstances(none) }).all).toMatchObject({ data: none, kept: [null, null] });
  });

  test("under their own name an object of rows comes back as one", async () => {
    const { instances } = shift({
      image: image(),
      instances: { boxes: boxes(), labels: flat([1, 2, 3, 4, 5, 6], [N, K]) },
    });
    expect((await list(instances.boxes)).slice(0, 4)).toEqual([6, 1, 9, 5]);
    expect((await list(instances.labels))[5]).toBe(6);
  });

  test("what does not belong together is refused", () => {
    const at = (data: object, options?: a.InstanceOptions) => () =>
      shift({ image: image(), all: a.asInstances(data, options) });
    expect(at({ boxes: boxes(), labels: flat([1, 2], [N, 1]) })).toThrow(/all\.labels: got \[1, 1\] instances/);
    expect(at({ boxes: boxes(), masks: flat(Array(24).fill(0), [N, K, 2, 2]) })).toThrow(
      /all\.masks: got \[2, 3, 2, 2\]/,
    );
    expect(at({ boxes: boxes(), score: boxes() })).toThrow(/asInstances\(\)\.score: got rows under an unknown name/);
    expect(at({ boxes: boxes() }, { boxesOf: "masks" })).toThrow(/boxesOf of all/);
    expect(at({})).toThrow(/all: got no member/);
    expect(at({ boxes: [boxes()] })).toThrow(/a list of 1/);
  });

  test("takeKept refuses what has not moved", async () => {
    await expect(a.takeKept(a.asBoxes(boxes()))).rejects.toThrow(/boxes that nothing has moved/);
    await expect(a.takeKept({} as never)).rejects.toThrow(a.ArgumentError);
    const { k } = shift({ image: image(), k: a.asKeypoints(flat([1, 1, 12, 3, 2, 2, 13, 1], [N, 2, 2])) });
    const { data } = await a.takeKept(k);
    expect(await Promise.all((data as a.Tensor[]).map(list))).toEqual([[6, 1], [7, 2]]); // biome-ignore format: rows
  });
});
