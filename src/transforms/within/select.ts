import { type Branches, type CompositeSettings, declareInner, type Transform } from "../language/declare.ts";

/** What becomes of sizes, [height, width] before and behind, and of numbers of channels. */
export interface Outcomes {
  readonly sizes: readonly (readonly [before: readonly [number, number], behind: readonly [number, number]])[];
  readonly channels: readonly (readonly [before: number, behind: number])[];
}

/** What pairs have behind `of`; the same where none begins with it. */
function behind<T>(pairs: readonly (readonly [before: T, behind: T])[], of: T): T {
  return pairs.find(([before]) => String(before) === String(of))?.[1] ?? of;
}

/** What becomes of images of a shape, `[N, C, H, W]`. */
export const shapeAfter = ({ sizes, channels }: Outcomes, [n, c, h, w]: readonly number[]): number[] => [
  n,
  behind(channels, c),
  ...behind<readonly [number, number]>(sizes, [h, w]),
];

/** Chains of which each sample runs one, and which end in one size. */
const selection = declareInner({
  name: "select",
  kind: "composite",
  params: {},
  composite: {
    chains: ({ branches }: CompositeSettings) => (branches as Branches).chains.map(({ chain }) => chain),
    combine: () => {
      throw new Error("The samples of each chain run it by themselves, where a pipeline is cut.");
    },
  },
  size: ({ sizes }, size) => behind(sizes as Outcomes["sizes"], size),
  outChannels: ({ channels }, count) => behind(channels as Outcomes["channels"], count),
  doc: "of each sample what one of several chains makes of it",
  source: "torchvision, RandomChoice",
});

/**
 * A transform that makes of each sample what its own chain makes of it.
 * @param outcomes of the images that it is for, equal for all of the chains
 */
export const select = (branches: Branches, { sizes, channels }: Outcomes): Transform => ({
  declaration: selection,
  params: {},
  options: { sizes, channels },
  branches,
});
