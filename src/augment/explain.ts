import { explain, type Plan, type PlannedPass, type PlanOptions } from "../compiler/index.ts";
import { kinds } from "../compiler/kinds/index.ts";
import { bindOutlines, titleOf } from "../compiler/stages/explain.ts";
import { ShapeError } from "../gpu/index.ts";
import { type Group, groupsOf, sizeOf } from "../targets/list.ts";
import { checkShape, count, type Shape, show, type Tensor } from "../tensor/index.ts";
import type { Parts, Transform } from "../transforms/index.ts";
import { select, shapeAfter } from "../transforms/within/select.ts";
import { arrange } from "./arrange.ts";
import { outermost, withinOf } from "./outermost.ts";
import type { Entry, Planned } from "./plan.ts";
import {
  type Arranged,
  branchChain,
  type MixtureOutline,
  mixturesIn,
  onlyTransforms,
  type PartedOutline,
  type Step,
} from "./steps.ts";
import { frontOf } from "./unequal.ts";
import { Workspace } from "./workspace.ts";

/** The passes of a pipeline for a batch of a shape; nothing is drawn on the GPU. */
export function explainPipeline(planned: Planned, shape: Shape, options: PlanOptions): Plan {
  const chain = outlined(planned, shape);
  const steps = arrange(planned, [shape]);
  if (!steps.some(chain.isCut)) return explain(chain.transforms, shape, options);
  return joined(plansOf(chain, steps, shape, options));
}

/** What runs, with something of the right form in the place of every tensor. */
interface Outlined {
  readonly transforms: readonly Transform[];
  /** The transform of a step that is one; null of branches. */
  readonly linkOf: (step: Arranged) => Transform | null;
  /** Where the chain is cut, and images are blended or put together. */
  readonly isCut: (step: Arranged) => boolean;
  /** Whether the branches of a selection are added in shares. */
  readonly isShared: (selection: number) => boolean;
}

function outlined(planned: Planned, shape: Shape): Outlined {
  const { entries } = planned;
  return outlinedBy(planned, outline(planned, shape), outermost(entries, entries));
}

/** @param outer the entries of the transforms */
function outlinedBy(planned: Planned, transforms: readonly Transform[], outer: readonly Entry[]): Outlined {
  const numberOf = (step: Arranged): number | null =>
    typeof step === "number" ? step : "transform" in step ? step.transform : null;
  const linkOf: Outlined["linkOf"] = (step) => {
    const at = numberOf(step);
    if (at === null) return null;
    // Of links that run by themselves, one has no coin but its own.
    const isAlone = typeof step === "object" && "ways" in step && step.ways.length === 0 && !outer[at].coin;
    return isAlone ? { ...transforms[at], on: outer[at].transform.on } : transforms[at];
  };
  const isCut: Outlined["isCut"] = (step) => {
    const at = numberOf(step);
    return at === null || (outer[at].coinOnGpu && !kinds[transforms[at].declaration.kind].blends);
  };
  return { transforms, linkOf, isCut, isShared: (selection) => planned.selections[selection].shares !== null };
}

/** The plans of the pieces of a chain; the last one has `last` as its options. */
function plansOf(whole: Outlined, steps: readonly Arranged[], from: Shape, last: PlanOptions): Plan[] {
  const { linkOf, isCut, isShared } = whole;
  const between: PlanOptions = { ...last, dtype: "f32" };
  const plans: Plan[] = [];
  let size = from;
  let chain: Transform[] = [];
  const add = (plan: Plan): void => {
    plans.push(plan);
    size = plan.passes[plan.passes.length - 1].output;
  };
  const end = (options: PlanOptions): void => {
    if (chain.length > 0) add(explain(chain, size, options));
    chain = [];
  };
  for (const step of steps) {
    const link = linkOf(step);
    if (link && !isCut(step)) {
      chain.push(link);
      continue;
    }
    end(between);
    if (link) {
      const ended = `${link.declaration.name} has a learned coin: the images with and without it are blended`;
      add(blend(explain({ ...link, on: undefined }, size, between), 0, ended));
      continue;
    }
    const { branches, ...of } = step as MixtureOutline | PartedOutline;
    const isParted = "parted" in of;
    const ending = isParted && !isShared(of.parted) ? byThemselves : sideBySide;
    plans.push(...ending(branches, (each) => plansOf(whole, each, size, between)));
    if (isParted) size = shapeAfter(of.outcomes, size);
  }
  end(last);
  return plans;
}

/**
 * The passes of a pipeline for images of these shapes, `[C, H, W]` each: those of each size, and those of the batch that they become.
 * @throws ShapeError where they do not come out with one size
 */
export function explainList(planned: Planned, shapes: readonly Shape[], options: PlanOptions): Plan {
  const list = { groups: readShapes(shapes), argument: "shape" };
  const n = shapes.length;
  if (list.groups.length === 1) return explainPipeline(planned, list.groups[0].shape, options);
  // What a pass is does not depend on how many images there are: it is planned for all, which have values for each.
  const sizes = list.groups.map(({ shape }) => shape.with(0, n));
  const steps = arrange(planned, sizes);
  const chain = outlined(planned, sizes[0]);
  const transforms = onlyTransforms(
    steps.map((step) => stepOf(chain, step, n)),
    "pipeline of images of unequal size",
  );
  const between: PlanOptions = { ...options, dtype: "f32" };
  const chainsOf = (most: number) =>
    sizes.map((shape) => ({ shape, dtype: "f32" as const, bound: bindOutlines(transforms.slice(0, most), shape) }));
  const isGated = steps.some((step) => chain.linkOf(step) !== null && chain.isCut(step));
  const front = frontOf(list, transforms, isGated, chainsOf, between);
  const first = list.groups.map(({ places }, g) => {
    const plans = plansOf(chain, steps.slice(0, front), sizes[g], between);
    return { plans: plans.map((plan) => partOf(plan, places.length, n)), after: plans.at(-1)!.passes.at(-1)!.output };
  });
  const [{ after }] = first;
  const rest = steps.slice(front);
  const last = rest.length > 0 ? plansOf(chain, rest, after, options) : [explain([], after, options)];
  return joined([...first.flatMap(({ plans }) => plans), ...last]);
}

function readShapes(shapes: readonly Shape[]): readonly Group[] {
  for (const [i, shape] of shapes.entries()) {
    const at = `shape[${i}]`;
    checkShape(shape, at);
    if (shape.length !== 3) throw new ShapeError(at, show(shape), "[C, H, W], of one image");
    if (shape[0] !== shapes[0][0]) throw new ShapeError(at, show(shape), `${shapes[0][0]} channels, as shape[0]`);
  }
  return groupsOf(shapes.map(sizeOf), shapes[0][0]);
}

/** The plan of `count` of `n` images. */
function partOf(plan: Plan, count: number, n: number): Plan {
  const part = (bytes: number): number => (bytes / n) * count;
  const passes = plan.passes.map((pass) => ({
    ...pass,
    input: pass.input.with(0, count),
    output: pass.output.with(0, count),
    bytesRead: part(pass.bytesRead),
    bytesWritten: part(pass.bytesWritten),
    bytesSaved: part(pass.bytesSaved),
  }));
  return { ...plan, passes, bytesSaved: part(plan.bytesSaved) };
}

/** The passes of branches, each of which ends with its share of the sum. */
const sideBySide: Ending = endingBy("the images of branches are added in shares", (last, ended) =>
  blend(last, last.passes.length - 1, ended),
);

/** The passes of branches, each of which its samples run, at most all. */
const byThemselves: Ending = endingBy("its samples are put in their places", ({ passes, ...last }, ended) => ({
  ...last,
  passes: passes.with(-1, { ...passes[passes.length - 1], ended }),
}));

type Ending = (branches: readonly (readonly Arranged[])[], plansOf: (steps: readonly Arranged[]) => Plan[]) => Plan[];

function endingBy(why: string, end: (last: Plan, ended: string) => Plan): Ending {
  return (branches, plansOf) =>
    branches.flatMap((steps, b) => {
      const plans = plansOf(steps);
      const last = plans.pop();
      return last ? [...plans, end(last, `branch ${b}: ${why}`)] : [];
    });
}

/** A step with what stands for tensors, for n images. */
function stepOf(chain: Outlined, step: Arranged, n: number): Step {
  const link = chain.linkOf(step);
  if (link) return link;
  const { branches, ...of } = step as MixtureOutline | PartedOutline;
  const made = branches.map((steps) => steps.map((each) => stepOf(chain, each, n)));
  if (!("parted" in of) || chain.isShared(of.parted))
    return { shares: outlineOf([n, made.length]), branches: made, mask: null, single: true };
  const chains = made.map((steps) => branchChain(steps, n));
  return select({ chains, taken: new Array<number>(n).fill(0) }, of.outcomes);
}

/** The transforms with something of the right form in place of every draw. */
function outline(planned: Planned, shape: Shape): readonly Transform[] {
  const room = new Workspace(planned, shape[0], shape[1]);
  room.draw(0, 0);
  for (const { n, transform, coinUnits, draws } of room.entries) {
    if (coinUnits) transform.on = outlineOf([n]);
    for (const { draw, units, components, vector } of draws) {
      if (units) transform.params[draw.param] = outlineOf(vector ? [n, components] : [n]);
    }
  }
  for (const [i, steps] of planned.inner) {
    if (mixturesIn(steps).length > 0) continue;
    const { transform } = room.entries[i] as (typeof room.entries)[number] & { transform: { parts: Parts } };
    const { parts } = transform;
    const inside = withinOf(planned.entries, i);
    const within = outlinedBy(
      planned,
      parts.chain,
      inside.map((at) => planned.entries[at]),
    );
    const chainFor = (shape: Shape) =>
      arrange(planned, [shape], i).map((step) => stepOf(within, step, shape[0])) as readonly Transform[];
    transform.parts = { ...parts, chainFor };
  }
  return room.transforms;
}

/** What stands for a tensor where nothing is computed. */
const outlineOf = (shape: Shape) => ({ shape, dtype: "f32" }) as Tensor;

/** What a learned share adds to a pass: share · T(x) + (1 - share) x, say, one operation after the other. */
function blend(plan: Plan, at: number, ended: string): Plan {
  const pass = plan.passes[at];
  const image = count(pass.output) * 4;
  const blended: PlannedPass = {
    ...pass,
    dispatches: { forward: pass.dispatches.forward + 3, backward: pass.dispatches.backward + 6 },
    bytesRead: pass.bytesRead + 4 * image,
    bytesWritten: pass.bytesWritten + 3 * image,
    bytesSaved: pass.bytesSaved + 2 * image,
    ended,
  };
  return { ...plan, passes: plan.passes.with(at, blended), bytesSaved: plan.bytesSaved + 2 * image };
}

/** One plan of several, printed like one. */
function joined(plans: readonly Plan[]): Plan {
  const passes = plans.flatMap((plan) => plan.passes);
  return { passes, bytesSaved: plans.reduce((sum, plan) => sum + plan.bytesSaved, 0), toString: () => print(passes) };
}

const print = (passes: readonly PlannedPass[]): string =>
  passes
    .map((pass, i) => {
      const shapes = `[${pass.input.join(", ")}] -> [${pass.output.join(", ")}]`;
      return `${titleOf(pass, i)}\n   ${shapes}\n   ends: ${pass.ended}`;
    })
    .join("\n");
