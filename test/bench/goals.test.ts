import { expect, test } from "vitest";
import { goals, goalsOf } from "../../bench/goals.ts";
import type { Row } from "../../bench/record.ts";
import { recordOf, row } from "./fakes.ts";

const looped = (median: number): Pick<Row, "stream"> => ({ stream: { median, quartiles: [median, median], runs: 9 } });

test("a goal says how far a run got, and how far a copy would", () => {
  const rows = [row("augrad", 4, looped(2)), row("jax-js", 40, looped(40)), row("tfjs", 8), row("copy", 2, looped(1))];
  expect(goalsOf([recordOf(rows)])).toEqual(
    [
      { where: "browser", work: "colour", mode: "forward", shape: [4, 3, 224, 224], against: "jax-js" } as const,
      { where: "browser", work: "colour", mode: "forward", shape: [4, 3, 224, 224], against: "tfjs" } as const,
    ].map((goal) => expect.objectContaining(goal)),
  );
  const [jax, tfjs] = goalsOf([recordOf(rows)]);
  expect(jax).toMatchObject({ wanted: 7, single: 10, loop: 20, most: 40, isMet: true });
  expect(tfjs).toMatchObject({ wanted: 3, single: 2, isMet: true });
});

test("what was not measured is no goal reached, nor missed", () => {
  expect(goalsOf([recordOf([row("augrad", 4), row("jax-js", "jax-js fails: no memory")])])).toEqual([]);
  expect(goalsOf([recordOf([row("augrad", "augrad fails: no memory"), row("jax-js", 40)])])).toEqual([]);
});

test("a goal for one kind of adapter is not applied to the other", () => {
  const cell = { work: "six", shape: [8, 3, 224, 224] } as const;
  const kornia = recordOf([row("kornia", 50, { ...cell, where: "python" })], {
    environments: [{ where: "python", runtime: "Python", device: { description: "a processor", software: false } }],
  });
  const ours = (software: boolean) =>
    recordOf([row("augrad", 40, cell)], {
      environments: [{ where: "browser", runtime: "a browser", device: { description: "a device", software } }],
    });
  expect(goalsOf([ours(false), kornia])).toEqual([]);
  expect(goalsOf([ours(true), kornia])).toMatchObject([{ against: "kornia", single: 1.25, isMet: true }]);
});

test("goals are for works and modes of the catalogue, each once", () => {
  const names = goals.map(({ work, mode, against, shape }) => [work, mode, against, shape].join());
  expect(new Set(names).size).toBe(names.length);
});
