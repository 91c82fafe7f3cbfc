import { explain, type Plan, type PlannedPass, type PlanOptions } from "../compiler/index.ts";
import { kinds } from "../compiler/kinds/index.ts";
import { bindOutlines } from "../compiler/stages/explain.ts";
import { ShapeError } from "../gpu/index.ts";
import { type Group, groupsOf, sizeOf } from "../targets/list.ts";
import { checkShape, count, type Shape, show, type Tensor } from "../tensor/index.ts";
import type { Transform } from "../transforms/index.ts";
import { outermost } from "./nest.ts";
import type { Planned } from "./plan.ts";
import { type Mixture, type MixtureOutline, type Outline, onlyTransforms } from "./steps.ts";
import { frontOf } from "./unequal.ts";
import { Workspace } from "./workspace.ts";

/** The passes of a pipeline for a batch of a shape; nothing is drawn on the GPU. */
export function explainPipeline(planned: Planned, shape: Shape, options: PlanOptions): Plan {
  const chain = outlined(planned, shape);
  if (!planned.steps.some(chain.isCut)) return explain(chain.transforms, shape, options);
  return joined(plansOf(chain, planned.steps, shape, options));
}

/** What runs, with something of the right form in the place of every tensor. */
interface Outlined {
  readonly transforms: readonly Transform[];
  /** Where the chain is cut, and images are blended. */
  readonly isCut: (step: Outline) => boolean;
}

function outlined(planned: Planned, shape: Shape): Outlined {
  const { entries } = planned;
  const transforms = outline(planned, shape);
  const outer = outermost(entries, entries);
  const isCut = (step: Outline): boolean =>
    typeof step !== "number" || (outer[step].coinOnGpu && !kinds[transforms[step].declaration.kind].blends);
  return { transforms, isCut };
}

/** The plans of the pieces of a chain; the last one has `last` as its options. */
function plansOf(whole: Outlined, steps: readonly Outline[], from: Shape, last: PlanOptions): Plan[] {
  const { transforms, isCut } = whole;
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
    if (!isCut(step)) {
      chain.push(transforms[step as number]);
      continue;
    }
    end(between);
    if (typeof step !== "number")
      plans.push(...sideBySide(step.branches, (each) => plansOf(whole, each, size, between)));
    else {
      const { declaration } = transforms[step];
      const ended = `${declaration.name} has a learned coin: the images with and without it are blended`;
      add(blend(explain({ ...transforms[step], on: undefined }, size, between), 0, ended));
    }
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
  const { steps } = planned;
  const chain = outlined(planned, sizes[0]);
  const transforms = onlyTransforms(
    steps.map((step) => (typeof step === "number" ? chain.transforms[step] : (step as MixtureOutline & Mixture))),
    "pipeline of images of unequal size",
  );
  const between: PlanOptions = { ...options, dtype: "f32" };
  const chainsOf = (most: number) =>
    sizes.map((shape) => ({ shape, dtype: "f32" as const, bound: bindOutlines(transforms.slice(0, most), shape) }));
  const front = frontOf(list, transforms, steps.some(chain.isCut), chainsOf, between);
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
const sideBySide = (
  branches: readonly (readonly Outline[])[],
  plansOf: (steps: readonly Outline[]) => Plan[],
): Plan[] =>
  branches.flatMap((steps, b) => {
    const plans = plansOf(steps);
    const last = plans.pop();
    if (!last) return [];
    const ended = `branch ${b}: the images of branches are added in shares`;
    return [...plans, blend(last, last.passes.length - 1, ended)];
  });

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
      return `${i + 1}. ${pass.kind.padEnd(8)} ${pass.transforms.join(" > ")}\n   ${shapes}\n   ends: ${pass.ended}`;
    })
    .join("\n");
