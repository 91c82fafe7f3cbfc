/** Runs a case on the GPU: as it is, one group of transforms after the other, or one sample alone. */

import type { DType, Gpu, Tensor, Transform } from "../../src/index.ts";
import * as augrad from "../../src/index.ts";
import { type Case, channelsAfter, type LinkCase, modelLinks, type ParamCase, sampleOf, widthOf } from "./case.ts";
import { weightsFor } from "./image.ts";
import { groupsOf } from "./model/chain.ts";

/** What a call gave: the result, and the gradients that were asked for, of the image and by `link.param`. */
export interface Executed {
  shape: number[];
  y: ArrayLike<number>;
  image: ArrayLike<number> | null;
  params: Map<string, ArrayLike<number>>;
}

export interface How {
  /** Applies groups of transforms one after the other. */
  apart?: boolean;
  /** Which sample of a batch this one is, for its weights. */
  first?: number;
}

type Constructor = (settings: Record<string, unknown>) => Transform;
const constructors = augrad as unknown as Record<string, Constructor>;

/** Runs forward and backward and reads everything. What was made is freed. */
export async function execute(gpu: Gpu, made: Case, { apart = false, first = 0 }: How = {}): Promise<Executed> {
  const scope = gpu.scope();
  try {
    const leaves = new Map<string, Tensor>();
    const transforms = made.links.map((link, i) => construct(gpu, link, i, leaves));
    const x = augrad.tensor(gpu, imageOf(made), made.shape, { dtype: made.dtype, requiresGrad: made.learned });
    const y = apart ? applyApart(x, transforms, made) : augrad.apply(x, transforms, optionsOf(made));
    const wanted = [...(made.learned ? [x] : []), ...leaves.values()];
    const shape = y.shape as [number, number, number, number];
    const gradient = wanted.length > 0 ? augrad.tensor(gpu, weightsFor(shape, first), shape) : undefined;
    const gradients = gradient ? augrad.grad(y, wanted, { gradient }) : [];
    const [result, ...read] = await Promise.all([y.read(), ...gradients.map((g) => g.read())]);
    const params = new Map([...leaves.keys()].map((key, i) => [key, read[i + (made.learned ? 1 : 0)]]));
    return { shape: [...shape], y: result, image: made.learned ? read[0] : null, params };
  } finally {
    scope.dispose();
  }
}

const optionsOf = ({ compose, result }: Case) => ({ compose, ...(result ? { dtype: result } : {}) });

function imageOf({ dtype, image }: Case): Float32Array | Uint8Array {
  return dtype === "u8" || dtype === "rgba8" ? Uint8Array.from(image) : Float32Array.from(image);
}

function construct(gpu: Gpu, link: LinkCase, i: number, leaves: Map<string, Tensor>): Transform {
  const settings: Record<string, unknown> = { ...link.options };
  const all = { ...link.params, ...(link.on ? { on: link.on } : {}) };
  for (const [name, param] of Object.entries(all)) {
    const value = given(gpu, param);
    settings[name] = value;
    if (param.learned) leaves.set(`${i}.${name}`, value as Tensor);
  }
  return constructors[link.name](settings);
}

function given(gpu: Gpu, { form, shape, values, learned }: ParamCase): unknown {
  if (form === "tensor") return augrad.tensor(gpu, Float32Array.from(values), shape, { requiresGrad: learned });
  if (form === "number") return values[0];
  if (shape.length < 2) return values;
  return Array.from({ length: shape[0] }, (_, n) => values.slice(n * shape[1], (n + 1) * shape[1]));
}

/** Every row of maps and every other transform by a call of its own; the last one stores what was asked for. */
function applyApart(x: Tensor<DType>, transforms: Transform[], made: Case): Tensor<DType> {
  const groups = groupsOf(modelLinks(made), [made.shape[2], made.shape[3]], made.compose);
  const last = made.result ?? (made.dtype === "f16" ? "f16" : "f32");
  return groups.reduce<Tensor<DType>>((image, { first, count }, i) => {
    const dtype = i === groups.length - 1 ? last : last === "f16" ? "f16" : "f32";
    return augrad.apply(image, transforms.slice(first, first + count), { compose: made.compose, dtype });
  }, x);
}

/** The case of sample n alone. */
export function singleOf(made: Case, n: number): Case {
  const [N, C, H, W] = made.shape;
  const each = made.image.length / N;
  let channels = C;
  const links = made.links.map((link) => {
    const params = Object.fromEntries(
      Object.entries(link.params).map(([name, param]) => [
        name,
        sampleOf(param, widthOf(link.name, name, channels), n),
      ]),
    );
    channels = channelsAfter(link, channels);
    return { ...link, params, on: link.on && sampleOf(link.on, 1, n) };
  });
  return { ...made, shape: [1, C, H, W], image: made.image.slice(n * each, (n + 1) * each), links, poison: undefined };
}

/** The case with the value that is not finite in its place. */
export function poisonedOf(made: Case): Case {
  const { value, sample, link, param } = made.poison!;
  const [N] = made.shape;
  if (link === undefined || param === undefined) {
    const each = made.image.length / N;
    const at = sample * each + Math.floor(each / 2);
    return { ...made, image: made.image.with(at, value) };
  }
  const old = made.links[link].params[param];
  const values = old.values.with((sample * old.values.length) / N, value);
  const links = made.links.map((other, i) =>
    i === link ? { ...other, params: { ...other.params, [param]: { ...old, values } } } : other,
  );
  return { ...made, links };
}
