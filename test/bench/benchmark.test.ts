import { expect, test } from "vitest";
import { emptyRecord, problemsOf, runPlaces } from "../../bench/benchmark.ts";
import { type Job, jobsOf } from "../../bench/jobs.ts";
import type { Part } from "../../bench/record.ts";
import type { Runner } from "../../bench/session.ts";
import { row } from "./fakes.ts";

const empty = () => emptyRecord({ date: "2026-01-02T03:04:05Z", augrad: "0.1.0", processor: "none" });
const jobs = jobsOf({ only: "colour f" });

/** A place that answers every job with `part`. */
function place(where: string, part: (job: Job) => Part, given = jobs) {
  const state = { isClosed: false };
  const runner: Runner = {
    environment: { where, runtime: "a program", device: { description: "a device", software: false } },
    engines: [{ name: "augrad", version: "0.1.0", where }],
    problems: [],
    run: async (job) => part(job),
    close: async () => {
      state.isClosed = true;
    },
  };
  return { where, jobs: given, open: async () => runner, state };
}

test("a place that does not open is a sentence, and the next one is measured", async () => {
  const record = empty();
  const node = place("node", () => ({ rows: [row("augrad", 2, { where: "node" })] }));
  const open = () => Promise.reject(new Error("No browser with WebGPU: install one.\nTried: nothing."));
  await runPlaces(record, [{ where: "browser", jobs, open }, node]);
  expect(record.problems).toEqual(["Nothing was measured at browser: No browser with WebGPU: install one."]);
  expect(record.rows).toHaveLength(1);
  expect(record.environments.map(({ where }) => where)).toEqual(["node"]);
  expect(node.state.isClosed).toBe(true);
});

test("a job without figures is a sentence, and the others are in the record as soon as they are done", async () => {
  const record = empty();
  const two = jobsOf({ only: "colour", small: true }).filter(({ kind }) => kind === "cell");
  const parts: Part[] = [{ problems: ["colour died"] }, ...two.slice(1).map(() => ({ rows: [row("augrad", 2)] }))];
  const sizes: number[] = [];
  let i = 0;
  await runPlaces(record, [place("browser", () => parts[i++], two)], { onPart: ({ rows }) => sizes.push(rows.length) });
  expect(sizes).toEqual([0, 1, 2, 3]);
  expect(problemsOf(record)).toEqual(["colour died"]);
});

test("a benchmark that is stopped keeps what it has, and closes its place", async () => {
  const record = empty();
  const many = place("browser", () => ({ rows: [row("augrad", 2)] }), [...jobs, ...jobs]);
  await runPlaces(record, [many], { isStopped: () => record.rows.length > 0 });
  expect(record.rows).toHaveLength(1);
  expect(many.state.isClosed).toBe(true);
});
