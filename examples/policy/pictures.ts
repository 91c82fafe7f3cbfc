/** What the page shows: the chart of weights, and the table of operations. */
import * as Plot from "@observablehq/plot";
import type { LearnedOperation } from "augrad";
import type { Moment } from "./experiment.ts";

/** Weights over steps, each line named at its end. */
export function weightChart(trace: readonly Moment[], steps: number): Element {
  const points = trace.flatMap(({ step, operations }) =>
    operations.map(({ operation, weight }) => ({ step, operation, weight })),
  );
  const best = trace.at(-1)?.operations.reduce((a, b) => (b.weight > a.weight ? b : a));
  return Plot.plot({
    width: 520,
    height: 300,
    marginRight: 20,
    marginBottom: 40,
    style: { background: "none", fontSize: "12px" },
    ariaLabel: "weights of the operations, step by step",
    x: { domain: [0, steps], label: "step" },
    y: { domain: [0, 1], grid: true, label: "weight" },
    color: { legend: true, scheme: "observable10" },
    marks: [
      Plot.line(points, {
        x: "step",
        y: "weight",
        stroke: "operation",
        strokeWidth: (d: (typeof points)[0]) => (d.operation === best?.operation ? 3 : 1.5),
      }),
    ],
  });
}

/** The operations, the likeliest first. */
export function operationTable(operations: readonly LearnedOperation[]): Element {
  const table = document.createElement("table");
  const row = (tag: string, cells: readonly string[]) => {
    const line = table.insertRow();
    for (const text of cells) line.append(Object.assign(document.createElement(tag), { textContent: text }));
    return line;
  };
  row("th", ["operation", "weight", "applied", "strength"]);
  const percent = (part: number | undefined) => (part === undefined ? "–" : `${Math.round(100 * part)}%`);
  const sorted = [...operations].sort((a, b) => b.weight - a.weight);
  for (const [i, { operation, weight, probability, magnitude }] of sorted.entries()) {
    const line = row("td", [operation, percent(weight), percent(probability), percent(magnitude)]);
    if (i === 0) line.className = "best";
  }
  return table;
}
