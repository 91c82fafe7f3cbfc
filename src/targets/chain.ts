import { kinds, type MotionKind } from "../compiler/kinds/index.ts";
import { Tensor } from "../tensor/index.ts";
import type { Declaration, ParamValue, Parts, Pieces, Transform } from "../transforms/index.ts";

/** How a raster of labels is moved. */
export interface RasterMove {
  /** By whole pixels, so that no value comes up that was not there. */
  nearest: boolean;
  /** What lies beyond it where the image shows a constant. */
  fill: number;
  /** Whether it is 0 where the image is erased. */
  erased: boolean;
}

/**
 * A stretch of what a raster goes through: transforms; one that makes another size of images, and whose matrix moves other rasters; or one that
 * takes images apart, and what pieces go through.
 */
export type Stretch = { through: readonly Transform[] } | { moved: Transform } | { apart: Pieces; parts: Parts };

/** What a transform is to a raster of labels, by how its kind moves pixels; `null` leaves the raster alone. */
const MOTIONS: Readonly<Record<MotionKind, ((transform: Transform, how: RasterMove) => Stretch) | null>> = {
  still: null,
  matrix: sampled,
  place: sampled,
  taps: sampled,
  strides: (transform) => ({ moved: transform }),
  chains: (transform) => {
    const { pieces } = transform.declaration.composite ?? {};
    return pieces ? { apart: pieces, parts: transform.parts! } : { moved: transform };
  },
};

/** The transforms of a pipeline that move or cover labels, in the form that is meant for them. */
export function rasterChain(transforms: readonly Transform[], how: RasterMove): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const transform of transforms) {
    const stretch = stretchOf(transform, how);
    if (!stretch) continue;
    const last = stretches.at(-1);
    if (last && "through" in last && "through" in stretch)
      stretches[stretches.length - 1] = { through: [...last.through, ...stretch.through] };
    else stretches.push(stretch);
  }
  return stretches;
}

function stretchOf(transform: Transform, how: RasterMove): Stretch | undefined {
  const { kind, covers } = transform.declaration;
  if (covers === undefined || !how.erased) return MOTIONS[kinds[kind].motion]?.(transform, how);
  const zeroed = withParams(transform, { [covers]: 0 });
  return { through: [how.nearest ? hiding(zeroed) : zeroed] };
}

const hidden = new WeakMap<Declaration, Declaration>();

/** What covers, by whole pixels. What is hidden does not follow from what learns: there is no slope at a jump. */
function hiding(transform: Transform): Transform {
  const { declaration, params, on } = transform;
  const known = hidden.get(declaration) ?? Object.freeze({ ...declaration, hides: true as const });
  hidden.set(declaration, known);
  const fixed = <T>(value: T): T => (value instanceof Tensor ? (value.detach() as T) : value);
  const values = Object.entries(params).map(([name, value]) => [name, fixed(value)]);
  return { ...transform, declaration: known, params: Object.fromEntries(values), on: fixed(on) };
}

const withParams = (transform: Transform, params: Readonly<Record<string, ParamValue>>): Transform => ({
  ...transform,
  params: { ...transform.params, ...params },
});

const CONSTANT: readonly unknown[] = ["zeros", "fill"];

/** What looks between and beyond pixels. */
function sampled(transform: Transform, { nearest, fill }: RasterMove): Stretch {
  const { declaration, options } = transform;
  const has = (option: string) => declaration.options?.[option] !== undefined;
  const hard = {
    ...(has("interpolation") && { interpolation: "nearest" }),
    ...(has("antialias") && { antialias: false }),
  };
  const beyond = CONSTANT.includes(options.padding) && declaration.params.fill?.role === "fill";
  const chosen = { ...options, ...(nearest && hard), ...(beyond && { padding: fill === 0 ? "zeros" : "fill" }) };
  return { through: [{ ...withParams(transform, beyond ? { fill } : {}), options: chosen }] };
}
