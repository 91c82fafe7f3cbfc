import { readFileSync } from "node:fs";
import { parseHTML } from "linkedom";
import { afterAll, beforeAll, expect, test } from "vitest";
import { againstOf, againstSummary, measureAgainst } from "../../bench/against.ts";
import { augradEngine } from "../../bench/augrad.ts";
import { compared } from "../../bench/compared.ts";
import { jobName, jobsOf } from "../../bench/jobs.ts";
import { transformNumbers } from "../../bench/peers/python/transform-numbers.ts";
import { sections } from "../../bench/sections.ts";
import { againstTable, cellTable } from "../../bench/terminal.ts";
import { type Gpu, requestGpu } from "../../src/node/index.ts";
import { recordOf, row } from "./fakes.ts";

let gpu: Gpu;
beforeAll(async () => {
  gpu = await requestGpu();
});
afterAll(() => gpu.destroy());

const single = (engine: string, transform: string, time: number | string) =>
  row(engine, time, { work: `transform: ${transform}` });
const augrad = recordOf([single("augrad", "hue", 4), single("augrad", "rotate", 4), single("augrad", "jpeg", 9)]);
const kornia = recordOf([
  single("kornia", "hue", 2),
  single("kornia", "rotate", 10),
  single("kornia", "jpeg", "it differs from augrad, and was not timed"),
]);

test("two records become one table, wins and losses alike, sorted by the factor", () => {
  const entries = againstOf([augrad, kornia]);
  expect(entries.map(({ transform, factor }) => [transform, factor])).toEqual([
    ["rotate", 2.5],
    ["hue", 0.5],
    ["jpeg", undefined],
  ]);
  expect(againstSummary(entries)).toContain(
    "Forward, augrad is faster than Kornia in 1 of 2 transforms and slower in 1; 1 more cannot be compared.",
  );
  const table = againstTable([augrad, kornia]);
  expect(table).toMatch(/rotate +forward +4×3×224×224 +4 +10 +2\.5×/);
  expect(table).toMatch(/hue .* 0\.50× +augrad is slower/);
  expect(table).toMatch(/jpeg .* Kornia: it differs/);
  expect(cellTable(augrad, "browser")).not.toContain("transform:");
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const html = sections(document as unknown as Document, [augrad, kornia]);
  expect(html).toContain("Transform by transform against Kornia");
  expect(sections(document as unknown as Document, [augrad])).not.toContain("against Kornia");
});

test("there are more than 40, measured only where they are asked for", () => {
  expect(Object.keys(compared).length).toBeGreaterThan(40);
  expect(jobsOf({}).some(({ kind }) => kind === "against")).toBe(false);
  expect(jobsOf({ only: "against" })).toHaveLength(2 * Object.keys(compared).length);
  expect(jobsOf({ only: "against: hue" }).map(jobName)).toEqual(["against: hue forward", "against: hue both"]);
});

test("augrad is timed on a transform", async () => {
  const found = await measureAgainst(
    augradEngine(gpu),
    { transform: "gamma", mode: "both", shape: [2, 3, 16, 16] },
    "node",
    3,
  );
  expect(found).toMatchObject({ work: "transform: gamma", engine: "augrad", wall: { runs: 3 } });
});

const file = new URL("../../bench/peers/python/transform-reference.json", import.meta.url);

test.each(["gamma", "mixup"])("transform-reference.json has augrad's numbers of %s", async (name) => {
  const known = JSON.parse(readFileSync(file, "utf8"));
  expect(Object.keys(known.expected)).toEqual(Object.keys(compared));
  for (const [key, { at, values }] of Object.entries(await transformNumbers(gpu, name))) {
    expect(known.expected[name][key].at).toEqual(at);
    for (const [k, value] of values.entries()) expect(known.expected[name][key].values[k]).toBeCloseTo(value, 4);
  }
});
