/** What the page shows: the chart of weights, the table of operations, and the sheet of digits. */
import * as Plot from "@observablehq/plot";
import type { LearnedOperation } from "augrad";
import { SIDE } from "../learn-augmentation/data.ts";
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

const ZOOM = 2;
const LABEL = 110;

/** Draws rows of digits, each with a title. */
export async function drawRows(
  canvas: HTMLCanvasElement,
  rows: readonly { title: string; images: Float32Array }[],
): Promise<void> {
  const cell = SIDE * ZOOM + 2;
  const pixels = SIDE * SIDE;
  canvas.width = LABEL + (rows[0].images.length / pixels) * cell;
  canvas.height = rows.length * cell;
  const context = canvas.getContext("2d")!;
  context.fillStyle = "#14161a";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingEnabled = false;
  context.font = "13px system-ui, sans-serif";
  context.textBaseline = "middle";
  for (const [i, { title, images }] of rows.entries()) {
    context.fillStyle = "#dfe3e8";
    context.fillText(title, 10, (i + 0.5) * cell, LABEL - 16);
    for (let k = 0; k * pixels < images.length; k++) {
      const grey = Uint8ClampedArray.from(images.subarray(k * pixels, (k + 1) * pixels), (value) => value * 255);
      const picture = new ImageData(SIDE, SIDE);
      for (const [at, value] of grey.entries()) picture.data.set([value, value, value, 255], 4 * at);
      const bitmap = await createImageBitmap(picture);
      context.drawImage(bitmap, LABEL + k * cell, i * cell, SIDE * ZOOM, SIDE * ZOOM);
      bitmap.close();
    }
  }
}
