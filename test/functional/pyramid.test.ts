import { expect, test } from "vitest";
import * as ag from "../../src/index.ts";
import { values } from "../autograd/values.ts";
import { testGpu } from "../gpu.ts";
import { reference } from "../reference/index.ts";
import { image64, relativeError } from "../transforms/contract/run.ts";

const device = testGpu();
const SHAPE: [number, number, number, number] = [2, 1, 9, 12];

test("levels: each is what pyrDown makes of the one before, with the gradients of all", async () => {
  const x = ag.parameter(device.gpu, values(216, 0, 1), SHAPE);
  const levels = ag.buildPyramid(x, 3, { padding: "border" });
  expect(levels.map(({ shape }) => shape)).toEqual([SHAPE, [2, 1, 4, 6], [2, 1, 2, 3]]);
  const down = (v: ReturnType<typeof image64>) => reference.pyrDown(v, {}, { factor: 2, padding: "border" });
  let expected = image64(await x.read(), SHAPE);
  for (const level of levels) {
    expect(relativeError(await level.read(), expected.data)).toBeLessThan(1e-6);
    expected = down(expected);
  }
  await ag.assertGradients((v) => ag.buildPyramid(v, 3, { padding: "border" })[2], [x], {
    reference: ([v]) => Array.from(down(down(image64(v, SHAPE))).data),
  });
});

test("wrong numbers of levels are refused", () => {
  const x = ag.zeros(device.gpu, [1, 1, 7, 9]);
  expect(ag.buildPyramid(x, 1)).toHaveLength(1);
  expect(ag.buildPyramid(x, 3)[2].shape).toEqual([1, 1, 1, 2]);
  expect(() => ag.buildPyramid(x, 4)).toThrow(/x of buildPyramid.*\[1, 1, 7, 9\].*at least 8, for 4 levels/);
  expect(() => ag.buildPyramid(x, 0)).toThrow(/levels of buildPyramid.*0.*from 1 to 32/);
});
