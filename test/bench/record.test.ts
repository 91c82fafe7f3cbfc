import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { emptyRecord, problemsOf, runPlaces } from "../../bench/benchmark.ts";
import { jobsOf } from "../../bench/jobs.ts";
import { openNode } from "../../bench/node.ts";
import { recordOf, row } from "./fakes.ts";

const schema = JSON.parse(readFileSync(new URL("../../bench/record.schema.json", import.meta.url), "utf8"));
const validate = new Ajv2020({
  allErrors: true,
  strict: true,
  strictRequired: false,
  allowUnionTypes: true,
  formats: { "date-time": (text: string) => !Number.isNaN(Date.parse(text)) },
}).compile(schema);
const complaints = (record: unknown) =>
  validate(record) ? [] : validate.errors!.map((e) => `${e.instancePath} ${e.message}`);

test("a real run of every work keeps to the schema, with a figure in every row", async () => {
  const record = emptyRecord({ date: new Date().toISOString(), augrad: "0.1.0", processor: "of the tests" });
  const shape = [2, 3, 32, 32] as const;
  const jobs = [
    ...jobsOf({ only: "both", shape }),
    ...jobsOf({ only: "copies: affine", shape }),
    ...jobsOf({ only: "scaling: compile" }),
  ];
  const open = () => openNode({ peers: [], rounds: 1, all: false });
  await runPlaces(record, [{ where: "node", jobs, open }]);
  expect(problemsOf(record)).toEqual([]);
  expect(complaints(JSON.parse(JSON.stringify(record)))).toEqual([]);
  const augrad = record.rows.filter(({ engine }) => engine === "augrad");
  expect(augrad.map(({ work }) => work)).toEqual(["colour", "affine", "eight", "blur", "choice", "six"]);
  for (const { work, counts, first } of augrad) {
    // The steady state of a loop: one submission, and nothing new.
    expect(counts, work).toMatchObject({ submissions: 1, buffers: 0, bindGroups: 0, pipelines: 0 });
    expect(first, work).toBeGreaterThan(0);
  }
  expect(record.roofline).toHaveLength(6);
  for (const { work, passes, copy, bytesSaved } of record.roofline) {
    expect(bytesSaved, work).toBeGreaterThan(0);
    expect(passes!.length, work).toBeGreaterThan(1);
    expect(copy, work).toBeDefined();
  }
  expect(record.copies.map(({ mode }) => mode)).toEqual(["forward", "both"]);
  expect(record.scaling.map(({ id }) => id)).toEqual(["compile"]);
});

test("the schema refuses a row with neither figure nor sentence, and fields that it does not know", () => {
  const { wall: _, ...bare } = row("augrad", 1);
  expect(complaints(recordOf([row("augrad", 1), row("tfjs", "tfjs fails: no memory")]))).toEqual([]);
  expect(complaints(recordOf([bare]))).not.toEqual([]);
  expect(complaints({ ...recordOf([]), more: 1 })).not.toEqual([]);
  expect(complaints({ ...recordOf([]), format: 2 })).not.toEqual([]);
});
