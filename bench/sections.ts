/** The sections of the report; the page of examples/benchmark shows the same. */
import { againstOf, againstRows, againstSummary, hasAgainst } from "./against.ts";
import { problemsOf } from "./benchmark.ts";
import { COPY } from "./cell.ts";
import { cellChart, copiesChart, factorChart, rooflineChart, scalingChart } from "./charts.ts";
import {
  besideCells,
  besides,
  byCost,
  type CellFigures,
  type Clock,
  cellsOf,
  digits,
  hasForeign,
  MODE_TITLES,
  times as multiple,
  type Source,
  sourcesOf,
  titleOf,
} from "./figures.ts";
import { goalsOf } from "./goals.ts";
import { bytes, escaped, table } from "./html.ts";
import type { BenchRecord, CopiesRow } from "./record.ts";

/** All sections that have something to show, as HTML. `document` makes the plots' elements. */
export function sections(document: Document, records: readonly BenchRecord[]): string {
  const sources = sourcesOf(records);
  const cells = cellsOf(records, sources);
  return [
    machines(sources),
    factors(document, cells),
    goals(records),
    against(records),
    times(document, cells),
    counts(cells),
    passes(document, sources),
    copies(document, sources),
    scaling(document, sources),
    problems(records),
    figures(cells),
  ]
    .filter(Boolean)
    .join("\n");
}

const svg = (elements: readonly (Element | null)[]): string =>
  elements.map((element) => (element ? element.outerHTML : "")).join("\n");
const section = (title: string, text: string, body: string): string =>
  body && `<h2>${title}</h2>\n${text && `<p>${text}</p>\n`}${body}`;

function machines(sources: readonly Source[]): string {
  const rows = sources.map(({ label, environment, record }) => {
    const engines = record.engines
      .filter(({ where }) => where === environment.where)
      .map(({ name, version }) => `${name} ${version}`);
    const device = `${environment.device.description}${environment.device.software ? " (software, no GPU)" : ""}`;
    return [
      label,
      environment.runtime,
      device,
      record.processor,
      engines.join(", "),
      record.date.slice(0, 16).replace("T", "\u00a0"),
    ];
  });
  const isSoftware = sources.some(({ environment }) => environment.device.software);
  const warning = isSoftware
    ? `<p class="small">A software adapter runs shaders on the processor, barriers above all far slower than a GPU does: its factors are not those of a GPU. Counts carry over.</p>`
    : "";
  return `<div class="wide text">${table(["where", "runtime", "device", "processor", "engines", "date (UTC)"], rows)}</div>\n${warning}`;
}

function factors(document: Document, cells: readonly CellFigures[]): string {
  const chart = (clock: Clock) => {
    const plot = factorChart(document, cells, clock);
    return plot ? `<div class="wide">${svg([plot])}</div>` : "";
  };
  const foreign = hasForeign(cells)
    ? " Engines that ran where augrad did not are set against augrad of the first record that has the same work."
    : "";
  const streams = chart("stream");
  return [
    section(
      "Against augrad",
      `Medians of single runs, each waited for, as multiples of augrad's on the same device. To the right of the line augrad is faster.${foreign}`,
      chart("wall"),
    ),
    streams &&
      `<h3>In a loop</h3>\n<p>Per run of a loop that waits for the device at its end only, as training does.</p>\n${streams}`,
  ].join("\n");
}

function goals(records: readonly BenchRecord[]): string {
  const found = goalsOf(records);
  const factor = (value: number | undefined) => (value === undefined ? "" : multiple(value));
  const rows = found.map(({ work, mode, shape, against, wanted, single, loop, most, isMet, tried }) => [
    `${titleOf(work)}, ${MODE_TITLES[mode]}, ${shape.join("×")}`,
    against,
    factor(wanted),
    factor(single),
    factor(loop),
    factor(most),
    isMet ? "reached" : `missed${tried ? `: ${tried}` : ""}`,
  ]);
  const header = ["work", "against", "wanted", "single runs", "in a loop", "a copy", ""];
  return section(
    "What was to be reached",
    "How many times as long as augrad another library takes. A kernel that only copies the batch bounds what can be had. A goal counts as reached in single runs or in a loop.",
    rows.length > 0 ? `<div class="wide">${table(header, rows)}</div>` : "",
  );
}

function against(records: readonly BenchRecord[]): string {
  const entries = againstOf(records);
  if (!hasAgainst(entries)) return "";
  const [header, ...rows] = againstRows(entries);
  return section(
    "Transform by transform against Kornia",
    `Milliseconds of single runs, each waited for; the same settings and inputs on both sides, and results that agree. ${againstSummary(entries)}`,
    `<div class="wide">${table(header, rows)}</div>`,
  );
}

function times(document: Document, cells: readonly CellFigures[]): string {
  return section(
    "Times",
    "Milliseconds from the call until the device has finished: bars are medians, the line on each spans the quartiles. The engines took turns. <em>copy</em> is a kernel that only copies the batch.",
    cells.length > 0 ? `<div class="charts">${svg(cells.map((cell) => cellChart(document, cell)))}</div>` : "",
  );
}

function counts(cells: readonly CellFigures[]): string {
  const engines = [...new Set(cells.flatMap(({ figures: found }) => found.map(({ row }) => row.engine)))];
  const counting = engines.filter((engine) =>
    cells.some(({ figures: found }) => found.some(({ row }) => row.engine === engine && row.counts)),
  );
  const rows = cells.map(({ title, mode, shape, figures: found }) => [
    `${title}, ${MODE_TITLES[mode]}, ${shape.join("×")}`,
    ...counting.map((engine) => {
      const counted = found.find(({ row }) => row.engine === engine && row.counts)?.row.counts;
      return counted ? [counted.dispatches, counted.submissions, counted.buffers, counted.bindGroups].join(" / ") : "";
    }),
  ]);
  return section(
    "Calls of WebGPU in one steady run",
    "Dispatches / submissions / new buffers / new bind groups. They do not depend on the device.",
    counting.length > 0 ? `<div class="wide">${table(["", ...counting], rows)}</div>` : "",
  );
}

function passes(document: Document, sources: readonly Source[]): string {
  const parts = sources.flatMap(({ id, label, record, environment }) => {
    const found = record.roofline.filter(({ where }) => where === environment.where);
    if (found.length === 0) return [];
    const charts = found.map((entry) => rooflineChart(document, titleOf(entry.work), entry));
    const rows = found.map(({ work, mode, shape, javascript, bytesSaved, planned }) => [
      `${titleOf(work)}, ${MODE_TITLES[mode]}, ${shape.join("×")}`,
      String(planned.length),
      bytes(planned.reduce((sum, pass) => sum + pass.bytesRead, 0)),
      bytes(planned.reduce((sum, pass) => sum + pass.bytesWritten, 0)),
      mode === "both" ? bytes(bytesSaved) : "",
      `${digits(javascript.median)} ms`,
    ]);
    const header = ["work", "forward passes", "read", "written", "saved for backward", "JavaScript"];
    const shown = `<div class="charts">${svg(charts)}</div>\n<div class="wide">${table(header, rows)}</div>`;
    // The second place says much the same as the first.
    const first = sources.find((source) =>
      source.record.roofline.some(({ where }) => where === source.environment.where),
    );
    const open = first?.id === id ? " open" : "";
    return [sources.length > 1 ? `<details${open}><summary>${escaped(label)}</summary>\n${shown}</details>` : shown];
  });
  return section(
    "augrad's passes beside a copy",
    "Each dispatch of one run by the device's clock. The tick is the time of a copy that moves as many bytes: the roofline. JavaScript is the time until a run is submitted.",
    parts.join("\n"),
  );
}

function copies(document: Document, sources: readonly Source[]): string {
  const charts = sources.flatMap(({ label, record, environment }) => {
    const rows = record.copies.filter(({ where }) => where === environment.where);
    const heading = sources.length > 1 ? `<h3>${escaped(label)}</h3>` : "";
    return rows.length > 0
      ? [`${heading}<div class="wide">${svg([copiesChart(document, rows)])}</div>\n${besideTable(rows)}`]
      : [];
  });
  return section(
    "In multiples of a copy",
    "The time of a chain over that of a copy of the same bytes, by the processor's time on a software adapter. A tick is what is allowed there at 4×3×224×224.",
    charts.join("\n"),
  );
}

/** What other libraries take for the transforms that they have. */
function besideTable(rows: readonly CopiesRow[]): string {
  const peers = besides(rows);
  if (peers.length === 0) return "";
  const shown = byCost(rows).filter(({ beside }) => beside);
  const lines = shown.map((row) => [
    `${row.work}, ${MODE_TITLES[row.mode]}`,
    row.copies.toFixed(1),
    ...besideCells(row, peers),
  ]);
  return `<p>Other libraries in turns with augrad and a copy, in a loop: multiples of the copy, and how many times as long as augrad.</p>
<div class="wide">${table(["transform", "augrad, copies", ...peers], lines)}</div>`;
}

function scaling(document: Document, sources: readonly Source[]): string {
  const parts = sources.flatMap(({ label, record, environment }) => {
    const found = record.scaling.filter(({ where }) => where === environment.where);
    if (found.length === 0) return [];
    const isPlot = ({ id }: (typeof found)[0]) => id !== "steady";
    const loops = found
      .filter((series) => !isPlot(series))
      .map(({ title, points }) => {
        const rows = points.map(({ line, x, value }) => [line, String(x), digits(value)]);
        return `<h3>${escaped(title)}</h3>\n${table(["what", "when", "value"], rows)}`;
      });
    const notes = found.flatMap(({ title, note }) => (note ? [`<li>${escaped(`${title}: ${note}`)}</li>`] : []));
    return [
      sources.length > 1 ? `<h3>${escaped(label)}</h3>` : "",
      `<div class="charts">${svg(found.filter(isPlot).map((series) => scalingChart(document, series)))}</div>`,
      notes.length > 0 ? `<ul class="small">${notes.join("")}</ul>` : "",
      ...loops,
    ];
  });
  return section("How augrad's times grow", "", parts.join("\n"));
}

function problems(records: readonly BenchRecord[]): string {
  const found = [...new Set(records.flatMap(problemsOf))];
  const list = found.map((sentence) => `<li>${escaped(sentence)}</li>`).join("\n");
  return section("Not measured, or to be known", "", found.length > 0 ? `<ul class="problems">${list}</ul>` : "");
}

function figures(cells: readonly CellFigures[]): string {
  const rows = cells.flatMap(({ title, mode, shape, figures: found }) =>
    found.map(({ row, label }) => [
      `${title}, ${MODE_TITLES[mode]}, ${shape.join("×")}`,
      label,
      row.wall ? digits(row.wall.median) : "",
      row.wall ? row.wall.quartiles.map(digits).join(" to ") : "",
      row.wall ? String(row.wall.runs) : "",
      row.stream ? digits(row.stream.median) : "",
      row.processor ? digits(row.processor.median) : "",
      row.first === undefined ? "" : digits(row.first),
      row.engine === COPY ? "" : (row.problem ?? row.check?.text ?? "no other engine to compare with"),
    ]),
  );
  if (rows.length === 0) return "";
  const header = [
    "work",
    "engine",
    "ms",
    "quartiles",
    "runs",
    "in a loop ms",
    "processor ms",
    "first call ms",
    "result",
  ];
  return `<details><summary>All figures</summary><div class="wide">${table(header, rows)}</div></details>`;
}
