import { expect, test } from "vitest";
import { measureCell } from "../../bench/cell.ts";
import type { Row } from "../../bench/record.ts";
import { fake, honest, task } from "./fakes.ts";

const cell = { task, where: "here" };
const options = { rounds: 4 };
const named = (rows: readonly Row[], engine: string): Row => rows.find((row) => row.engine === engine)!;

test("engines that agree are timed in turns, and checked against each other", async () => {
  const rows = await measureCell([fake("ours").engine, fake("theirs").engine], cell, options);
  for (const row of rows) expect(row.wall).toMatchObject({ runs: 4 });
  expect(named(rows, "theirs").check).toMatchObject({ against: "ours", agrees: true });
  expect(named(rows, "ours").check).toMatchObject({ against: "theirs", agrees: true });
  expect(named(rows, "ours").check!.text).toMatch(/^agrees with theirs; largest mean difference, of/);
});

test("an engine that computes something else is not timed, says by how much, and the others are", async () => {
  const result = async () => ({ ...honest(task), y: task.x.map((value) => value + 0.1) });
  const rows = await measureCell(
    [fake("ours").engine, fake("wrong", { result }).engine, fake("right").engine],
    cell,
    options,
  );
  const wrong = named(rows, "wrong");
  expect(wrong.wall).toBeUndefined();
  expect(wrong.problem).toMatch(/^wrong is not timed: it differs from ours: the result: 100% of the values/);
  expect(named(rows, "right").wall).toBeDefined();
  expect(named(rows, "ours").check).toMatchObject({ against: "right", agrees: true });
});

test("a gradient that is missing, too short or not a number is a difference", async () => {
  const having = (gradients: Record<string, Float32Array>) =>
    fake(Object.keys(gradients).join(), { result: async () => ({ y: task.x, gradients }) }).engine;
  const b = new Float32Array([1, -2]);
  const rows = await measureCell(
    [
      fake("ours").engine,
      having({ x: task.seed }),
      having({ x: b, b }),
      having({ b: b.fill(Number.NaN), x: task.seed }),
    ],
    cell,
    options,
  );
  expect(named(rows, "x").problem).toContain("it does not give the gradient of b");
  expect(named(rows, "x,b").problem).toContain("the gradient of x has 2 values instead of 96");
  expect(named(rows, "b,x").problem).toContain("the gradient of b: it is not finite");
});

test("an engine that fails at any point gets a sentence, and the others their figures", async () => {
  let runs = 0;
  const broken = {
    missing: fake("missing", { prepare: async () => ({ missing: "it has no hue" }) }),
    early: fake("early", { prepare: () => Promise.reject(new Error("no memory\nat line 7")) }),
    running: fake("running", { issue: () => Promise.reject(new Error("the kernel is wrong")) }),
    late: fake("late", {
      issue: async () => {
        if (++runs > 5) throw new Error("enough");
      },
    }),
    hanging: fake("hanging", { settle: () => new Promise(() => {}) }),
  };
  const hung: string[] = [];
  const engines = [fake("ours"), ...Object.values(broken)].map(({ engine }) => engine);
  const rows = await measureCell(engines, cell, { ...options, patience: 50, onHang: (name) => hung.push(name) });
  const problem = (engine: string) => named(rows, engine).problem;
  expect(problem("missing")).toBe("missing cannot do it: it has no hue");
  expect(problem("early")).toBe("early fails: no memory");
  expect(problem("running")).toBe("running fails: the kernel is wrong");
  expect(problem("late")).toBe("late fails while it is timed: enough");
  expect(problem("hanging")).toBe("hanging fails: it did not finish its first run in 0.05 s");
  expect(hung).toEqual(["hanging"]);
  for (const row of rows) expect(Boolean(row.wall), row.engine).toBe(row.engine === "ours");
  expect(named(rows, "ours").wall!.runs).toBe(4);
  for (const name of ["running", "late", "hanging"] as const) expect(broken[name].calls.disposals, name).toBe(1);
});

test("a slow engine gets fewer rounds, and the record says how many", async () => {
  const settle = () => new Promise<void>((done) => setTimeout(done, 30));
  const rows = await measureCell([fake("ours").engine, fake("slow", { settle }).engine], cell, {
    rounds: 9,
    budget: 70,
  });
  expect(named(rows, "ours").wall!.runs).toBe(9);
  expect([1, 2]).toContain(named(rows, "slow").wall!.runs);
});

test.each([
  { software: true, loop: 32 },
  { software: false, loop: 300 },
])("a copy takes turns with the engines, and is given back (software: $software)", async ({ software, loop }) => {
  let [copies, disposals] = [0, 0];
  const yardstick = () => ({
    issue: () => {
      copies++;
    },
    settle: async () => {},
    dispose: () => {
      disposals++;
    },
  });
  const rows = await measureCell([fake("ours").engine], cell, { ...options, software }, yardstick);
  expect(named(rows, "copy").wall!.runs).toBe(4);
  expect(named(rows, "copy").stream!.runs).toBe(2 * loop);
  expect([copies, disposals]).toEqual([2 + 2 + 4 + 2 * loop, 1]);
  expect(named(rows, "ours").check).toBeUndefined();
});
