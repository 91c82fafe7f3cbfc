import { ArgumentError } from "../../gpu/errors.ts";
import {
  type CompositeSettings,
  type CompositeSpec,
  type Declaration,
  declareInner,
  type Parts,
} from "../language/declare.ts";

// What applies a part of a pipeline within itself. Values are in settings, the part comes with the transform.

function partsOf({ parts }: CompositeSettings): Parts {
  if (parts === undefined)
    throw new ArgumentError("transforms", "a part of a pipeline outside of one", "one within sequential([...])");
  return parts as Parts;
}

const composite: CompositeSpec = {
  chains: (settings, input) => {
    const { chain, chainFor } = partsOf(settings);
    return [chainFor?.(input) ?? chain];
  },
  combine: ({ x, settings }) => {
    const { made, chain } = partsOf(settings);
    return made(x, settings, chain);
  },
};

/** Images beside what links make of them, in shares. */
export const blendBy = declareInner({
  name: "blend",
  kind: "composite",
  params: { by: { min: 0, max: 1, unit: "share", doc: "how much of the result is what the links make" } },
  composite,
  doc: "y = by · T(x) + (1 − by) · x",
  source: "alpha blending",
});

/** {@link blendBy}, with a share for each pixel. */
export const blendMask = declareInner({
  name: "blend",
  kind: "composite",
  params: {
    by: { role: "image", channels: "any", unit: "share", doc: "how much of each pixel is what the links make" },
  },
  composite,
  doc: "y = by · T(x) + (1 − by) · x",
  source: "alpha blending",
});

/** What links make, in shares for each pixel. */
export const withinMask = declareInner({
  name: "within",
  kind: "composite",
  params: {
    mask: { role: "image", channels: "any", unit: "share", doc: "how much of each pixel is what the links make" },
  },
  composite,
  doc: "y = mask · T(x) + (1 − mask) · x",
  source: "alpha blending",
});

/** What links make, within boxes. */
export const withinBox = declareInner({
  name: "within",
  kind: "composite",
  params: { box: { size: 4, gradient: false, unit: "pixels", doc: "edges (x0, y0, x1, y1) of the box" } },
  composite,
  doc: "y = T(x) where the centre of a pixel lies in the box, else x",
  source: "alpha blending",
});

/** What links make, in some of the channels. */
export const withinChannels = declareInner({
  name: "within",
  kind: "composite",
  params: {},
  composite,
  doc: "y = T(x) in some of the channels, x in the others",
  source: "alpha blending",
});

/**
 * What links make of the patches of images.
 * @param sizes of the result: what else a plan of it depends on lies in the declaration, which is one patches()'s own
 */
export const withinPatches = (
  pieces: CompositeSpec["pieces"],
  { size, outChannels }: Pick<Declaration, "size" | "outChannels">,
): Declaration =>
  declareInner({
    name: "patches",
    kind: "composite",
    params: {},
    composite: { ...composite, pieces },
    size,
    outChannels,
    doc: "patches along a grid, put together as links leave them",
    source: "Kornia, PatchSequential",
  });
