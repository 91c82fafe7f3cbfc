import { expect, test, vi } from "vitest";
import {
  elastic,
  gaussianBlur,
  horizontalFlip,
  normalize,
  oneOf,
  type Pipeline,
  perspective,
  randomOrder,
  resizedCrop,
  rotate,
  scale,
  sequential,
  shear,
  someOf,
  sometimes,
  tensor,
  translate,
  uniform,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { origins, places, SIDE } from "./origins.ts";

// Whether a pipeline's motion is where its images go, whatever was drawn: coins, selections, orders.

const device = testGpu();
// Compiling on a busy processor takes its time.
vi.setConfig({ testTimeout: 60_000 });

const turn = () => rotate({ angle: uniform(-20, 20) });
const bend = () => elastic({ alpha: uniform(0.5, 1), sigma: 6, kernelSize: 19 });
const corners = [
  [1, 2],
  [37, 0],
  [39, 38],
  [0, 36],
] as const;

const pipelines: Record<string, () => Pipeline> = {
  "coins and points between": () =>
    sequential([
      sequential([turn(), normalize({ mean: 0, std: 1 })]),
      horizontalFlip({ p: 0.5 }),
      translate({ x: uniform(-4, 4), p: 0.7 }),
      gaussianBlur({ sigma: 0.5 }),
      perspective({ startPoints: corners.flat(), endPoints: [0, 0, 39, 0, 39, 39, 0, 39], p: 0.5 }),
    ]),
  "one of several": () => sequential([oneOf([turn(), bend(), [shear({ x: uniform(-9, 9) }), horizontalFlip()]])]),
  "some of several in any order": () =>
    sequential([someOf([1, 3], [turn(), scale({ x: 1.2, y: 0.9 }), translate({ y: 3 })], { order: "random" })]),
  "all in any order": () => sequential([randomOrder([turn(), scale({ x: 1.2, y: 0.9 }), bend()])]),
  "all or none, and another size": () =>
    sequential([
      sometimes(0.5, [turn(), bend()]),
      resizedCrop({ area: uniform(0.4, 1), x: uniform(0, 1), y: uniform(0, 1), width: 36, height: 32 }),
    ]),
};

test.each(Object.entries(pipelines))("%s", async (_, make) => {
  const { gpu } = device;
  const N = 6;
  const augment = make();
  const x = tensor(gpu, places(N), [N, 3, SIDE, SIDE]);
  const params = augment.sample(N, { step: 3 });
  const all = await origins(augment.replay(x, params));
  const motion = augment.motion(x, params);
  const K = 60;
  const at = Array.from({ length: N }, (_, n) => {
    const own = all.filter((each) => each.n === n);
    expect(own.length).toBeGreaterThan(20);
    return Array.from({ length: K }, (_, k) => own[Math.floor((k * own.length) / K)]);
  }).flat();
  const result = tensor(
    gpu,
    at.flatMap((each) => each.at),
    [N, K, 2],
  );
  const source = tensor(
    gpu,
    at.flatMap((each) => each.from),
    [N, K, 2],
  );
  const [back, there] = [await motion.inverse().points(result).read(), await motion.points(source).read()];
  const off = (values: Float32Array, key: "at" | "from") =>
    Math.max(...at.map((each, i) => Math.hypot(values[2 * i] - each[key][0], values[2 * i + 1] - each[key][1])));
  // Places that elastic looks at are read between pixels that were interpolated before it.
  expect(off(back, "from")).toBeLessThan(0.1);
  expect(off(there, "at")).toBeLessThan(0.1);
});
