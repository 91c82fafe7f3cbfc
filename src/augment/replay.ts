import { noGrad } from "../autograd/index.ts";
import type { Gpu } from "../gpu/index.ts";
import { Tensor, tensor } from "../tensor/index.ts";
import type { Distribution, Transform } from "../transforms/index.ts";
import { boundsOf, isLearnable } from "./distributions/index.ts";
import { drawOnGpu, type GpuDraw } from "./gpudraw.ts";
import type { Planned } from "./plan.ts";
import { fromSampled, type Replay, rows, type Sampled } from "./sampled.ts";
import { maskedTensor } from "./taken.ts";

/** Transforms with what a recipe says, ready to run; `dispose` frees the tensors that were made for them. */
export interface Bound {
  transforms: Transform[];
  dispose(): void;
}

/** Makes the tensors of what is drawn on the GPU. Nothing stays allocated when that fails. */
export function bindReplays(gpu: Gpu, replays: readonly Replay[], n: number): Bound {
  const made: { dispose(): void }[] = [];
  const dispose = (): void => {
    for (const each of made) each.dispose();
  };
  const keep = ({ value, ...draw }: GpuDraw): Tensor => {
    made.push(draw);
    return value;
  };
  try {
    for (const { entry, transform, units, onUnits, mask } of replays) {
      if (onUnits) transform.on = keep(drawOnGpu(gpu, entry.coin!, `${entry.name}.p`, onUnits, n, 1, false));
      else if (isBetween(transform.on)) {
        const gate = tensor(gpu, transform.on);
        made.push(gate);
        transform.on = gate;
      }
      if (mask) {
        const masked = maskedTensor(gpu, transform.on, mask);
        made.push(masked.made);
        transform.on = masked.on;
      }
      for (const { param, distribution, size } of entry.draws) {
        const list = units.get(param);
        if (!list) continue;
        const name = `${entry.name}.${param}`;
        transform.params[param] = keep(drawOnGpu(gpu, distribution, name, list, n, list.length / n, size !== 1));
      }
    }
  } catch (error) {
    dispose();
    throw error;
  }
  return { transforms: replays.map(({ transform }) => transform), dispose };
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
  const replays = fromSampled(planned, sampled, n, channelsOf(sampled));
  const once = replays.filter(({ entry }) => !entry.again);
  const transforms = await Promise.all(
    once.map(async ({ entry, units, onUnits }) => {
      const { units: _, onUnits: __, ...fixed } = structuredClone(sampled.transforms[entry.place]);
      const result = { ...fixed, params: { ...fixed.params }, units: {} };
      if (onUnits) result.on = Array.from(await values(entry.coin!, `${entry.name}.p`, onUnits, n, 1, false));
      for (const { param, distribution, size } of entry.draws) {
        const list = units.get(param);
        if (!list) continue;
        const width = list.length / n;
        const drawn = await values(distribution, `${entry.name}.${param}`, list, n, width, size !== 1);
        result.params[param] = rows(drawn, n, width, size !== 1);
      }
      return result;
    }),
  );
  return { ...structuredClone(sampled), transforms };
}

/** How many channels the rows of a recipe are made for; where none has a value per channel, any number fits. */
export function channelsOf(sampled: Sampled): number {
  const rows = sampled?.transforms?.flatMap?.((each) => Object.values(each?.units ?? {}));
  const row = rows?.find((list) => Array.isArray(list?.[0]))?.[0];
  return Array.isArray(row) ? row.length : 1;
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
function gpuOf(distribution: Distribution): Gpu {
  const [, bound] = boundsOf(distribution).find(([, each]) => isLearnable(each))!;
  if (bound instanceof Tensor) return bound.gpu;
  const made = (bound as () => Tensor)();
  made.dispose();
  return made.gpu;
}
