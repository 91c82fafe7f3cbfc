/** Composites: transforms that are made of others, whose passes and gradients they have. */
import { blend, only } from "../../autograd/blend.ts";
import { broadcastTo, equal, reshape } from "../../autograd/index.ts";
import { keeping, type Shape, Tensor, tensor } from "../../tensor/index.ts";
import type { CompositeSettings, Transform } from "../../transforms/index.ts";
import { sized } from "../outcome.ts";
import { rangeOf } from "../pack/layout.ts";
import { movedInto } from "../pack/params.ts";
import { type Bound, besideOf, type Pass } from "../pass.ts";
import { notByChance } from "../pixels/epilogue.ts";
import type { Chain, Kind, Taken } from "./kind.ts";
import { sidesSettled } from "./settle.ts";

/** Values by parameter and by option, with the images beside the input as passes get them. */
const settingsOf = ({ transform }: Bound, images: Readonly<Record<string, Tensor>> = {}): CompositeSettings => ({
  ...transform.params,
  ...transform.options,
  ...images,
  parts: transform.parts,
  branches: transform.branches,
});

/** The samples of a coin as a tensor [N, 1, 1, 1] of 0 and 1. */
function shareOf({ on }: Bound, x: Tensor): Tensor | null {
  if (!on) return null;
  const shape = [x.shape[0], 1, 1, 1];
  if ("numbers" in on)
    return tensor(
      x.gpu,
      Float32Array.from({ length: shape[0] }, (_, n) => on.numbers[n * on.strides[0]]),
      shape,
    );
  const is = on.is === undefined ? on.tensor : equal(on.tensor, on.is);
  return reshape(is, [on.tensor.size, 1, 1, 1]);
}

/** Settings whose gradients leave out the samples that a coin leaves alone. */
function gated(settings: CompositeSettings, share: Tensor): CompositeSettings {
  const [n] = share.shape;
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => {
      const isOwn = value instanceof Tensor && value.requiresGrad && value.shape[0] === n && share.size === n;
      return [name, isOwn ? only(reshape(share, [n, ...value.shape.slice(1).map(() => 1)]), value) : value];
    }),
  );
}

/**
 * Settings whose tensors are in the ranges of their parameters, as they are in a block. Only those that are looked at are moved:
 * passes of chains do that for themselves.
 */
function ranged(settings: CompositeSettings, { transform }: Bound): CompositeSettings {
  const moved: Record<string, unknown> = { ...settings };
  for (const [name, spec] of Object.entries(transform.declaration.params)) {
    const [value, range] = [settings[name], rangeOf(spec)];
    if (!(value instanceof Tensor) || !range) continue;
    let own: Tensor | undefined;
    Object.defineProperty(moved, name, { enumerable: true, get: () => (own ??= movedInto(value, range)) });
  }
  return moved;
}

function compose(
  x: Tensor,
  pass: Pass,
  link: Bound,
  images: readonly Tensor[],
  apply: (x: Tensor, chain: readonly Transform[]) => Tensor,
): Tensor {
  const spec = link.transform.declaration.composite!;
  return keeping(x.gpu, () => {
    const share = shareOf(link, x);
    const named = Object.fromEntries(besideOf(pass).map(({ name }, i) => [name, images[i]]));
    const all = settingsOf(link, named);
    const settings = share ? gated(all, share) : all;
    const source = share ? only(share, x) : x;
    let chains: ReturnType<typeof spec.chains> | undefined;
    const run = (chain: number, on: Tensor = source): Tensor =>
      apply(on, (chains ??= spec.chains(settings, pass.input))[chain]);
    const made = spec.combine ? spec.combine({ x: source, settings: ranged(settings, link), run }) : run(0);
    return share ? blend(share, made, x) : made;
  });
}

/** The shape of the pieces that a chain sees, or of the images. */
function piecesSeen({ transform }: Bound, input: Shape): Shape {
  const { pieces } = transform.declaration.composite!;
  if (!pieces) return input;
  const [n, c, h, w] = input;
  const [rows, columns] = pieces.grid;
  return [n * rows * columns, c, ...pieces.before([h, w]).size];
}

function takeComposite({ links, at, input }: Chain): Taken {
  const link = links[at];
  const { name } = link.transform.declaration;
  const output = sized(link, input);
  if (link.gate !== "always" && output[1] !== input[1]) throw notByChance(name, input[1], output[1]);
  return { count: 1, ended: `${name} is made of other transforms`, pass: { kind: "composite", output, heads: 1 } };
}

export const composite: Kind = {
  motion: "chains",
  functions: () => [],
  hasParams: false,
  settle: sidesSettled,
  take: takeComposite,
  readsF32: true,
  savesInput: false,
  spread: broadcastTo,
  cost: ({ links }) => {
    // Those of its chains come on top; what is made of their results is an operation on tensors.
    const { combine, pieces } = links[0].transform.declaration.composite!;
    const combines = pieces ? 2 : combine ? 1 : 0;
    return { dispatches: { forward: combines, backward: combines }, buffers: 0 };
  },
  chainsOf: (link, input) =>
    link.transform.declaration.composite!.chains(settingsOf(link, link.images), piecesSeen(link, input)),
  seen: piecesSeen,
  compose,
};
