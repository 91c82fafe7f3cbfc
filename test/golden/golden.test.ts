import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Gpu } from "../../src/index.ts";
import { openGpu } from "../gpu.ts";
import { type Case, type Golden, readGolden } from "./manifest.ts";
import { replay } from "./replay.ts";
import { render, type Verdict } from "./report.ts";

const directory = fileURLToPath(new URL("./cases", import.meta.url));
const cases: Case[] = JSON.parse(await readFile(`${directory}/manifest.json`, "utf8")).cases;

describe("results of Kornia, torchvision and OpenCV", () => {
  let gpu: Gpu;
  let golden: Golden;
  const verdicts: Verdict[] = [];
  beforeAll(async () => {
    gpu = await openGpu();
    golden = await readGolden(directory);
  });
  afterAll(() => gpu?.destroy());

  test.each([...new Set(cases.map(({ op }) => op))])("%s", async (op) => {
    const own: Verdict[] = [];
    for (const item of golden.cases.filter((item) => item.op === op)) own.push(await replay(gpu, golden, item));
    verdicts.push(...own);
    if (own.some(({ status }) => status === "failed")) throw new Error(`\n${render(own)}`);
  });

  test("no case is left out, and most are implemented", () => {
    expect(verdicts.map(({ name }) => name).sort()).toEqual(cases.map(({ name }) => name).sort());
    const passed = verdicts.filter(({ status }) => status === "passed").length;
    expect(passed).toBeGreaterThan(0.8 * cases.length);
  });
});
