import { expect, test } from "vitest";
import * as ag from "../../src/index.ts";
import { values } from "../autograd/values.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

// The values that Kornia's own tests state: masks of two samples, label 0 excluded, each with the other one as donor.
const FIRST = [1, 1, 0, 1, 1, 0, 0, 0, 0];
const SECOND = [0, 0, 0, 0, 2, 0, 0, 0, 0];

test("labels move with their pixels, from what the batch was before", async () => {
  const mask = ag.tensor(device.gpu, [...FIRST, ...SECOND], [2, 3, 3]);
  const image = ag.tensor(device.gpu, [...FIRST, ...FIRST.map((v) => v + 10), ...SECOND, ...SECOND.map((v) => v + 10)], [2, 2, 3, 3]); // biome-ignore format: one line
  const moved = ag.transplantation(image, mask, { labels: [2, 1] });
  const [one, two] = [[1, 1, 0, 1, 2, 0, 0, 0, 0], FIRST];
  expect([moved.mask.shape, moved.image.shape, moved.selection.shape]).toEqual([[2, 3, 3], [2, 2, 3, 3], [2, 1, 3, 3]]); // biome-ignore format: one line
  expect(Array.from(await moved.mask.read())).toEqual([...one, ...two]);
  expect(Array.from(await moved.image.read())).toEqual([one, one.map((v) => v + 10), two, two.map((v) => v + 10)].flat()); // biome-ignore format: one line
  expect(Array.from(await moved.selection.read())).toEqual([...SECOND.map((v) => v / 2), ...FIRST]);
  expect(Array.from(await mask.read())).toEqual([...FIRST, ...SECOND]);
});

/** Who is shown at each pixel: the donor where its label is one of those that are taken. */
function shown(marks: readonly number[], labels: readonly (readonly number[])[], donors: readonly number[]): number[] {
  const each = marks.length / labels.length;
  return marks.map((_, i) => {
    const [n, at] = [Math.floor(i / each), i % each];
    return labels[n].includes(marks[donors[n] * each + at]) ? donors[n] : n;
  });
}

test.each([
  { what: "images", sides: [3, 4], labels: [[2], [], [0, 3]], partner: [1, 1, 0] },
  { what: "volumes", sides: [2, 3, 2], labels: [[1, 2], [3], [0]], partner: [2, 0, 1] },
])("$what: gradients of own pixels and of donors", async ({ sides, labels, partner }) => {
  const each = sides.reduce((a, b) => a * b);
  const marks = values(3 * each, 0, 4, 2).map(Math.floor);
  const who = shown(marks, labels, partner);
  const mask = ag.tensor(device.gpu, marks, [3, 1, ...sides]);
  const image = ag.parameter(device.gpu, values(3 * 2 * each, -1, 1, 1), [3, 2, ...sides]);
  expect(new Set(who.map((n, i) => n === Math.floor(i / each)))).toEqual(new Set([true, false]));
  await ag.assertGradients((x) => ag.transplantation(x, mask, { labels, partner }).image, [image], {
    reference: ([x]) =>
      Array.from({ length: 6 * each }, (_, i) => {
        const [n, c, at] = [Math.floor(i / (2 * each)), Math.floor(i / each) % 2, i % each];
        return x[(who[n * each + at] * 2 + c) * each + at];
      }),
  });
  const moved = ag.transplantation(image.detach(), mask, { labels, partner });
  expect(Array.from(await moved.mask.read())).toEqual(who.map((n, i) => marks[n * each + (i % each)]));
});

test("what is not shown reaches neither result nor gradient", async () => {
  const mask = ag.tensor(device.gpu, [1, 0, 0, 0], [2, 1, 2]);
  const image = ag.parameter(device.gpu, [Number.NaN, 2, 3, 4], [2, 1, 1, 2]);
  const { image: y } = ag.transplantation(image, mask, { labels: 0 });
  expect(Array.from(await y.read())).toEqual([3, 4, 3, 2]);
  const [g] = ag.grad(y, [image], { gradient: ag.tensor(device.gpu, [1, 2, 3, 4], [2, 1, 1, 2]) });
  expect(Array.from(await g.read())).toEqual([0, 4, 4, 2]);
});

test("wrong masks, labels and partners are refused by name", () => {
  const [image, mask] = [ag.zeros(device.gpu, [2, 3, 4, 5]), ag.zeros(device.gpu, [2, 4, 5])];
  const call =
    (options: unknown, own = mask) =>
    () =>
      ag.transplantation(image, own, options as never);
  expect(call({ labels: 1 }, ag.zeros(device.gpu, [2, 5, 4]))).toThrow(/mask of transplantation.*\[2, 5, 4\].*\[2, 4, 5\]/); // biome-ignore format: one line
  expect(call({})).toThrow(/labels of transplantation/);
  expect(call({ labels: 1.5 })).toThrow(/labels of transplantation.*1\.5.*whole number/);
  expect(call({ labels: [1] })).toThrow(ag.ShapeError);
  expect(call({ labels: [1, [2, Number.NaN]] })).toThrow(/labels\[1\]\[1\] of transplantation.*NaN/);
  expect(call({ labels: 1, partner: 2 })).toThrow(/partner of transplantation.*2.*from 0 to 1/);
  expect(call({ labels: 1, partner: [0, -1] })).toThrow(/partner\[1\] of transplantation.*-1/);
  expect(call({ labels: 1, partner: [0] })).toThrow(ag.ShapeError);
  expect(() => ag.transplantation(ag.zeros(device.gpu, [2, 3]), mask, { labels: 1 })).toThrow(/image of transpl/);
});
