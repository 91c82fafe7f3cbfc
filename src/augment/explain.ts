import { explain, type Plan, type PlannedPass, type PlanOptions } from "../compiler/index.ts";
import { kinds } from "../compiler/kinds/index.ts";
import { count, type Shape, type Tensor } from "../tensor/index.ts";
import type { Transform } from "../transforms/index.ts";
import type { Planned } from "./plan.ts";
import { Workspace } from "./workspace.ts";

/** The passes of a pipeline for a batch of a shape; nothing is drawn on the GPU. */
export function explainPipeline(planned: Planned, shape: Shape, options: PlanOptions): Plan {
  const { entries } = planned;
  const transforms = outline(planned, shape);
  const cuts = transforms.map(({ declaration }, i) => entries[i].coinOnGpu && !kinds[declaration.kind].blends);
  if (!cuts.includes(true)) return explain(transforms, shape, options);
  const plans: Plan[] = [];
  let from = 0;
  let size = shape;
  const add = (plan: Plan): void => {
    plans.push(plan);
    size = plan.passes[plan.passes.length - 1].output;
  };
  for (const [i, transform] of transforms.entries()) {
    if (!cuts[i]) continue;
    if (i > from) add(explain(transforms.slice(from, i), size, { ...options, dtype: "f32" }));
    add(blend(explain({ ...transform, on: undefined }, size, { ...options, dtype: "f32" }), transform));
    from = i + 1;
  }
  if (from < transforms.length) add(explain(transforms.slice(from), size, options));
  return joined(plans);
}

/** The transforms with something of the right form in place of every draw. */
function outline(planned: Planned, shape: Shape): readonly Transform[] {
  const room = new Workspace(planned, shape[0], shape[1]);
  room.draw(0, 0);
  for (const { transform, coinUnits, draws } of room.entries) {
    if (coinUnits) transform.on = outlineOf([shape[0]]);
    for (const { draw, units, components, vector } of draws) {
      if (units) transform.params[draw.param] = outlineOf(vector ? [shape[0], components] : [shape[0]]);
    }
  }
  return room.transforms;
}

/** What stands for a tensor where nothing is computed. */
const outlineOf = (shape: Shape) => ({ shape, dtype: "f32" }) as Tensor;

/** What the learned coin of a map or a window adds to its pass: on T(x) + (1 - on) x, one operation after the other. */
function blend(plan: Plan, { declaration }: Transform): Plan {
  const [pass] = plan.passes;
  const image = count(pass.output) * 4;
  const blended: PlannedPass = {
    ...pass,
    dispatches: { forward: pass.dispatches.forward + 3, backward: pass.dispatches.backward + 6 },
    bytesRead: pass.bytesRead + 4 * image,
    bytesWritten: pass.bytesWritten + 3 * image,
    bytesSaved: pass.bytesSaved + 2 * image,
    ended: `${declaration.name} has a learned coin: the images with and without it are blended`,
  };
  return { ...plan, passes: [blended, ...plan.passes.slice(1)], bytesSaved: plan.bytesSaved + 2 * image };
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
