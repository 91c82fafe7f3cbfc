import type { Kind, ParamValue, Transform } from "../transforms/index.ts";

/** How a raster of labels is moved. */
export interface Raster {
  /** By whole pixels, so that no value comes up that was not there. */
  nearest: boolean;
  /** What lies beyond it where the image shows a constant. */
  fill: number;
  /** Whether it is 0 where the image is erased. */
  erased: boolean;
}

/** A stretch of what a raster goes through: transforms, or one that covers parts of the image, by whole pixels. */
export type Stretch = { through: readonly Transform[] } | { covered: Transform };

type As = (transform: Transform, how: Raster) => Transform;

/** What each kind of transform is to a raster of labels: `null` leaves it alone. */
const KINDS: Readonly<Record<Kind, As | null>> = {
  point: null,
  line: null,
  stencil: null,
  block: null,
  program: null,
  composite: null,
  map: sampled,
  field: sampled,
  resize: sampled,
  mix: sampled,
};

/** The transforms of a pipeline that move or cover labels, in the form that is meant for them. */
export function rasterChain(transforms: readonly Transform[], how: Raster): readonly Stretch[] {
  const stretches: Stretch[] = [];
  const push = (transform: Transform): void => {
    const last = stretches.at(-1);
    if (last && "through" in last) stretches[stretches.length - 1] = { through: [...last.through, transform] };
    else stretches.push({ through: [transform] });
  };
  for (const transform of transforms) {
    const { kind, covers } = transform.declaration;
    if (covers !== undefined && how.erased) {
      const zeroed = withParams(transform, { [covers]: 0 });
      if (how.nearest) stretches.push({ covered: zeroed });
      else push(zeroed);
      continue;
    }
    const moved = KINDS[kind]?.(transform, how);
    if (moved) push(moved);
  }
  return stretches;
}

const withParams = (transform: Transform, params: Readonly<Record<string, ParamValue>>): Transform => ({
  ...transform,
  params: { ...transform.params, ...params },
});

const CONSTANT: readonly unknown[] = ["zeros", "fill"];

/** What looks between and beyond pixels. */
function sampled(transform: Transform, { nearest, fill }: Raster): Transform {
  const { declaration, options } = transform;
  const has = (option: string) => declaration.options?.[option] !== undefined;
  const hard = {
    ...(has("interpolation") && { interpolation: "nearest" }),
    ...(has("antialias") && { antialias: false }),
  };
  const beyond = CONSTANT.includes(options.padding) && declaration.params.fill?.role === "fill";
  return {
    ...withParams(transform, beyond ? { fill } : {}),
    options: { ...options, ...(nearest && hard), ...(beyond && { padding: fill === 0 ? "zeros" : "fill" }) },
  };
}
