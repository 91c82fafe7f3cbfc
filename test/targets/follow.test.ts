/** Labels go where the pixels go: through selections and orders, and through what bends. */
import { expect, test } from "vitest";
import * as a from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const N = 8,
  S = 40;
const augment = a.sequential([
  a.oneOf([a.rotate({ angle: a.uniform(-40, 40) }), a.horizontalFlip(), [a.scale({ x: 1.3 }), a.invert()]]),
  a.randomOrder([
    a.translate({ x: a.uniform(-6, 6) }),
    a.rotate({ angle: a.uniform(-30, 30), p: 0.7 }),
    a.brightness({ factor: 1 }),
  ]),
  a.sometimes(0.5, [a.verticalFlip()]),
]);
test("dots follow keypoints in selections and orders", async () => {
  const at = [22, 17];
  const dots = Float32Array.from({ length: N * S * S }, (_, i) =>
    Math.exp(-((((i % (S * S)) % S) - at[0]) ** 2 + (Math.floor((i % (S * S)) / S) - at[1]) ** 2) / 5),
  );
  const image = a.tensor(device.gpu, dots, [N, 1, S, S]);
  const keypoints = a.tensor(device.gpu, Array.from({ length: N }, () => at).flat(), [N, 1, 2]);
  for (const step of [0, 1, 2]) {
    const out = augment({ heatmap: image, keypoints, image }, { step });
    const [heat, points] = [await out.heatmap.read(), await out.keypoints.read()];
    for (let n = 0; n < N; n++) {
      let [sum, sx, sy] = [0, 0, 0];
      for (let i = 0; i < S * S; i++) {
        const v = heat[n * S * S + i];
        sum += v;
        sx += v * (i % S);
        sy += v * Math.floor(i / S);
      }
      expect(Math.hypot(sx / sum - points[2 * n], sy / sum - points[2 * n + 1]), `${step} ${n}`).toBeLessThan(0.3);
    }
  }
});

test("a box is the hull of the moved pixels that were in it, where the image bends", async () => {
  const rectangles = [[6, 8, 16, 20], [20, 5, 34, 14], [15, 22, 27, 35]]; // biome-ignore format: boxes
  const inside = ([x0, y0, x1, y1]: number[], i: number) => {
    const [x, y] = [i % S, Math.floor(i / S)];
    return Number(x >= x0 && x < x1 && y >= y0 && y < y1);
  };
  const filled = rectangles.flatMap((box) => Array.from({ length: S * S }, (_, i) => inside(box, i)));
  const masks = a.tensor(device.gpu, filled, [1, 3, S, S]);
  const boxes = a.tensor(device.gpu, rectangles.flat(), [1, 3, 4]);
  const chains: Record<string, a.Tree[]> = {
    fisheye: [a.fisheye({ centerX: 0.1, centerY: -0.1, gamma: 1.5 })],
    spline: [a.RandomThinPlateSpline({ scale: 0.1, p: 1 })],
    "spline and turn": [a.RandomThinPlateSpline({ scale: 0.1, p: 1 }), a.rotate({ angle: 20 })],
    perspective: [a.RandomPerspective({ distortionScale: 0.3, p: 1 })],
  };
  for (const [name, chain] of Object.entries(chains)) {
    const pipeline = a.sequential(chain);
    const given = { image: a.zeros(device.gpu, [1, 1, S, S]) };
    const [outline, tight] = (["outline", "masks"] as const).map((boxesOf) =>
      pipeline({ ...given, all: a.asInstances({ boxes, masks }, { boxesOf }) }, { step: 4 }),
    );
    const [hull, pixels] = [await outline.all.data.boxes.read(), await tight.all.data.boxes.read()];
    hull.forEach((edge, i) => {
      expect(Math.abs(edge - pixels[i]), `${name} ${i}: ${edge}, pixels ${pixels[i]}`).toBeLessThan(1.2);
    });
  }
});
