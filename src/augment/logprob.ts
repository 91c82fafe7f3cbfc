import { add, greater, mul, noGrad, reshape, sum } from "../autograd/index.ts";
import { ArgumentError, type Gpu } from "../gpu/index.ts";
import { keeping, type Tensor, tensor, zeros } from "../tensor/index.ts";
import type { Primitive } from "../transforms/index.ts";
import { drawsOnGpu, familyOf } from "./distributions/index.ts";
import { byScore, type DrawShape, drawOnGpu, openTools, unitsOf } from "./gpudraw.ts";
import type { Draw, Planned } from "./plan.ts";
import { channelsOf, coinShape, gpuOf, shapeOf } from "./replay.ts";
import { fromSampled, type Replay, type Sampled } from "./sampled.ts";
import { mixturesIn } from "./steps.ts";
import { numbersOf, type Taken, takes } from "./taken.ts";
import type { Branch } from "./tree.ts";

/** Something that was drawn, and of which uniform numbers. */
interface Drawn {
  readonly source: Primitive;
  readonly name: string;
  readonly units: Float32Array;
  readonly shape: DrawShape;
}

/** Whether a gradient has to reach the bounds of a draw by its probability. */
const isScored = (source: Primitive): boolean => byScore(source) && drawsOnGpu(source);

/**
 * The logarithm of how likely the draws of a recipe are whose estimator is the score function, `[n]`: coins, and the parameters of
 * transforms that a sample got. What has no effect is left out: it would be noise.
 */
export function logProbability(planned: Planned, sampled: Sampled): Tensor {
  const scored = planned.entries
    .flatMap(({ coin, draws }) => [...(coin ? [coin] : []), ...draws.flatMap(sourcesIn)])
    .concat(planned.selections.flatMap(({ shares }) => shares?.source ?? []))
    .find(isScored);
  if (!scored)
    throw new ArgumentError(
      "pipeline of logProb()",
      "no learned draw by the score function",
      'at least one, such as bernoulli(p, { estimator: "scoreFunction" }) with a tensor p',
    );
  const n = sampled?.n;
  const { replays, taken } = fromSampled(planned, sampled, n, channelsOf(planned, sampled));
  const once = replays.filter(({ entry }) => !entry.again);
  const gpu = gpuOf(scored);
  return keeping(gpu, () =>
    [...once.flatMap((replay) => termsOf(gpu, replay, n * replay.entry.pieces)), ...choiceTerms(gpu, planned, taken)]
      .map((term) => (term.size === n ? term : sum(reshape(term, [n, term.size / n]), 1)))
      .reduce((total, term) => add(total, term), zeros(gpu, [n])),
  );
}

/** What selections add, each [n], or a value for each piece: of samples that come to them. */
function choiceTerms(gpu: Gpu, { steps, inner }: Planned, taken: readonly Taken[]): Tensor[] {
  const ways = new Map<number, (readonly Branch[])[]>();
  const all = [steps, ...inner.values()].flatMap(mixturesIn);
  for (const { selection, under } of all) ways.set(selection, [...(ways.get(selection) ?? []), under]);
  return [...ways].flatMap(([selection, under]) => {
    const { planned, units, rows, count } = taken[selection];
    const n = rows.length / count;
    const source = planned.shares!.source;
    if (!units || !source || !isScored(source)) return [];
    const term = logProbOf(gpu, { source, name: planned.selection.selection, units, shape: coinShape(n) });
    return [
      mul(
        term,
        tensor(
          gpu,
          Array.from({ length: n }, (_, i) => takes(under, taken, i, n)),
        ),
      ),
    ];
  });
}

const sourcesIn = ({ sources }: Draw): Primitive[] => sources.map(({ distribution }) => distribution);

/** What a transform adds, term by term, each [n]: n samples, or pieces of samples. */
function termsOf(gpu: Gpu, replay: Replay, n: number): Tensor[] {
  const { entry, onUnits, mask } = replay;
  const coin = onUnits && { source: entry.coin!, name: `${entry.name}.p`, units: onUnits, shape: coinShape(n) };
  const params = scoredIn(replay, n);
  const taken = mask && tensor(gpu, mask);
  const on = params.length > 0 ? appliedTo(gpu, replay, coin, n) : null;
  return [
    ...(coin && isScored(coin.source) ? [logProbOf(gpu, coin)] : []),
    ...params.map((drawn) => (on ? mul(logProbOf(gpu, drawn), on) : logProbOf(gpu, drawn))),
  ].map((term) => (taken ? mul(term, taken) : term));
}

/** What was drawn for a transform's parameters, each source once. */
function scoredIn({ entry, units }: Replay, n: number): Drawn[] {
  const found = new Map<Primitive, Drawn>();
  for (const draw of entry.draws) {
    const list = units.get(draw.param);
    if (!list) continue;
    for (const [j, source] of sourcesIn(draw).entries()) {
      if (!isScored(source) || found.has(source)) continue;
      const own = unitsOf(list, draw.sources.length, j);
      found.set(source, { source, name: `${entry.name}.${draw.param}`, units: own, shape: shapeOf(draw, list, n) });
    }
  }
  return [...found.values()];
}

/** The samples that a transform applies to, 0 or 1 each, where there are others; those that took another branch aside. */
function appliedTo(gpu: Gpu, { transform }: Replay, coin: Drawn | null, n: number): Tensor | null {
  if (coin) return noGrad(() => greater(drawOnGpu(gpu, coin.source, coin.name, coin.units, coin.shape).value, 0));
  const on = numbersOf(transform, n);
  if (!on || on.every((each) => each > 0)) return null;
  return tensor(
    gpu,
    Array.from({ length: n }, (_, i) => Number(on[on.length === 1 ? 0 : i] > 0)),
  );
}

/** [n]: those of a sample's components are added up, where each has a draw of its own. */
function logProbOf(gpu: Gpu, { source, name, units, shape }: Drawn): Tensor {
  const { n, components, vector } = shape;
  const one = source.shared || !vector;
  const own = source.shared ? units.filter((_, i) => i % components === 0) : units;
  const { toolsAt } = openTools(gpu, name, one ? { n, components: 1, vector: false } : shape);
  const each = familyOf(source).logProb!(source, { ...toolsAt(""), units: own });
  return one ? each : sum(each, 1);
}
