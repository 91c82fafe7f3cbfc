/** The plots of the page and of the report, as SVG. */
import * as Plot from "@observablehq/plot";
import {
  type Accuracy,
  ARMS,
  type ArmName,
  type EpochReport,
  FIRST_WIDTHS,
  TRUE_WIDTHS,
  type WidthPoint,
  type Widths,
} from "./results.ts";

export const ARM_TITLES: Record<ArmName, string> = {
  none: "no augmentation",
  learned: "learned",
  fixed: "best fixed",
};
export const ARM_COLOURS: Record<ArmName, string> = { none: "#8a8f98", learned: "#e8590c", fixed: "#1971c2" };

const WIDTH_TITLES: Record<keyof Widths, string> = {
  angle: "rotation, ± degrees",
  move: "movement, ± share of half the side",
  scale: "size, ± natural logarithm",
  shear: "shear, ± tangent",
};

/** What a chart of validation shows of one training. */
export interface Curve {
  arm: ArmName;
  factor?: number;
  epochs: EpochReport[];
}

const curveName = ({ arm, factor }: Pick<Curve, "arm" | "factor">) =>
  arm === "fixed" ? `fixed × ${factor}` : ARM_TITLES[arm];

const STYLE = { background: "none", fontSize: "12px", overflow: "visible" };

/** Whole epochs on the axis, few enough to read. */
const epochAxis = (epochs: number, first = 0) =>
  Plot.axisX({
    ticks: Array.from({ length: epochs + 1 }, (_, i) => i).filter((i) => i >= first && i % Math.ceil(epochs / 5) === 0),
    tickFormat: "d",
    label: "epoch",
  });

/** One chart per width: how it went, and the true one as a dashed line. */
export function widthCharts(trace: readonly WidthPoint[], epochs: number): Element[] {
  return (Object.keys(WIDTH_TITLES) as (keyof Widths)[]).map((name) => {
    const points = trace.map(({ epoch, widths }) => ({ epoch, value: widths[name] }));
    const highest = Math.max(TRUE_WIDTHS[name] * 1.35, FIRST_WIDTHS[name], ...points.map(({ value }) => value * 1.1));
    const corner = freeCorner(points, epochs, TRUE_WIDTHS[name], highest);
    return Plot.plot({
      width: 250,
      height: 180,
      marginLeft: 40,
      marginBottom: 40,
      style: STYLE,
      caption: WIDTH_TITLES[name],
      ariaLabel: WIDTH_TITLES[name],
      x: { domain: [0, epochs] },
      y: { domain: [0, highest], ticks: 4, grid: true, label: null },
      marks: [
        epochAxis(epochs),
        Plot.ruleY([TRUE_WIDTHS[name]], { stroke: "currentColor", strokeDasharray: "5 4" }),
        Plot.text([TRUE_WIDTHS[name]], { y: (d: number) => d, text: () => "the world", ...corner }),
        Plot.line(points, { x: "epoch", y: "value", stroke: ARM_COLOURS.learned, strokeWidth: 2.5 }),
        Plot.dot(points.slice(-1), { x: "epoch", y: "value", fill: ARM_COLOURS.learned, r: 3.5 }),
      ],
    });
  });
}

/** Where a label of the line at `value` stands farthest from the curve: at one of its ends, above it or below. */
function freeCorner(
  points: readonly { epoch: number; value: number }[],
  epochs: number,
  value: number,
  highest: number,
) {
  const corners = (["left", "right"] as const).flatMap((side) =>
    [-8, 8].map((dy) => {
      const near = points.filter(({ epoch }) => (side === "left" ? epoch : epochs - epoch) <= 0.35 * epochs);
      // The plot is about 120 pixels high.
      const label = value - (dy / 120) * highest;
      const room = Math.min(highest, ...near.map((point) => Math.abs(point.value - label)));
      return { room, frameAnchor: side, dx: side === "left" ? 4 : -4, dy };
    }),
  );
  const { room: _, ...corner } = corners.reduce((best, each) => (each.room > best.room ? each : best));
  return { ...corner, textAnchor: corner.frameAnchor === "left" ? ("start" as const) : ("end" as const) };
}

/** Per cent of the changed validation digits, epoch by epoch. */
export function validationChart(curves: readonly Curve[], epochs: number): Element {
  const points = curves.flatMap((curve) =>
    curve.epochs.map(({ epoch, validation }) => ({ epoch, validation, arm: curve.arm, name: curveName(curve) })),
  );
  const ends = points.filter((point) => !points.some((p) => p.name === point.name && p.epoch > point.epoch));
  return Plot.plot({
    width: 500,
    height: 310,
    marginRight: 110,
    marginBottom: 40,
    style: STYLE,
    ariaLabel: "changed validation digits classified correctly, per epoch",
    x: { domain: [Math.min(1, epochs), Math.max(2, epochs)] },
    y: { domain: [0, 100], grid: true, label: "per cent correct" },
    marks: [
      epochAxis(epochs, 1),
      Plot.line(points, {
        x: "epoch",
        y: "validation",
        z: "name",
        stroke: (d: (typeof points)[0]) => ARM_COLOURS[d.arm],
        strokeWidth: (d: (typeof points)[0]) => (d.arm === "fixed" ? 1.2 : 2.5),
      }),
      Plot.dot(ends, { x: "epoch", y: "validation", fill: (d: (typeof points)[0]) => ARM_COLOURS[d.arm], r: 3 }),
      Plot.text(apart(ends), {
        x: "epoch",
        y: "at",
        text: "name",
        dx: 8,
        textAnchor: "start",
        fill: (d: (typeof points)[0]) => ARM_COLOURS[d.arm],
      }),
    ],
  });
}

/** Moves labels that would lie on each other. */
function apart<T extends { validation: number }>(points: readonly T[]): (T & { at: number })[] {
  let last = Number.NEGATIVE_INFINITY;
  return [...points]
    .sort((a, b) => a.validation - b.validation)
    .map((point) => {
      last = Math.max(point.validation, last + 6);
      return { ...point, at: last };
    });
}

/** The test: upright and changed, for the three ways. */
export function accuracyChart(accuracy: Partial<Record<ArmName, Accuracy>>): Element {
  const bars = ARMS.flatMap((arm) => {
    const known = accuracy[arm];
    return known ? (["upright", "changed"] as const).map((digits) => ({ arm, digits, right: known[digits] })) : [];
  });
  return Plot.plot({
    width: 500,
    height: 280,
    marginTop: 30,
    marginBottom: 40,
    marginLeft: 110,
    marginRight: 60,
    style: STYLE,
    ariaLabel: "test digits classified correctly",
    x: { domain: [0, 100], grid: true, label: "per cent correct" },
    y: { axis: null, domain: [...ARMS] },
    fy: { axis: null, domain: ["upright", "changed"], padding: 0.3 },
    marks: [
      Plot.text(["upright", "changed"], {
        fy: (d: string) => d,
        text: (d: string) => `${d} digits`,
        frameAnchor: "top-left",
        dy: -16,
        fontWeight: "bold",
      }),
      Plot.barX(bars, {
        x: "right",
        y: "arm",
        fy: "digits",
        fill: (d: (typeof bars)[0]) => ARM_COLOURS[d.arm],
        insetTop: 1,
        insetBottom: 1,
      }),
      Plot.text(bars, {
        x: 0,
        y: "arm",
        fy: "digits",
        text: (d: (typeof bars)[0]) => ARM_TITLES[d.arm],
        dx: -6,
        textAnchor: "end",
      }),
      Plot.text(bars, {
        x: "right",
        y: "arm",
        fy: "digits",
        text: (d: (typeof bars)[0]) => `${d.right.toFixed(1)}%`,
        dx: 6,
        textAnchor: "start",
        fontWeight: "bold",
      }),
    ],
  });
}
