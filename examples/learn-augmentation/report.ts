/** The result as one page that needs nothing else: plots, a table and pictures of digits, all inside. */
import type { JaxBridge } from "augrad/jax-js";
import { ARM_TITLES, accuracyChart, validationChart, widthCharts } from "./charts.ts";
import { type EpochReport, type ExperimentResult, FIRST_WIDTHS, TRUE_WIDTHS, verdict, type Widths } from "./results.ts";
import { drawSheet, type SheetRow } from "./sheet.ts";
import style from "./style.css?inline";

const escaped = (text: string) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const percent = (value: number) => `${value.toFixed(1)}%`;

export function describeWidths({ angle, move, scale, shear }: Widths): string {
  return `±${angle.toFixed(0)}°, ±${(move * 100).toFixed(0)}% of half the side, ±${scale.toFixed(2)} in log size, ±${shear.toFixed(2)} shear`;
}

/** The rows of the sheet: the digits, what the augmentation made of them as it learned, and the world. */
export function sheetRows(epochs: readonly EpochReport[]): SheetRow[] {
  return [
    { title: "as written" },
    { title: "at first", widths: FIRST_WIDTHS },
    ...epochs.map(({ epoch, widths }) => ({ title: `epoch ${epoch}`, widths })),
    { title: "the world", widths: TRUE_WIDTHS },
  ];
}

export async function reportHtml(bridge: JaxBridge, result: ExperimentResult): Promise<string> {
  const { settings, runs, best, accuracy } = result;
  const learned = runs.find(({ arm }) => arm === "learned")!;
  const canvas = document.createElement("canvas");
  await drawSheet(canvas, bridge, result.samples, sheetRows(learned.epochs));
  const curves = runs.map(({ arm, factor, epochs }) => ({ arm, factor, epochs }));
  const svg = (elements: Element[]) => elements.map((element) => element.outerHTML).join("\n");
  const rows = runs.map((run) => {
    const name = run.arm === "fixed" ? `fixed, ${run.factor} × the true widths` : ARM_TITLES[run.arm];
    const cells = [
      name,
      percent(run.accuracy.upright),
      percent(run.accuracy.changed),
      percent(run.validation),
      `${run.seconds.toFixed(0)} s`,
    ];
    return `<tr${run === best ? ' class="best"' : ""}>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>augrad: learn the augmentation</title>
<style>${style}</style>
<body class="report">
<h1>Learn the augmentation</h1>
<p class="lead">${escaped(verdict(accuracy))}</p>
<p>A small network in jax-js learned ${settings.digits.toLocaleString("en")} upright MNIST digits in ${settings.epochs} epochs, with augrad's affine map in front of it.
The test digits come from another world, where each is turned, moved, scaled and sheared at random. The ranges of the augmentation
began near zero and learned, by the gradient of the loss on 500 validation digits of that world through one training step:
through jax-js's model, and augrad's backward pass.</p>
<p>Learned: ${describeWidths(result.widths)}.<br>The world: ${describeWidths(result.trueWidths)}.</p>
<h2>Test digits</h2>
${svg([accuracyChart(accuracy)])}
<h2>The four ranges as they learned</h2>
<div class="charts">${svg(widthCharts(learned.trace, settings.epochs))}</div>
<h2>The same digits, the same draws, as the ranges grew</h2>
<img class="sheet" alt="Rows of augmented digits, one per epoch" src="${canvas.toDataURL("image/png")}">
<h2>Changed validation digits, per epoch</h2>
${svg([validationChart(curves, settings.epochs)])}
<h2>All trainings</h2>
<div class="wide"><table><thead><tr><th></th><th>test, upright</th><th>test, changed</th><th>validation, changed</th><th>time</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div>
<p>The fixed ranges are the true widths, all times one number: the grid knows their proportions, which the search has to find. The one
that is best on the validation digits counts.</p>
<p class="small">WebGPU on ${escaped(result.device)}; seed ${settings.seed}; ${result.seconds.toFixed(0)} s in all. Digits: MNIST, Yann LeCun, Corinna Cortes and
Christopher J. C. Burges, CC BY-SA 3.0; the pictures above are adapted from it, under the same licence.</p>
</body>
</html>
`;
}
