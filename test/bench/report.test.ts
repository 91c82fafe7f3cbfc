import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import { sections } from "../../bench/sections.ts";
import { cellTable } from "../../bench/terminal.ts";
import { recordOf, row } from "./fakes.ts";

const { document } = parseHTML("<!doctype html><html><body></body></html>");
const shown = (...records: ReturnType<typeof recordOf>[]) => sections(document as unknown as Document, records);
const text = (html: string) => html.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

const counts = { dispatches: 7, submissions: 1, buffers: 0, bindGroups: 0, pipelines: 0 };
const record = recordOf([
  row("augrad", 4, { counts }),
  row("jax-js", 10),
  row("tfjs", "tfjs fails: <no> memory"),
  row("copy", 1),
]);

test("the report has every row: medians, factors, counts, and the sentence of an engine without a figure", () => {
  const html = shown(record);
  expect(text(html)).toContain("Colour chain, forward, 4×3×224×224");
  expect(text(html)).toContain("10 ms 2.5×");
  expect(text(html)).toContain("7 / 1 / 0 / 0");
  expect(text(html)).toContain("no figure");
  expect(html).toContain("&#60;no&#62; memory");
  expect(html).not.toContain("<no>");
  expect(html).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
});

test("records lie side by side; an engine of another program is set against augrad of the first that has it", () => {
  const python = recordOf([row("kornia", 8, { where: "python" })], {
    environments: [{ where: "python", runtime: "Python", device: { description: "a GPU", software: false } }],
  });
  const html = text(shown(record, python));
  expect(html).toContain("kornia (python, a GPU)");
  expect(html).toContain("8 ms 2.0×");
  expect(html).toContain("Engines that ran where augrad did not");
  const again = text(shown(record, { ...record, date: "2026-05-06T07:08:09Z" }));
  expect(again).toContain("augrad (browser, a device, 2026-01-02 03:04)");
  expect(again).toContain("augrad (browser, a device, 2026-05-06 07:08)");
});

test("series, copies and passes are plotted; what is missing is left out", () => {
  const timing = { median: 2, quartiles: [1, 3] as [number, number], runs: 3 };
  const shape = [4, 3, 224, 224] as const;
  const html = text(
    shown(
      recordOf([], {
        copies: [
          {
            where: "browser",
            work: "a chain",
            mode: "both",
            shape,
            wall: timing,
            copy: { wall: timing },
            copies: 1,
            limit: 4,
          },
        ],
        roofline: [
          {
            where: "browser",
            work: "affine",
            mode: "both",
            shape,
            bytesSaved: 2_400_000,
            javascript: timing,
            planned: [{ kind: "map", transforms: ["warp"], bytesRead: 1000, bytesWritten: 1000 }],
            passes: [
              { label: "map_forward: warp", bytes: 2000, milliseconds: 4 },
              { label: "unknown", bytes: 0 },
            ],
            copy: { bytes: 2000, milliseconds: 1 },
          },
        ],
        scaling: [
          {
            where: "browser",
            id: "pixels",
            title: "By size",
            x: "side",
            unit: "ns",
            note: "Short.",
            points: [32, 64, 4096].map((x) => ({ line: "forward", x, value: 1e4 / x })),
          },
        ],
      }),
    ),
  );
  for (const part of ["1.0 of 4 allowed", "1 map_forward", "4 ms 4.0×", "2.4 MB", "By size", "4096", "Short."])
    expect(html).toContain(part);
  expect(html).not.toContain("2 unknown");
  expect(html).not.toContain("Against augrad");
});

test("the table of the terminal has a column per engine, the copy last, and no figure where there is none", () => {
  expect(cellTable(record, "browser").split("\n")).toEqual([
    "  work    mode     shape        augrad ms  jax-js ms    tfjs ms  copy ms",
    "  colour  forward  4x3x224x224          4  10 (2.5×)  no figure        1",
  ]);
});
