import { explain, type Plan, type PlannedPass, type PlanOptions } from "../compiler/index.ts";
import { kinds } from "../compiler/kinds/index.ts";
import { count, type Shape, type Tensor } from "../tensor/index.ts";
import type { Transform } from "../transforms/index.ts";
import { outermost } from "./nest.ts";
import type { Planned } from "./plan.ts";
import type { Outline } from "./steps.ts";
import { Workspace } from "./workspace.ts";

/** The passes of a pipeline for a batch of a shape; nothing is drawn on the GPU. */
export function explainPipeline(planned: Planned, shape: Shape, options: PlanOptions): Plan {
  const { entries, steps } = planned;
  const transforms = outline(planned, shape);
  const outer = outermost(entries, entries);
  const isCut = (step: Outline): boolean =>
    typeof step !== "number" || (outer[step].coinOnGpu && !kinds[transforms[step].declaration.kind].blends);
  if (!steps.some(isCut)) return explain(transforms, shape, options);
  const between: PlanOptions = { ...options, dtype: "f32" };
  const plansOf = (steps: readonly Outline[], from: Shape, last: PlanOptions): Plan[] => {
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
      if (typeof step !== "number") plans.push(...sideBySide(step.branches, (each) => plansOf(each, size, between)));
      else {
        const { declaration } = transforms[step];
        const ended = `${declaration.name} has a learned coin: the images with and without it are blended`;
        add(blend(explain({ ...transforms[step], on: undefined }, size, between), 0, ended));
      }
    }
    end(last);
    return plans;
  };
  return joined(plansOf(steps, shape, options));
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
