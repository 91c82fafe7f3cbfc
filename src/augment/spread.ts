import type { Spread } from "../transforms/index.ts";
import { threefryInto } from "./threefry.ts";

/** How many pieces a sample has, which fall into further ones. */
export const piecesIn = (spreads: readonly Spread[]): number =>
  spreads.reduce((product, { count }) => product * count, 1);

/** The identities of pieces of pieces; of samples, where there are none. */
export function identitiesOf(
  n: number,
  spreads: readonly Spread[],
  samples?: ArrayLike<number>,
): ArrayLike<number> | undefined {
  let pieces = n;
  return spreads.reduce<ArrayLike<number> | undefined>((identities, spread) => {
    const own = pieceIdentities(pieces, spread, identities);
    pieces *= spread.count;
    return own;
  }, samples);
}

const pair = new Uint32Array(2);

/** The identities of the pieces of n samples: those of the samples, or of (sample, piece), hashed. */
export function pieceIdentities(
  n: number,
  { count, shared, sameOnBatch }: Spread,
  samples?: ArrayLike<number>,
): number[] {
  return Array.from({ length: n * count }, (_, i) => {
    const place = sameOnBatch ? 0 : Math.floor(i / count);
    const sample = samples && !sameOnBatch ? samples[place] : place;
    if (shared) return sample;
    threefryInto(0, 0, sample, i % count, pair, 0);
    return pair[0];
  });
}
