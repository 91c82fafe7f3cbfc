/** What augrad has to reach, how far a run got, and what bounds it: a copy of the batch is the least that anything takes. */
import { catalogue } from "./catalogue.ts";
import { COPY } from "./cell.ts";
import type { Mode, Shape } from "./engine.ts";
import { type CellFigures, type Clock, cellsOf, type Figure } from "./figures.ts";
import { SMALL } from "./jobs.ts";
import type { BenchRecord, GoalRow } from "./record.ts";

interface Goal {
  work: string;
  mode: Mode;
  /** An engine. */
  against: string;
  /** How many times as long as augrad it has to take. */
  factor: number;
  /** `software` or `gpu` where the goal is for such an adapter alone. */
  on?: "software" | "gpu";
  /** The batch that it is for; the work's own and others but {@link SMALL} unless given. */
  shape?: Shape;
  /** What was tried where it is missed. */
  tried?: string;
}

const each = (works: readonly string[], goal: Omit<Goal, "work" | "mode">): Goal[] =>
  works.flatMap((work) => (["forward", "both"] as const).map((mode) => ({ work, mode, ...goal })));

const pair = (work: string, against: string, forward: number, both: number, more: Partial<Goal> = {}): Goal[] => [
  { work, mode: "forward", against, factor: forward, ...more },
  { work, mode: "both", against, factor: both, ...more },
];

const LARGE = catalogue.find(({ id }) => id === "eight")!.large!;

export const goals: readonly Goal[] = [
  {
    work: "colour",
    mode: "forward",
    against: "jax-js",
    factor: 7,
    tried:
      "by the device's clock a little more than half of it is memory, as the mean reads the image once more than a copy does, and the rest arithmetic, hue above all; tried were four pixels side by side, clips and hue without branches, 8 to 32 quads a thread, and sums without barriers",
  },
  { work: "colour", mode: "both", against: "jax-js", factor: 9 },
  ...pair("affine", "jax-js", 8, 5),
  ...pair("eight", "jax-js", 12, 12),
  ...pair("blur", "jax-js", 8, 8),
  {
    work: "choice",
    mode: "forward",
    against: "jax-js",
    factor: 10,
    tried:
      "SwiftShader runs both sides of every branch, so that all eight transforms are computed for every pixel, as in jax-js's one kernel; a GPU skips seven; tried was hue without branches of its own",
  },
  { work: "choice", mode: "both", against: "jax-js", factor: 10 },
  ...each(["colour", "affine"], { against: "tfjs", factor: 3 }),
  ...each(["colour", "affine", "eight", "choice"], {
    against: "jax-js",
    factor: 10,
    shape: SMALL,
    tried:
      "a copy of the batch alone takes a third to a half as long in a loop, nearly all of it launching, and the passes take the rest; there is one submission, and nothing new in it; tried were cached bind groups and uniforms, copies of parameters instead of dispatches, and fewer threads for small images",
  }),
  ...each(["blur"], {
    against: "jax-js",
    factor: 10,
    shape: SMALL,
    tried:
      "31 taps on lines of 32 pixels: arithmetic bounds it, and what mirrors add at the border is as wide as the image; jax-js's product with a matrix needs no more there than a window does; tried were 8 to 32 pixels a thread and a pass of its own for the border",
  }),
  ...pair("six", "kornia", 1, 1, { on: "software" }),
  ...each(["eight"], { against: "kornia", factor: 20, on: "gpu", shape: LARGE }),
  ...each(["eight"], { against: "kornia-compiled", factor: 5, on: "gpu", shape: LARGE }),
  ...each(["eight"], { against: "torchvision", factor: 10, on: "gpu", shape: LARGE }),
];

const isSame = (a: Shape, b: Shape): boolean => a.join() === b.join();

/** The goals that these records say something about, in order. */
export function goalsOf(records: readonly BenchRecord[]): GoalRow[] {
  const cells = cellsOf(records);
  return goals.flatMap((goal) =>
    cells
      .filter(({ work, mode }) => work === goal.work && mode === goal.mode)
      .filter(({ shape }) => (goal.shape ? isSame(shape, goal.shape) : !isSame(shape, SMALL)))
      .flatMap((cell) => rowsOf(goal, cell)),
  );
}

/** One row for each rival that was measured; augrad's figure is that of the same place, else the first there is. */
function rowsOf(goal: Goal, { figures, work, mode, shape }: CellFigures): GoalRow[] {
  return figures
    .filter(({ row }) => row.engine === goal.against && row.wall)
    .flatMap((rival) => {
      const ours = companion(figures, rival, "augrad");
      if (!ours || (goal.on && goal.on !== (isSoftware(ours) ? "software" : "gpu"))) return [];
      const copy = companion(figures, ours, COPY);
      const single = ratio(rival, ours, "wall")!;
      const loop = ratio(rival, ours, "stream");
      const most = copy && (ratio(rival, copy, "stream") ?? ratio(rival, copy, "wall"));
      const isMet = Math.max(single, loop ?? 0) >= goal.factor;
      return [
        {
          where: ours.source.environment.where,
          work,
          mode,
          shape,
          against: goal.against,
          wanted: goal.factor,
          single,
          ...(loop !== null && { loop }),
          ...(most && { most }),
          isMet,
          ...(!isMet && goal.tried && { tried: goal.tried }),
        },
      ];
    });
}

const isSoftware = ({ source }: Figure): boolean => source.environment.device.software;

function companion(figures: readonly Figure[], { source }: Figure, engine: string): Figure | undefined {
  const all = figures.filter(({ row }) => row.engine === engine && row.wall);
  return all.find((figure) => figure.source.id === source.id) ?? all[0];
}

function ratio(long: Figure, short: Figure, clock: Clock): number | null {
  // Records of other programs have no loops: what they wait for is nothing beside their runs.
  const time = long.row[clock] ?? (short.row[clock] ? long.row.wall : undefined);
  const over = short.row[clock];
  return time && over ? time.median / over.median : null;
}
