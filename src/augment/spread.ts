import { threefryInto } from "./threefry.ts";

/** How samples fall into pieces, frames of clips or patches of images, that are drawn for one by one. */
export interface Spread {
  /** How many pieces a sample has. */
  readonly count: number;
  /** Whether all pieces of a sample get one draw. */
  readonly shared: boolean;
  /** Whether all samples get what sample 0 gets, piece by piece. */
  readonly sameOnBatch: boolean;
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
