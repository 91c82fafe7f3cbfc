import { type Gpu, ShapeError } from "../gpu/index.ts";
import type { Tensor } from "../tensor/index.ts";
import type { ParamValue, Primitive, Spread, Transform } from "../transforms/index.ts";
import { arrange } from "./arrange.ts";
import { type Evaluation, jointOf, numberAt, valueFor, wholeFor, widthsOf } from "./distributions/index.ts";
import { drawOnGpu } from "./gpudraw.ts";
import { COIN_DRAW, drawSeed, drawUnit, stepKey, transformKey } from "./keys.ts";
import { bindInner, nested } from "./nest.ts";
import { outermost } from "./outermost.ts";
import { type Draw, type Entry, isRandom, type Planned } from "./plan.ts";
import { identitiesOf, piecesIn } from "./spread.ts";
import { type BoundSteps, stepsOf } from "./steps.ts";
import { drawTaken, isOneDraw, maskedTensor, numbersOf, openTaken, type Taken, takes } from "./taken.ts";

/** A random parameter with room for a batch of draws. Either `value` or `units` is there. */
interface DrawState {
  readonly draw: Draw;
  readonly components: number;
  readonly vector: boolean;
  /** What the processor drew: one number, or one row, per sample. */
  readonly rows: number[] | number[][];
  readonly value: Evaluation | null;
  /** Uniform numbers of a draw on the GPU, sample by sample, component by component, source by source. */
  readonly units: Float32Array | null;
  /** The uniform numbers of one component of a sample. */
  readonly drawn: Float64Array;
}

interface EntryState {
  readonly entry: Entry;
  /** How many samples, or pieces of samples, it is drawn for. */
  readonly n: number;
  readonly transform: Transform & { params: Record<string, ParamValue>; on?: Transform["on"] };
  /** What the coin says, 0 or 1 per sample; null without a coin, or with one on the GPU. */
  readonly coin: number[] | null;
  /** Whether a sample takes the branches that the transform stands in, 0 or 1; null where it stands in none. */
  readonly mask: number[] | null;
  /** 0 or 1 per sample by both; null where a tensor says it, and where nothing is thrown. */
  readonly on: number[] | null;
  /** What `on` would be without a mask: the coin, or what was given. */
  readonly own: readonly number[] | null;
  readonly coinUnits: Float32Array | null;
  readonly p: number;
  readonly draws: readonly DrawState[];
  /** The seed of each sample, for what is drawn in the shader. */
  readonly seeds: number[] | null;
}

/**
 * Room for the draws of one size of batch, used again at every step: the transforms it holds keep their identity, and the
 * arrays in them are overwritten, so that a step makes no garbage.
 */
export class Workspace {
  readonly transforms: readonly Transform[];
  readonly entries: readonly EntryState[];
  /** Each transform once, as a recipe lists them. */
  readonly listed: readonly EntryState[];
  readonly taken: readonly Taken[];
  readonly #planned: Planned;
  /** Those that stand within no other one. */
  readonly #outer: readonly EntryState[];
  readonly #random: readonly EntryState[];
  readonly #transformKeys: Uint32Array;
  readonly #stepKeys = new Uint32Array(2);
  /** Sample 0, as often as there are samples: whose draws those are that the batch shares. */
  readonly #one: Uint32Array;
  readonly #sameOnBatch: boolean;
  #seed = -1;

  constructor(
    planned: Planned,
    readonly n: number,
    readonly channels: number | undefined,
    sameOnBatch = false,
  ) {
    const { entries, selections } = planned;
    this.#planned = planned;
    this.#one = new Uint32Array(n * Math.max(1, ...entries.map(({ pieces }) => pieces)));
    this.#sameOnBatch = sameOnBatch;
    const states: EntryState[] = [];
    for (const entry of entries) {
      const before = states.find(({ entry: { place } }) => place === entry.place);
      states.push(openEntry(entry, n * entry.pieces, channels, before));
    }
    this.entries = states;
    this.listed = states.filter(({ entry }) => !entry.again);
    this.transforms = nested(
      entries,
      states.map((state) => state.transform),
    );
    this.#outer = outermost(entries, states);
    this.#random = this.entries.filter(({ entry }) => isRandom(entry));
    this.taken = selections.map((planned) => openTaken(planned, n * piecesIn(planned.spreads)));
    this.#transformKeys = new Uint32Array((this.#random.length + this.taken.length) * 2);
  }

  /** Draws the parameters of the samples of one step. `identities` are theirs, 0..n-1 unless given. */
  draw(seed: number, step: number, identities?: ArrayLike<number>): void {
    const forAll = this.#sameOnBatch ? this.#one : identities;
    const whose = this.#identities(forAll);
    if (seed !== this.#seed) {
      const streams = [...this.#random.map(({ entry }) => entry), ...this.taken.map(({ planned }) => planned)];
      for (const [e, { identity }] of streams.entries()) transformKey(seed, identity, this.#transformKeys, 2 * e);
      this.#seed = seed;
    }
    for (let t = 0; t < this.taken.length; t++) {
      stepKey(this.#transformKeys, 2 * (this.#random.length + t), step, this.#stepKeys, 0);
      const taken = this.taken[t];
      const { planned } = taken;
      drawTaken(taken, this.#stepKeys, isOneDraw(planned) ? this.#one : whose(planned.spreads));
    }
    for (let e = 0; e < this.#random.length; e++) {
      const state = this.#random[e];
      // A transform that stands in the chain again has the arrays that were filled where it stands first.
      if (!state.entry.again) {
        stepKey(this.#transformKeys, 2 * e, step, this.#stepKeys, 0);
        this.#drawEntry(state, identities, state.entry.sameOnBatch ? this.#one : whose(state.entry.spreads));
      }
      if (state.mask) this.#mask(state, state.mask);
    }
  }

  /** The identities of samples, and of their pieces, which are made once for each way to fall into them. */
  #identities(samples: ArrayLike<number> | undefined): (spreads: readonly Spread[]) => ArrayLike<number> | undefined {
    const known = new Map<readonly Spread[], ArrayLike<number> | undefined>();
    return (spreads) => {
      if (spreads.length === 0) return samples;
      if (!known.has(spreads)) known.set(spreads, identitiesOf(this.n, spreads, samples));
      return known.get(spreads);
    };
  }

  /** Draws for one transform, by its step key. `samples` are whose draws the samples get. */
  #drawEntry(state: EntryState, identities?: ArrayLike<number>, samples?: ArrayLike<number>): void {
    const { n, entry, draws, seeds } = state;
    if (entry.coin) {
      const whose = entry.coin.sameOnBatch ? this.#one : samples;
      for (let i = 0; i < n; i++) {
        const u = drawUnit(this.#stepKeys, 0, whose ? whose[i] : i, COIN_DRAW);
        if (state.coin) state.coin[i] = u < state.p ? 1 : 0;
        else state.coinUnits![i] = u;
      }
    }
    for (const drawState of draws) {
      if (drawState.draw.sameAs >= 0) continue;
      // What is drawn among the samples cannot be one draw for all.
      const whose = jointOf(drawState.draw.distribution)?.among === "samples" ? identities : samples;
      fill(drawState, this.#stepKeys, n, whose);
    }
    if (!seeds) return;
    for (let i = 0; i < n; i++) seeds[i] = drawSeed(this.#stepKeys, 0, samples ? samples[i] : i, entry.seed!.first);
  }

  #mask({ n, entry, on, own }: EntryState, mask: number[]): void {
    for (let i = 0; i < n; i++) {
      mask[i] = takes(entry.under, this.taken, i, n);
      if (on && own) on[i] = mask[i] * own[own.length === 1 ? 0 : i];
    }
  }

  /** What runs, with the tensors of the draws whose bounds live on the GPU. Their `dispose` may follow the pass that reads them. */
  bind(gpu: Gpu): BoundSteps {
    const made: { dispose(): void }[] = [];
    const gates = new Map<EntryState, Tensor>();
    const dispose = (): void => {
      for (const each of made) each.dispose();
    };
    const keep = (tensor: Tensor): Tensor => {
      made.push(tensor);
      return tensor;
    };
    try {
      for (const state of this.#random) {
        const { n, entry, transform, coinUnits, draws, mask, on } = state;
        if (coinUnits) {
          const shape = { n, components: 1, vector: false };
          const gate = drawOnGpu(gpu, entry.coin!, `${entry.name}.p`, coinUnits, shape);
          made.push(gate);
          gates.set(state, gate.value);
          transform.on = gate.value;
        }
        if (mask && !on) {
          const masked = maskedTensor(gpu, coinUnits ? transform.on : entry.transform.on, mask);
          made.push(masked.made);
          transform.on = masked.on;
        }
        for (const { draw, units, components, vector } of draws) {
          if (!units) continue;
          if (entry.again || draw.sameAs >= 0) {
            const first = entry.again ? this.listed[entry.place].transform : transform;
            transform.params[draw.param] = first.params[draw.sameAs >= 0 ? entry.draws[draw.sameAs].param : draw.param];
            continue;
          }
          const shape = { n, components, vector };
          const value = drawOnGpu(gpu, draw.distribution, `${entry.name}.${draw.param}`, units, shape);
          made.push(value);
          transform.params[draw.param] = value.value;
        }
      }
      const own = (state: EntryState): Transform["on"] => gates.get(state) ?? state.coin ?? state.entry.transform.on;
      const { taken, n } = this;
      const transforms = this.entries.map(({ transform }) => transform);
      bindInner(this.#planned, transforms, { gpu, taken, n, keep, own: (at) => own(this.entries[at]) });
      const making = { gpu, transforms: this.transforms, own: (at: number) => own(this.#outer[at]), taken, n, keep };
      return { steps: (shapes) => stepsOf(making, arrange(this.#planned, shapes)), dispose };
    } catch (error) {
      dispose();
      throw error;
    }
  }
}

/** Room for a transform. Where it stands in the chain `before`, what is drawn is there. */
function openEntry(entry: Entry, n: number, channels: number | undefined, before: EntryState | undefined): EntryState {
  const { transform, coin, coinOnGpu } = entry;
  const draws = before?.draws.slice() ?? [];
  if (!before) for (const draw of entry.draws) draws.push(openDraw(entry.name, draw, n, channels, draws[draw.sameAs]));
  const params: Record<string, ParamValue> = { ...transform.params };
  for (const { draw, rows, units } of draws) if (!units) params[draw.param] = rows;
  const seeds = before ? before.seeds : entry.seed && new Array<number>(n).fill(0);
  if (seeds) params[entry.seed!.param] = seeds;
  const coins = before ? before.coin : coin && !coinOnGpu ? new Array<number>(n).fill(0) : null;
  const mask = entry.under.length > 0 ? new Array<number>(n).fill(0) : null;
  const own = coins ?? (mask && !coinOnGpu ? numbersOf(transform, n) : null);
  const on = mask && own ? new Array<number>(n).fill(0) : coins;
  const { declaration, options, field } = transform;
  const bound = { declaration, params, options, field, on: on ?? transform.on };
  return {
    entry,
    n,
    transform: bound,
    coin: coins,
    mask,
    on,
    own,
    coinUnits: before ? before.coinUnits : coin && coinOnGpu ? new Float32Array(n) : null,
    p: coin && !coinOnGpu ? numberAt(coin.p, 0) : Number.NaN,
    draws,
    seeds,
  };
}

function openDraw(
  name: string,
  draw: Draw,
  n: number,
  channels: number | undefined,
  same: DrawState | undefined,
): DrawState {
  const vector = draw.size !== 1 || draw.isList;
  const components = draw.size === "C" ? channels! : draw.size;
  for (const [what, width] of widthsOf(draw.distribution))
    if (width !== 1 && width !== components)
      throw new ShapeError(`${name}.${draw.param}, ${what}`, `${width} components`, `one or ${components}`);
  if (same) return { ...same, draw };
  const rows = vector
    ? Array.from({ length: n }, () => new Array<number>(components).fill(0))
    : new Array<number>(n).fill(0);
  return {
    draw,
    components,
    vector,
    rows: draw.onGpu ? [] : rows,
    value: draw.onGpu ? null : (draw.whole ? wholeFor : valueFor)(draw.distribution, components),
    units: draw.onGpu ? new Float32Array(n * components * draw.sources.length) : null,
    drawn: new Float64Array(draw.sources.length),
  };
}

function fill(state: DrawState, keys: Uint32Array, n: number, samples: ArrayLike<number> | undefined): void {
  const { components, vector, rows, value, units, drawn, draw } = state;
  const { sources } = draw;
  const count = sources.length;
  for (let i = 0; i < n; i++) {
    const own = samples ? samples[i] : i;
    for (let k = 0; k < components; k++) {
      for (let j = 0; j < count; j++) {
        const { distribution, first } = sources[j];
        if (k > 0 && distribution.shared) continue;
        drawn[j] = drawUnit(keys, 0, distribution.sameOnBatch ? 0 : own, first + k);
      }
      if (units) units.set(drawn, (i * components + k) * count);
      else if (vector) (rows as number[][])[i][k] = value!(drawn, k);
      else (rows as number[])[i] = value!(drawn, 0);
    }
  }
  settle(state);
}

/** Makes values that depend on each other of numbers that do not. */
function settle({ draw: { distribution }, rows, vector, components }: DrawState): void {
  const joint = jointOf(distribution);
  if (!joint) return;
  if (joint.among === "components") {
    for (const row of rows as number[][]) joint.settle(distribution as Primitive, row);
    return;
  }
  for (let k = 0; k < components; k++) {
    const column = vector ? (rows as number[][]).map((row) => row[k]) : (rows as number[]);
    joint.settle(distribution as Primitive, column);
    if (vector) for (let i = 0; i < column.length; i++) (rows as number[][])[i][k] = column[i];
  }
}
