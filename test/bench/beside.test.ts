import { expect, test } from "vitest";
import { measureBeside, transformTask } from "../../bench/beside.ts";
import type { Engine, Result, Task } from "../../bench/engine.ts";
import { every } from "../../bench/every.ts";
import { besides, besideText } from "../../bench/figures.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const shape = [2, 3, 8, 8] as const;
const chain = every.find(({ name }) => name === "transform: normalize")!;

/** A peer that has `normalize`; what it computes is multiplied by `factor`. */
const peer = (name: string, factor: number): Engine => ({
  name,
  version: "1.0.0",
  does: (work) => work === chain.name,
  prepare: async (task) => ({
    issue: () => {},
    settle: async () => {},
    result: async () => normalized(task, factor),
    dispose: () => {},
  }),
  dispose: () => {},
});

function normalized({ x, parameters: { mean, std } }: Task, factor: number): Result {
  const at = (i: number) => Math.floor(i / 64) % 3;
  return { y: x.map((value, i) => (factor * (value - mean[at(i)])) / std[at(i)]) };
}

test("a transform as a task has a number for each sample, and its options", async () => {
  const task = await transformTask(device.gpu, chain, "forward", shape);
  expect(task.learned).toEqual(["mean", "std"]);
  expect(task.parameters.mean).toHaveLength(6);
  const blur = every.find(({ name }) => name === "transform: boxBlur")!;
  expect((await transformTask(device.gpu, blur, "forward", shape)).settings).toMatchObject({ kernelSize: 9 });
});

test("peers that have a transform get a time if they compute the same, else a sentence; others are not asked", async () => {
  const other: Engine = { ...peer("other", 1), does: undefined };
  const engines = [peer("right", 1), peer("wrong", 2), other];
  const found = await measureBeside(
    device.gpu,
    engines,
    chain,
    { where: "node", shape, mode: "forward" },
    { rounds: 1, onHang: () => {} },
  );
  expect(found.map(({ engine }) => engine)).toEqual(["right", "wrong"]);
  const [right, wrong] = found;
  expect(right.copies).toBeGreaterThan(0);
  expect(right.check).toContain("agrees with augrad");
  expect(wrong.problem).toContain("differs from augrad");
  expect(besideText(wrong)).toBe("another result");
  expect(besideText({ engine: "right", copies: 2, times: 0.5 })).toBe("2.0 copies, 0.50×, faster");
});

test("columns are the libraries of the rows", () => {
  expect(besides([{ beside: [{ engine: "opencv", problem: "no" }] }, {}] as never)).toEqual(["opencv"]);
});
