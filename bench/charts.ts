/** The plots of the report and of the page, as SVG. `document` makes the elements: a page's own, or one without a page. */
import * as Plot from "@observablehq/plot";
import { COPY } from "./cell.ts";
import { byCost, type CellFigures, type Clock, digits, type Figure, MODE_TITLES, times } from "./figures.ts";
import { decades, longest, rowsFor, ticksFor } from "./labels.ts";
import type { CopiesRow, Roofline, Scaling } from "./record.ts";

const COLOURS: Record<string, string> = {
  augrad: "#e8590c",
  "jax-js": "#1971c2",
  tfjs: "#e0a100",
  opencv: "#2f9e44",
  sharp: "#0c8599",
  [COPY]: "#8a8f98",
};
/** For engines of other programs' records. */
const FURTHER = ["#9c36b5", "#c2255c", "#5f3dc4", "#66a80f", "#846358"];

/** A colour for each engine, the same in all plots. */
export function colourOf(engine: string): string {
  if (COLOURS[engine]) return COLOURS[engine];
  const sum = [...engine].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return FURTHER[sum % FURTHER.length];
}

const STYLE = { background: "none", fontSize: "12px", overflow: "visible" };
const BAR = 22;
/** Width of most plots. */
const WIDTH = 500;

/** Pixels between the margins. */
const roomOf = ({ marginLeft, marginRight }: { marginLeft: number; marginRight: number }, width = WIDTH): number =>
  width - marginLeft - marginRight;

type Element = ReturnType<typeof Plot.plot>;

/** Bars of the engines on one cell, source by source, the fastest first; those without a figure say so. */
export function cellChart(document: Document, { figures, title, mode, shape }: CellFigures): Element {
  const time = ({ row }: Figure) => row.wall?.median ?? Number.POSITIVE_INFINITY;
  const sources = [...new Set(figures.map(({ source }) => source.id))];
  const place = ({ source }: Figure) => sources.indexOf(source.id);
  const sorted = [...figures].sort((a, b) => place(a) - place(b) || time(a) - time(b));
  const measured = sorted.filter(({ row }) => row.wall);
  const text = ({ row, factor }: Figure) =>
    row.wall ? `${digits(row.wall.median)} ms${factor.wall === null ? "" : `  ${times(factor.wall)}`}` : "no figure";
  const most = Math.max(1e-6, ...measured.map(time));
  const y = { y: "label" };
  const margins = {
    marginLeft: longest(sorted.map(({ label }) => label)) + 12,
    marginRight: longest(measured.map(text)) + 16,
  };
  return Plot.plot({
    document,
    width: WIDTH,
    height: sorted.length * BAR + 52,
    marginTop: 8,
    marginBottom: 40,
    ...margins,
    style: STYLE,
    caption: `${title}, ${MODE_TITLES[mode]}, ${shape.join("×")}`,
    ariaLabel: `${title}, ${MODE_TITLES[mode]}: milliseconds of each engine`,
    x: { domain: [0, most], ticks: ticksFor(roomOf(margins), most), grid: true, label: "milliseconds" },
    y: { domain: sorted.map(({ label }) => label), label: null, tickSize: 0 },
    marks: [
      Plot.barX(measured, { ...y, x: time, fill: (d: Figure) => colourOf(d.row.engine), insetTop: 2, insetBottom: 2 }),
      Plot.ruleY(measured, {
        ...y,
        x1: (d: Figure) => d.row.wall!.quartiles[0],
        x2: (d: Figure) => Math.min(most, d.row.wall!.quartiles[1]),
        stroke: "currentColor",
        strokeOpacity: 0.7,
      }),
      ...[true, false].map((isOurs) =>
        Plot.text(
          sorted.filter(({ row }) => (row.engine === "augrad") === isOurs),
          {
            ...y,
            x: (d: Figure) => (d.row.wall ? time(d) : 0),
            text,
            dx: 6,
            textAnchor: "start",
            fontWeight: isOurs ? "bold" : "normal",
            fillOpacity: (d: Figure) => (d.row.wall ? 1 : 0.6),
            title: (d: Figure) => d.row.problem ?? d.label,
          },
        ),
      ),
    ],
  }) as Element;
}

/** Where labels of neighbouring dots go, in pixels: above the dots, below them, and so on outwards. */
const ROWS = [-12, 13, -22, 23];

/** The texts of the dots, each in a row of its cell in which it lies on no other. */
function labelled<Dot extends { cell: string; mode: string; factor: number }>(
  dots: readonly Dot[],
  [from, to]: readonly [number, number],
  pixels: number,
): (Dot & { text: string; row: number })[] {
  const key = ({ cell, mode }: Dot) => `${cell}|${mode}`;
  return [...new Set(dots.map(key))].flatMap((name) => {
    const group = dots.filter((dot) => key(dot) === name);
    const texts = group.map((dot) => ({
      ...dot,
      text: times(dot.factor),
      at: (Math.log(dot.factor / from) / Math.log(to / from)) * pixels,
    }));
    const rows = rowsFor(texts, 6);
    return texts.map((dot, i) => ({ ...dot, row: rows[i] }));
  });
}

/** How many times as long as augrad each engine takes, all cells in one plot. Null where there is no peer's figure. */
export function factorChart(document: Document, cells: readonly CellFigures[], clock: Clock): Element | null {
  const isManyShapes = (work: string, mode: string) =>
    cells.filter((cell) => cell.work === work && cell.mode === mode).length > 1;
  const name = ({ work, title, mode, shape }: CellFigures) =>
    isManyShapes(work, mode) ? `${title}, ${shape.join("×")}` : title;
  const dots = cells.flatMap((cell) =>
    cell.figures.flatMap(({ factor: { [clock]: factor }, row, label, source }) =>
      factor === null
        ? []
        : [{ cell: name(cell), mode: MODE_TITLES[cell.mode], factor, engine: row.engine, label, source: source.label }],
    ),
  );
  if (dots.length === 0) return null;
  const names = [...new Set(dots.map(({ cell }) => cell))];
  const engines = [...new Set(dots.map(({ engine }) => engine))];
  const sources = [...new Set(dots.map(({ source }) => source))];
  const bounds = [
    Math.min(0.5, ...dots.map(({ factor }) => factor * 0.8)),
    Math.max(4, ...dots.map((d) => d.factor * 1.3)),
  ] as const;
  const [width, margins] = [1040, { marginLeft: longest(names) + 12, marginRight: 20 }];
  const facet = (roomOf(margins, width) / 2) * 0.91;
  const placed = labelled(dots, bounds, facet);
  const ticks = decades(bounds, facet);
  return Plot.plot({
    document,
    width,
    height: names.length * (24 + 10 * (1 + Math.max(...placed.map(({ row }) => row)))) + 80,
    ...margins,
    marginTop: 30,
    style: STYLE,
    ariaLabel: "How many times as long as augrad each engine takes",
    color: { domain: engines, range: engines.map(colourOf), legend: true },
    symbol: { domain: sources, legend: sources.length > 1 },
    x: { type: "log", domain: bounds },
    y: { domain: names, label: null, tickSize: 0 },
    fx: { domain: Object.values(MODE_TITLES), label: null, padding: 0.06 },
    marks: [
      // Texts of its own, because d3 leaves out ticks of a logarithmic axis.
      Plot.axisX({ ticks, text: (v: number) => `${digits(v)}×`, label: null }),
      Plot.ruleX(ticks, { strokeOpacity: 0.1 }),
      Plot.ruleX([1], { stroke: colourOf("augrad"), strokeWidth: 2 }),
      Plot.ruleY(names, { y: (d: string) => d, strokeOpacity: 0.12 }),
      Plot.dot(dots, {
        x: "factor",
        y: "cell",
        fx: "mode",
        fill: "engine",
        symbol: "source",
        r: 6,
        title: (d) => `${d.label}: ${times(d.factor)}`,
      }),
      ...[...new Set(placed.map(({ row }) => row))].map((row) =>
        Plot.text(
          placed.filter((label) => label.row === row),
          { x: "factor", y: "cell", fx: "mode", text: "text", dy: ROWS[row % ROWS.length], fontSize: 10 },
        ),
      ),
    ],
  }) as Element;
}

/** Chains in multiples of a copy, and how many are allowed. */
export function copiesChart(document: Document, rows: readonly CopiesRow[]): Element {
  const named = byCost(rows).map((row) => ({ ...row, name: `${row.work}, ${MODE_TITLES[row.mode]}` }));
  const text = ({ copies, loop, limit }: CopiesRow) =>
    `${copies.toFixed(1)}${loop ? `, ${loop.copies.toFixed(1)} in a loop` : ""}${limit === undefined ? "" : ` of ${limit} allowed`}`;
  const limits = named.filter(({ limit }) => limit !== undefined);
  return Plot.plot({
    document,
    width: 760,
    height: named.length * BAR + 56,
    marginLeft: longest(named.map(({ name }) => name)) + 12,
    marginRight: longest(named.map(text)) + 16,
    marginTop: 8,
    marginBottom: 40,
    style: STYLE,
    ariaLabel: "Chains in multiples of a copy",
    x: { grid: true, label: "copies", zero: true },
    y: { domain: named.map(({ name }) => name), label: null, tickSize: 0 },
    marks: [
      Plot.barX(named, { x: "copies", y: "name", fill: colourOf("augrad"), insetTop: 2, insetBottom: 2 }),
      Plot.tickX(limits, { x: "limit", y: "name", stroke: "currentColor", strokeWidth: 2 }),
      Plot.text(named, { x: (d) => Math.max(d.copies, d.limit ?? 0), y: "name", text, dx: 6, textAnchor: "start" }),
    ],
  }) as Element;
}

/** The passes of one run of a cell, and how long a copy of as many bytes takes. Null where the device has no clock. */
export function rooflineChart(
  document: Document,
  title: string,
  { passes, copy, mode, shape }: Roofline,
): Element | null {
  const bars = (passes ?? []).flatMap(({ label, bytes, milliseconds }, i) =>
    milliseconds === undefined ? [] : [{ label, name: `${i + 1} ${label.split(":")[0]}`, bytes, milliseconds }],
  );
  if (bars.length === 0 || !copy || copy.milliseconds === 0) return null;
  const speed = copy.bytes / copy.milliseconds;
  const text = (d: (typeof bars)[0]) => {
    const least = d.bytes / speed;
    return `${digits(d.milliseconds)} ms${d.bytes > 0.05 * copy.bytes ? `  ${times(d.milliseconds / least)}` : ""}`;
  };
  const margins = {
    marginLeft: longest(bars.map(({ name }) => name)) + 12,
    marginRight: longest(bars.map(text)) + 16,
  };
  const ticks = ticksFor(roomOf(margins), Math.max(...bars.map(({ milliseconds }) => milliseconds)));
  return Plot.plot({
    document,
    width: WIDTH,
    height: bars.length * BAR + 52,
    marginTop: 8,
    marginBottom: 40,
    ...margins,
    style: STYLE,
    caption: `${title}, ${MODE_TITLES[mode]}, ${shape.join("×")}`,
    ariaLabel: `${title}, ${MODE_TITLES[mode]}: the passes beside a copy`,
    x: { ticks, grid: true, label: "milliseconds on the device", zero: true },
    y: { domain: bars.map(({ name }) => name), label: null, tickSize: 0 },
    marks: [
      Plot.barX(bars, {
        x: "milliseconds",
        y: "name",
        fill: colourOf("augrad"),
        insetTop: 2,
        insetBottom: 2,
        title: "label",
      }),
      Plot.tickX(
        bars.filter(({ bytes }) => bytes > 0),
        { x: (d) => d.bytes / speed, y: "name", stroke: "currentColor", strokeWidth: 2 },
      ),
      Plot.text(bars, { x: "milliseconds", y: "name", text, dx: 6, textAnchor: "start" }),
    ],
  }) as Element;
}

const LINES = ["#e8590c", "#1971c2", "#f08c00", "#4dabf7", "#2f9e44"];

/** A series: lines over numbers, bars over names. */
export function scalingChart(document: Document, series: Scaling): Element {
  return series.points.every(({ x }) => typeof x === "number")
    ? lineChart(document, series)
    : barChart(document, series);
}

function lineChart(document: Document, { title, x, unit, points }: Scaling): Element {
  const lines = [...new Set(points.map(({ line }) => line))];
  const isWide = Math.max(...points.map((p) => Number(p.x))) / Math.min(...points.map((p) => Number(p.x))) > 20;
  const values = points.map(({ value }) => value);
  const yTicks = decades([Math.min(...values) * 0.8, Math.max(...values) * 1.25], 250 * 2);
  const places = [...new Set(points.map((p) => Number(p.x)))];
  return Plot.plot({
    document,
    width: WIDTH,
    height: 320,
    marginLeft: 56,
    marginBottom: 40,
    style: STYLE,
    caption: title,
    ariaLabel: title,
    color: { domain: lines, range: LINES, legend: true },
    x: { type: isWide ? "log" : "linear" },
    y: { type: isWide ? "log" : "linear", grid: !isWide, label: unit, zero: !isWide, ...(isWide && { axis: null }) },
    marks: [
      Plot.axisX({ ticks: places, text: (v: number) => String(v), label: x }),
      ...(isWide
        ? [Plot.axisY({ ticks: yTicks, text: digits, label: unit }), Plot.gridY({ ticks: yTicks })]
        : [Plot.ruleY([0])]),
      Plot.line(points, { x: "x", y: "value", stroke: "line", strokeWidth: 2.5 }),
      Plot.ruleX(
        points.filter(({ quartiles }) => quartiles),
        { x: "x", y1: (d) => d.quartiles[0], y2: (d) => d.quartiles[1], stroke: "line" },
      ),
      Plot.dot(points, {
        x: "x",
        y: "value",
        fill: "line",
        r: 3.5,
        title: (d) => `${d.line}: ${digits(d.value)} ${unit}`,
      }),
    ],
  }) as Element;
}

function barChart(document: Document, { title, unit, points }: Scaling): Element {
  const named = points.map((point) => ({ ...point, name: String(point.x) }));
  const lines = [...new Set(named.map(({ line }) => line))];
  const text = ({ value }: (typeof named)[0]) => digits(value);
  const margins = {
    marginLeft: longest(named.map(({ name }) => name)) + 12,
    marginRight: longest(named.map(text)) + 16,
  };
  const ticks = ticksFor(roomOf(margins), Math.max(...named.map(({ value }) => value)));
  return Plot.plot({
    document,
    width: WIDTH,
    height: points.length * BAR + lines.length * 24 + 52,
    marginTop: 24,
    marginBottom: 40,
    ...margins,
    style: STYLE,
    caption: title,
    ariaLabel: title,
    x: { grid: true, ticks, label: unit, zero: true },
    y: { domain: [...new Set(named.map(({ name }) => name))], label: null, tickSize: 0 },
    fy: { domain: lines, axis: null, padding: 0.25 },
    marks: [
      Plot.text(lines, {
        fy: (d: string) => d,
        text: (d: string) => d,
        frameAnchor: "top-left",
        dy: -16,
        fontWeight: "bold",
      }),
      Plot.barX(named, { x: "value", y: "name", fy: "line", fill: colourOf("augrad"), insetTop: 2, insetBottom: 2 }),
      Plot.text(named, { x: "value", y: "name", fy: "line", text, dx: 6, textAnchor: "start" }),
    ],
  }) as Element;
}
