/** Where samples meet: a mix that shows parts of several samples, and what of each of them comes into the result. */
import { concat, gather, greaterEqual, reshape, slice } from "../autograd/index.ts";
import { edgesOf, partsOf } from "../compiler/arithmetic.ts";
import { outputSize } from "../compiler/outcome.ts";
import type { Gpu } from "../gpu/index.ts";
import { type Shape, Tensor, tensor } from "../tensor/index.ts";
import type { MixArguments, MixPart, Transform } from "../transforms/index.ts";
import { type BoundMix, boundMix, gated, partnerOf, perSample, placesIn, samplesOf } from "./mixed.ts";

/** A mix with partners. */
export interface Meeting {
  readonly gpu: Gpu;
  /** Samples in the batch. */
  readonly samples: number;
  /** How many of them each result is made of, the own one included. */
  readonly sources: number;
  /** Size of the images before, and of the result. */
  readonly before: readonly [number, number];
  readonly after: readonly [number, number];
  /**
   * The places in the batch of each sample's sources, the own one first; only that where it is known that the mix leaves the sample alone.
   * Null, where the places are a tensor.
   */
  readonly known: readonly (readonly number[])[] | null;
  /** What is seen of each source, and where. */
  readonly seen: () => Seen;
  /** What becomes of a raster `[N, C, H, W]` of which each pixel shows one source. */
  readonly raster: (x: Tensor) => Tensor;
}

/** Edges of rectangles, `[N, S, 1, 4]` both, each as it limits (x0, y0, x1, y1): the lower of an axis twice, and the upper. */
export interface Limits {
  readonly low: Tensor;
  readonly high: Tensor;
}

/** What is seen of S sources. */
export interface Seen {
  /** Their places in the batch, sample by sample, `[N · S]`. */
  readonly index: Tensor;
  /** By how much they move, `[N, S, 1, 2]`; null where all of them stay. */
  readonly shift: Tensor | null;
  /** In what of the result they are seen. */
  readonly within: Limits;
  /** What lies over them there; over those that lie under nothing, rectangles without an area. */
  readonly covers: readonly Limits[];
  /** How much of what is seen there is of each source, `[N, S, 1]`; null where each is all of it. */
  readonly weight: Tensor | null;
  /** 1 for sources that are seen at all, `[N, S, 1]`; null for all of them. A partner is not where a coin says no. */
  readonly present: Tensor | null;
}

/** Whether a transform is a mix with partners. */
export const isMeeting = ({ declaration }: Transform): boolean => partnerOf(declaration) !== undefined;

/** Whether its declaration says where its sources are seen. */
export const saysParts = ({ declaration }: Transform): boolean => declaration.mix?.parts !== undefined;

/** What a mix with partners, whose declaration says where they are seen, does to a batch `[N, C, H, W]`. */
export function meetingOf(gpu: Gpu, transform: Transform, shape: Shape, raster: Meeting["raster"]): Meeting {
  const bound = boundMix(transform, shape);
  const parts = partsOf(transform, shape);
  const [, , ...after] = outputSize(transform, shape);
  let seen: Seen | undefined;
  return {
    gpu,
    samples: shape[0],
    sources: parts.length,
    before: [shape[2], shape[3]],
    after: after as unknown as readonly [number, number],
    known: knownSources(bound, parts.length),
    seen: () => (seen ??= seenOf(gpu, bound, parts, shape)),
    raster,
  };
}

function knownSources(bound: BoundMix, sources: number): readonly (readonly number[])[] | null {
  const all = Array.from({ length: sources }, (_, source) => samplesOf(bound, source));
  if (all.some((of) => of instanceof Tensor)) return null;
  const { on } = bound;
  const leavesOut = (n: number): boolean => on !== undefined && "numbers" in on && on.numbers[n * on.strides[0]] === 0;
  return Array.from({ length: bound.samples }, (_, n) =>
    (all as readonly (readonly number[])[]).slice(0, leavesOut(n) ? 1 : sources).map((of) => of[n]),
  );
}

function seenOf(gpu: Gpu, bound: BoundMix, parts: readonly MixPart<number>[], shape: Shape): Seen {
  const [n] = shape;
  const count = parts.length;
  const isMoved = parts.some(({ shift }) => shift !== undefined);
  const over = parts.some(({ under }) => under) ? parts.flatMap(({ under }, j) => (under ? [] : [j])) : [];
  const columns = perSample(bound, shape, (gate, ...given) => columnsOf(gate, given, isMoved, over, bound));
  const block = blockOf(gpu, columns, n);
  let at = 0;
  const next = (size: number): Tensor => {
    at += count * size;
    return reshape(slice(block, 1, at - count * size, at), [n, count, 1, size]);
  };
  const limits = (): Limits => ({ low: next(4), high: next(4) });
  return {
    index: indexOf(gpu, bound, count),
    shift: isMoved ? next(2) : null,
    within: limits(),
    covers: over.map(limits),
    weight: isWeighed(parts) ? reshape(next(1), [n, count, 1]) : null,
    present: bound.on ? reshape(greaterEqual(next(1).detach(), 0.5), [n, count, 1]) : null,
  };
}

const isWeighed = (parts: readonly MixPart<unknown>[]): boolean => parts.some(({ weight }) => weight !== undefined);

/** What {@link seenOf} takes apart, of one sample: where the mix leaves it alone, all of it is where it was, and nothing covers it. */
function columnsOf<V>(
  gate: V | null,
  given: MixArguments<V>,
  isMoved: boolean,
  over: readonly number[],
  { transform }: BoundMix,
): V[] {
  const [, frame, of] = given;
  const parts = transform.declaration.mix!.parts!(...given);
  const none = of.of(0);
  const isOwn = (source: number): boolean => source === 0;
  const alone = [0, 0, frame.width, frame.height].map(of.of);
  const edges = parts.map((part) => edgesOf(part, frame, of));
  const within = edges.map((own, source) =>
    isOwn(source) ? own.map((edge, i) => gated(gate, edge, alone[i], of)) : own,
  );
  const covering = over.map((j) =>
    parts.map(({ under }, source) =>
      edges[j].map((edge) => (!under ? none : isOwn(source) ? gated(gate, edge, none, of) : edge)),
    ),
  );
  const shifts = parts.flatMap(({ shift = [none, none] }, source) =>
    shift.map((along) => (isOwn(source) ? gated(gate, along, none, of) : along)),
  );
  return [
    ...(isMoved ? shifts : []),
    ...[within, ...covering].flatMap((all) => [...all.flatMap(lows), ...all.flatMap(highs)]),
    ...(isWeighed(parts)
      ? parts.map(({ weight = of.of(1) }, source) => gated(gate, weight, of.of(Number(isOwn(source))), of))
      : []),
    ...(gate === null ? [] : parts.map((_, source) => (isOwn(source) ? of.of(1) : gate))),
  ];
}

const lows = <V>([x0, y0]: readonly V[]): V[] => [x0, y0, x0, y0];
const highs = <V>([, , x1, y1]: readonly V[]): V[] => [x1, y1, x1, y1];

/** Columns for each sample as one tensor, `[N, columns]`. */
function blockOf(gpu: Gpu, columns: readonly (readonly number[] | Tensor)[], n: number): Tensor {
  const known = columns.every((column) => !(column instanceof Tensor));
  if (known) {
    const numbers = columns as readonly (readonly number[])[];
    const rows = Array.from({ length: n }, (_, i) => numbers.map((column) => column[i])).flat();
    return tensor(gpu, rows, [n, columns.length]);
  }
  return concat(
    columns.map((column) => reshape(column as Tensor, [n, 1])),
    1,
  );
}

function indexOf(gpu: Gpu, bound: BoundMix, sources: number): Tensor {
  const n = bound.samples;
  const all = Array.from({ length: sources }, (_, source) => samplesOf(bound, source));
  const given = all.some((of) => of instanceof Tensor);
  return reshape(blockOf(gpu, given ? all.map((of) => placesIn(gpu, of, n)) : all, n), [n * sources]);
}

/** Rows `[N, K, …]` of all sources, those of the own one first, `[N, S · K, …]`. */
export function gathered(x: Tensor, { seen, samples, sources }: Meeting): Tensor {
  const taken = gather(x, { axis: 0, index: seen().index });
  return reshape(taken, [samples, sources * x.shape[1], ...x.shape.slice(2)]);
}
