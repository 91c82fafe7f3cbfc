import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/gpu/index.ts";
import { grid } from "../../src/targets/index.ts";
import { full, type Shape, type Tensor, tensor, toImageData } from "../../src/tensor/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

/** A gray image of each value, [N, 1, height, width]. */
const grays = (values: readonly number[], height: number, width: number): Tensor =>
  tensor(
    device.gpu,
    values.flatMap((value) => new Array<number>(height * width).fill(value)),
    [values.length, 1, height, width],
  );
/** The first channel as rows of tenths. */
async function rows(sheet: Tensor): Promise<string[]> {
  const [, , h, w] = sheet.shape;
  const values = Array.from((await sheet.read()).subarray(0, h * w), (value) => Math.round(value * 10).toString(16));
  return Array.from({ length: h }, (_, i) => values.slice(i * w, (i + 1) * w).join(""));
}

describe("a contact sheet", () => {
  it("has images in rows, in order, with gaps around them, and fills what is left", async () => {
    const sheet = grid(grays([0.1, 0.2, 0.3, 0.4, 0.5], 1, 2), { columns: 3, gap: 1, fill: 0 });
    expect(sheet.shape).toEqual([1, 1, 5, 10]);
    expect(await rows(sheet)).toEqual(["0000000000", "0110220330", "0000000000", "0440550000", "0000000000"]);
    expect(await rows(grid(grays([0.1, 0.2, 0.3], 2, 1), { columns: 2, gap: 0 }))).toEqual(["12", "12", "3a", "3a"]);
    expect(grid(grays([0, 0, 0, 0, 0], 2, 2)).shape).toEqual([1, 1, 2 + 2 * 4, 2 + 3 * 4]);
    expect(grid(full(device.gpu, [3, 5, 7], 0.5), { gap: 0 }).shape).toEqual([1, 3, 5, 7]);
  });

  it("has images of unequal size in the middle of equal cells", async () => {
    const list = [grays([0.1], 3, 3), grays([0.2], 1, 2), full(device.gpu, [1, 2, 1], 0.3)];
    expect(await rows(grid(list, { columns: 3, gap: 0, fill: 0 }))).toEqual(["111000030", "111220030", "111000000"]);
  });

  it("has outlines, dots and tints where labels are, each thing in a colour of its own", async () => {
    const { gpu } = device;
    const x = grays([0.5, 0.5], 6, 6);
    const boxes = tensor(gpu, [
      [
        [1, 1, 5, 5],
        [0, 0, 0, 0],
      ],
      [
        [0, 0, 3, 2],
        [Number.NaN, 0, 1, 1],
      ],
    ]);
    const sheet = grid(x, { boxes, gap: 0, columns: 2, thickness: 1 });
    expect(sheet.shape).toEqual([1, 3, 6, 12]);
    // Red is 1 on a line of one pixel within the edges.
    expect(await rows(sheet)).toEqual([
      "555555aaa555",
      "5aaaa5aaa555",
      "5a55a5555555",
      "5a55a5555555",
      "5aaaa5555555",
      "555555555555",
    ]);
    const dots = grid(x, { keypoints: [tensor(gpu, [[2, 1]]), null], gap: 0, columns: 2, thickness: 1 });
    expect(await rows(dots)).toEqual([
      "5aaa55555555",
      "5aaa55555555",
      "5aaa55555555",
      "555555555555",
      "555555555555",
      "555555555555",
    ]);
    const mask = tensor(
      gpu,
      Float32Array.from({ length: 72 }, (_, i) => (i % 6 < 2 && i < 36 ? 1 : 0.2)),
      [2, 1, 6, 6],
    );
    const tinted = await rows(grid(x, { masks: mask, gap: 0, columns: 2 }));
    expect(tinted[0]).toBe("775555555555");
  });

  it("takes bytes, halves, and one image of them", async () => {
    const { gpu } = device;
    const bytes = tensor(gpu, [51, 102, 153, 204], [1, 2, 2], { dtype: "u8" });
    expect(await rows(grid(bytes, { gap: 0 }))).toEqual(["24", "68"]);
    expect(await rows(grid([bytes, bytes], { gap: 0 }))).toEqual(["2424", "6868"]);
    expect(await rows(grid(tensor(gpu, [0.5, 0.25], [2, 1, 1, 1], { dtype: "f16" }), { gap: 0 }))).toEqual(["53"]);
  });

  it("goes to bytes, and leaves memory as it was", async () => {
    const { gpu } = device;
    const x = grays([0.5, 0.25, 0.75], 4, 4);
    const boxes = [
      tensor(gpu, [[0, 0, 2, 2]]),
      null,
      tensor(gpu, [
        [1, 1, 3, 3],
        [0, 0, 4, 4],
      ]),
    ];
    // Numbers that were uploaded are kept.
    grid(x, { boxes }).dispose();
    const before = gpu.stats.bytesInUse;
    const sheet = grid(x, { boxes });
    const { width, height } = await toImageData(sheet);
    expect([width, height]).toEqual([14, 14]);
    sheet.dispose();
    expect(gpu.stats.bytesInUse).toBe(before);
  });

  it("is refused by name where something does not fit", () => {
    const { gpu } = device;
    const x = grays([0.5, 0.5], 4, 4);
    const labels = (shape: Shape) => full(gpu, shape, 1);
    const bad: [unknown, object, RegExp][] = [
      [[], {}, /^images of grid\(\): got an empty array/],
      [[x, 1], {}, /^images\[1\] of grid\(\): got 1/],
      ["x", {}, /^images of grid\(\): got string/],
      [labels([4, 4]), {}, /^images of grid\(\)/],
      [labels([1, 2, 4, 4]), {}, /^images of grid\(\): got \[1, 2, 4, 4\]; allowed is 1 or 3 channels/],
      [x, { columns: 0 }, /^columns: got 0/],
      [x, { gap: -1 }, /^gap: got -1/],
      [x, { colour: 1 }, /^options\.colour: got an unknown option/],
      [
        x,
        { boxes: labels([3, 2, 4]) },
        /^boxes of grid\(\): got \[3, 2, 4\] of f32; allowed is \[N, K, 4\] of f32, for 2 images/,
      ],
      [x, { boxes: labels([2, 2, 5]) }, /^boxes of grid\(\)/],
      [x, { boxes: [null] }, /^boxes of grid\(\): got array \[null\]; allowed is a tensor \[N, K, 4\], or a list of 2/],
      [x, { keypoints: [null, labels([2, 3])] }, /^keypoints\[1\] of grid\(\): got a tensor \[2, 3\]/],
      [x, { masks: labels([2, 1, 3, 4]) }, /^masks of grid\(\): got \[2, 1, 3, 4\]/],
    ];
    for (const [images, options, message] of bad) {
      expect(() => grid(images as Tensor, options), String(message)).toThrow(message);
      expect(() => grid(images as Tensor, options)).toThrow(ArgumentError);
    }
  });
});
