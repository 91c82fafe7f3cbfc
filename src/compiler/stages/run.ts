import { type Pullback, record } from "../../autograd/graph.ts";
import { reshaped } from "../../autograd/kernels.ts";
import type { Gpu, Storage } from "../../gpu/index.ts";
import { byteLength, type DType, type Shape, Tensor } from "../../tensor/index.ts";
import { type Kind, kinds, type Ran, type Sources } from "../kinds/index.ts";
import { packBlock, type TensorParam, unpackGradient } from "../pack/params.ts";
import type { Bound, Pass } from "../pass.ts";
import { namesOf, resultOf } from "../pixels/work.ts";
import { type Part, partsOf, putSamples, takeSamples } from "./split.ts";

/** A part of the batch that ran: what it saved lies at `saved` from `first` on. */
interface RanPart extends Part {
  pull: Ran["pull"];
  saved: readonly Tensor[];
}

/** Runs a pass, in parts where the batch is too big for one, and hangs its result on the graph. */
export function runPass(
  image: Tensor<DType>,
  pass: Pass,
  bound: readonly Bound[],
  key: string,
  into?: Storage,
  { field, images = [] }: Sources = {},
): Tensor<DType> {
  // The pass knows how its input is stored, and its kernels load it: from here on an image is an image.
  const x = image as Tensor;
  const { gpu } = x;
  const kind = kinds[pass.kind];
  if (!kind.forward) throw new Error(`A ${pass.kind} has no kernels.`);
  const { forward } = kind;
  const parts = partsOf(gpu, pass);
  const isWhole = parts.length === 1;
  const y = isWhole ? null : resultOf(gpu, pass, into);
  let params: readonly TensorParam[] = [];
  let whole: Storage | null = y;
  const blocks: Tensor[] = [];
  const ran: RanPart[] = parts.map((part) => {
    const block = packBlock(gpu, part.pass, bound, isWhole ? key : `${key}|${part.first}`, part.first, kind.hasParams);
    params = block.params;
    blocks.push(block.tensor);
    if (!y) {
      const sources = { field: field && reshaped(field, field.shape), images };
      const done = forward(gpu, part.pass, x, block.tensor, into, sources);
      whole = done.y;
      return { ...part, pull: done.pull, saved: done.saved };
    }
    return runPart(forward, part, x, block.tensor, { field, images }, y);
  });
  const fieldShape = field?.sizes ?? [];
  const imageShapes = images.map(({ sizes }) => sizes);
  const result = record(
    namesOf(pass),
    [x, ...params.map(({ tensor }) => tensor), ...(field ? [field] : []), ...images],
    { shape: pass.output, dtype: pass.outputType as DType, storage: whole! },
    [...(kind.savesInput ? [x] : []), ...images, ...ran.flatMap(({ saved }) => saved)],
    (gradient, saved, needs, add) => {
      const firstImage = 1 + params.length + (field ? 1 : 0);
      const pulled = pullParts(pass, ran, params, gradient, saved, needs, add, {
        field: field !== undefined && needs[1 + params.length],
        images: needs.slice(firstImage),
      });
      const tensorOf = (storage: Storage | null, shape: Shape) => storage && new Tensor(gpu, shape, "f32", storage);
      return [
        tensorOf(pulled.image, x.sizes),
        ...pulled.params,
        ...(field ? [tensorOf(pulled.field, fieldShape)] : []),
        ...imageShapes.map((shape, i) => tensorOf(pulled.images[i], shape)),
      ];
    },
  );
  // The graph keeps what it needs; a call without a graph keeps nothing.
  for (const block of blocks) block.dispose();
  for (const { saved } of ran) for (const tensor of saved) tensor.dispose();
  return result;
}

/** Runs a part of the batch on its own samples, and puts what comes out among those of the whole result, `y`. */
function runPart(
  forward: NonNullable<Kind["forward"]>,
  part: Part,
  x: Tensor,
  block: Tensor,
  { field, images = [] }: Sources,
  y: Storage,
): RanPart {
  const { gpu } = x;
  const own = samplesFrom(x, part);
  const beside = images.map((image) => samplesFrom(image, part));
  const sources = { field: field && samplesFrom(field, part), images: beside };
  const done = forward(gpu, part.pass, own, block, undefined, sources);
  for (const tensor of [own, ...beside]) tensor.dispose();
  putSamples(gpu, done.y, part.pass.output, part.pass.outputType, y, part.first);
  return { ...part, pull: done.pull, saved: done.saved };
}

/** Gradients of the whole batch, where they are wanted. */
interface Whole {
  image: Storage | null;
  field: Storage | null;
  images: (Storage | null)[];
}

/** Pulls a gradient back through every part; those of parameters add up in the order of the parts. */
function pullParts(
  pass: Pass,
  parts: readonly RanPart[],
  params: readonly TensorParam[],
  gradient: Tensor,
  kept: readonly Tensor[],
  needs: readonly boolean[],
  add: Parameters<Pullback>[3],
  wants: { field: boolean; images: readonly boolean[] },
): Whole & { params: (Tensor | null)[] } {
  const { gpu } = gradient;
  const [x, others] = kinds[pass.kind].savesInput ? [kept[0], kept.slice(1)] : [null, kept];
  const beside = others.slice(0, wants.images.length);
  const saved = others.slice(wants.images.length);
  const wanted = params
    .filter((_, i) => needs[i + 1])
    .map(({ slot }) => slot)
    .sort((a, b) => a.offset - b.offset);
  const totals: (Tensor | null)[] = params.map(() => null);
  const isWhole = parts.length === 1;
  const room = (is: boolean, shape: readonly number[]) =>
    is && !isWhole ? gpu.allocate(byteLength(shape, "f32")) : null;
  const whole: Whole = {
    image: room(needs[0], pass.input),
    field: room(wants.field, fieldShapeOf(pass)),
    images: wants.images.map((wanted, i) => room(wanted, beside[i].shape)),
  };
  let at = 0;
  for (const part of parts) {
    const own = saved.slice(at, (at += part.saved.length));
    const ownX = x && (isWhole ? x : samplesFrom(x, part));
    const ownGradient = isWhole ? gradient : samplesFrom(gradient, part);
    const ownBeside = isWhole ? beside : beside.map((tensor) => samplesFrom(tensor, part));
    const pulled = part.pull(ownGradient, ownX ? [ownX, ...own] : own, needs[0], wanted, wants.field, {
      images: ownBeside,
      needs: wants.images,
    });
    params.forEach((param, i) => {
      if (!needs[i + 1]) return;
      const { storage, row } = pulled.of(param.slot);
      const next = unpackGradient(gpu, storage, row, param, part.pass.input[0], part.first);
      const before = totals[i];
      totals[i] = before ? add(before, next) : next;
    });
    pulled.release();
    const { image, field = null } = pulled;
    const images = wants.images.map((_, i) => pulled.images?.[i] ?? null);
    if (isWhole) return { image, field, images, params: totals };
    for (const tensor of [ownX, ownGradient, ...ownBeside]) tensor?.dispose();
    putPulled(gpu, part, { image, field, images }, whole, ownBeside);
  }
  return { ...whole, params: totals };
}

const fieldShapeOf = ({ output: [n, , h, w] }: Pass): number[] => [n, 2, h, w];

/** Puts the gradients of a part's samples among those of the whole batch, and frees them. */
function putPulled(gpu: Gpu, { pass, first }: Part, own: Whole, whole: Whole, beside: readonly Tensor[]): void {
  const put = (from: Storage | null, to: Storage | null, shape: Shape) => {
    if (from && to) putSamples(gpu, from, shape, "f32", to, first);
  };
  put(own.image, whole.image, pass.input);
  put(own.field, whole.field, fieldShapeOf(pass));
  own.images.forEach((from, i) => put(from, whole.images[i], beside[i].shape));
}

/** The samples of a part of a batch, of images or of their gradients. */
function samplesFrom({ gpu, shape, dtype, storage }: Tensor, { pass, first }: Part): Tensor {
  const own = [pass.input[0], ...shape.slice(1)];
  return new Tensor(gpu, own, dtype, takeSamples(gpu, storage, own, dtype, first));
}
