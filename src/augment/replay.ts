import { noGrad } from "../autograd/index.ts";
import type { Gpu } from "../gpu/index.ts";
import { Tensor, tensor } from "../tensor/index.ts";
import type { Distribution, Transform } from "../transforms/index.ts";
import { arrange } from "./arrange.ts";
import { boundsOf, isLearnable } from "./distributions/index.ts";
import { type DrawShape, drawOnGpu, type GpuDraw } from "./gpudraw.ts";
import { bindInner, nested } from "./nest.ts";
import { outermost } from "./outermost.ts";
import type { Draw, Planned } from "./plan.ts";
import { fromSampled, type ReadSampled, type Replay, rows, type Sampled } from "./sampled.ts";
import type { SampledChoice } from "./selection-rules.ts";
import { type BoundSteps, type Making, stepsOf } from "./steps.ts";
import { drawShares, maskedTensor, type Taken } from "./taken.ts";

/** What runs by a recipe, with the tensors of what is drawn on the GPU. Nothing stays allocated when that fails. */
export function bindReplays(gpu: Gpu, planned: Planned, { replays, taken }: ReadSampled, n: number): BoundSteps {
  const made: { dispose(): void }[] = [];
  const dispose = (): void => {
    for (const each of made) each.dispose();
  };
  const keep = ({ value, ...draw }: GpuDraw): Tensor => {
    made.push(draw);
    return value;
  };
  try {
    const gateOf = (on: Transform["on"]): Transform["on"] => {
      if (!isBetween(on)) return on;
      const gate = tensor(gpu, on);
      made.push(gate);
      return gate;
    };
    const gates = new Map<Replay, Transform["on"]>();
    for (const replay of replays) {
      const { entry, transform, units, onUnits, mask } = replay;
      const own = n * entry.pieces;
      if (onUnits) transform.on = keep(drawOnGpu(gpu, entry.coin!, `${entry.name}.p`, onUnits, coinShape(own)));
      else transform.on = gateOf(transform.on);
      if (planned.resizing.size > 0) gates.set(replay, onUnits || mask ? transform.on : gateOf(replay.own));
      if (mask) {
        const masked = maskedTensor(gpu, transform.on, mask);
        made.push(masked.made);
        transform.on = masked.on;
      }
      for (const draw of entry.draws) {
        const { param, distribution } = draw;
        const list = units.get(param);
        if (!list) continue;
        const name = `${entry.name}.${param}`;
        transform.params[param] = keep(drawOnGpu(gpu, distribution, name, list, shapeOf(draw, list, own)));
      }
    }
    const all = replays.map(({ transform }) => transform);
    const transforms = nested(planned.entries, all);
    const hold = (tensor: Tensor): Tensor => {
      made.push(tensor);
      return tensor;
    };
    bindInner(planned, all, { gpu, own: (at) => gates.get(replays[at]), taken, n, keep: hold });
    const outer = outermost(planned.entries, replays);
    const making: Making = { gpu, transforms, own: (at) => gates.get(outer[at]), taken, n, keep: hold };
    return { steps: (shapes) => stepsOf(making, arrange(planned, shapes)), dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** Whether a relaxed coin fell on its edge: numbers between 0 and 1 are a gate, which is a tensor. */
const isBetween = (on: Transform["on"]): on is readonly number[] =>
  Array.isArray(on) && on.some((each) => each !== 0 && each !== 1);

/**
 * A recipe with the values of learned draws in place of their uniform numbers, from the bounds as they are now: what the
 * samples get, in the parameter's own unit. A replay of it is fixed, whatever is learned later.
 */
export async function readSampled(planned: Planned, sampled: Sampled): Promise<Sampled> {
  const n = sampled?.n;
  const { replays, taken } = fromSampled(planned, sampled, n, channelsOf(planned, sampled));
  const once = replays.filter(({ entry }) => !entry.again);
  const transforms = await Promise.all(
    once.map(async ({ entry, units, onUnits }) => {
      const { units: _, onUnits: __, ...fixed } = structuredClone(sampled.transforms[entry.place]);
      const result = { ...fixed, params: { ...fixed.params }, units: {} };
      const own = n * entry.pieces;
      if (onUnits) result.on = Array.from(await values(entry.coin!, `${entry.name}.p`, onUnits, coinShape(own)));
      for (const draw of entry.draws) {
        const { param, distribution } = draw;
        const list = units.get(param);
        if (!list) continue;
        const shape = shapeOf(draw, list, own);
        const drawn = await values(distribution, `${entry.name}.${param}`, list, shape);
        result.params[param] = rows(drawn, own, shape.components, shape.vector);
      }
      return result;
    }),
  );
  const { choices, ...rest } = structuredClone(sampled);
  if (choices === undefined) return { ...rest, transforms };
  return { ...rest, choices: await Promise.all(choices.map((each, i) => readChoice(each, taken[i]))), transforms };
}

/** A coin is thrown once for each sample. */
/** Which links the samples get, or what shares of them, in the place of uniform numbers. */
async function readChoice(choice: SampledChoice, taken: Taken): Promise<SampledChoice> {
  const { shares, places } = taken.planned;
  const n = taken.rows.length / taken.count;
  if (!taken.units || !shares) return choice;
  if (shares.rows) return { name: "mixture", chosen: [], shares: shares.rows(taken.units) };
  const drawn = noGrad(() => drawShares(gpuOf(shares.source!), taken, n));
  try {
    const list = rows((await drawn.read()) as Float32Array, n, shares.count, true) as number[][];
    const name = choice.name as "oneOf" | "sometimes";
    if (shares.relaxed) return { name, chosen: [], shares: list };
    // Of `sometimes`, the first share is that of its links.
    const chosen = list.map((row) => (name === "sometimes" ? row[0] : places[row.indexOf(1)]));
    return { name, chosen };
  } finally {
    drawn.dispose();
  }
}

export const coinShape = (n: number): DrawShape => ({ n, components: 1, vector: false });

/** What a draw of a recipe is drawn for, by its uniform numbers. */
export const shapeOf = ({ size, sources }: Draw, list: Float32Array, n: number): DrawShape => ({
  n,
  components: list.length / n / sources.length,
  vector: size !== 1,
});

/** How many channels the rows of a recipe are made for; where none has a value per channel, any number fits. */
export function channelsOf({ entries }: Planned, sampled: Sampled): number {
  for (const { draws, place } of entries) {
    const units = sampled?.transforms?.[place]?.units;
    for (const { param, size, sources } of draws) {
      const row = size === "C" ? units?.[param]?.[0] : null;
      if (Array.isArray(row)) return row.length / sources.length;
    }
  }
  return 1;
}

type DrawArguments = Parameters<typeof drawOnGpu>;

/** The values of one learned draw. */
async function values(
  distribution: Distribution,
  ...rest: DrawArguments extends [Gpu, Distribution, ...infer R] ? R : never
) {
  const draw = noGrad(() => drawOnGpu(gpuOf(distribution), distribution, ...rest));
  try {
    return (await draw.value.read()) as Float32Array;
  } finally {
    draw.dispose();
  }
}

/** The device that the bounds live on. */
export function gpuOf(distribution: Distribution): Gpu {
  const [, bound] = boundsOf(distribution).find(([, each]) => isLearnable(each))!;
  if (bound instanceof Tensor) return bound.gpu;
  const made = (bound as () => Tensor)();
  made.dispose();
  return made.gpu;
}
