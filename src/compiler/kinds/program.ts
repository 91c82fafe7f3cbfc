/** Programs: kernels of a transform's own, between buffers that it asks for, and a pull-back that it wrote itself. Never fused. */
import selectSamplesWgsl from "../../../shaders/pass/select_samples.wgsl";
import { broadcastTo } from "../../autograd/index.ts";
import { type Gpu, linkShader, ShapeError, type Storage } from "../../gpu/index.ts";
import { byteLength, Tensor } from "../../tensor/index.ts";
import type { ProgramBuffer, ProgramRun, ProgramSpec } from "../../transforms/index.ts";
import { codeId } from "../identity.ts";
import { sized } from "../outcome.ts";
import { gateOf, type Slot } from "../pack/layout.ts";
import { besideOf, type Pass } from "../pass.ts";
import { notByChance } from "../pixels/epilogue.ts";
import { groupsFor, sumRows } from "../pixels/kernel.ts";
import { label, resultOf } from "../pixels/work.ts";
import { threadsFor } from "../tuning.ts";
import { type BesideAsked, type Chain, gradientsOf, type Kind, type Taken } from "./kind.ts";
import { sidesSettled } from "./settle.ts";

const programOf = ({ links }: Pick<Pass, "links">): ProgramSpec => links[0].transform.declaration.program!;

/** A program only ever holds what it was given: buffers of the pool. */
const storageOf = (buffer: ProgramBuffer): Storage => buffer as Storage;

/** What a program gets in either direction, and the buffers that it asked for. */
function runOf(
  gpu: Gpu,
  pass: Pass,
  x: Tensor,
  block: Tensor,
  images: readonly Tensor[],
): { run: ProgramRun; scratch: Set<Storage> } {
  const scratch = new Set<Storage>();
  const { options } = pass.links[0].transform;
  const run: ProgramRun = {
    input: pass.input,
    output: pass.output,
    options,
    x: x.storage,
    params: block.storage,
    rows: (param) => {
      const { offset, size, list } = pass.layout.slots.find(({ name }) => name === param)!;
      return { first: offset, length: list?.length ?? size, lists: list?.tables ?? 1 };
    },
    images: Object.fromEntries(
      besideOf(pass).map(({ name }, i) => [name, { buffer: images[i].storage, shape: images[i].shape }]),
    ),
    buffer: (floats) => {
      const made = gpu.allocate(4 * Math.max(1, Math.ceil(floats)));
      scratch.add(made);
      return made;
    },
    dispatch: (name, { words, buffers, threads, conditions }) => {
      const { wgsl, buffers: access } = programOf(pass).kernels[name];
      const chosen = Object.entries(conditions ?? {}).flatMap(([condition, is]) => (is ? [condition] : []));
      const pipeline = gpu.pipeline({
        key: `program|${codeId(pass.links[0].transform.declaration)}|${name}|${chosen.sort()}`,
        label: label(pass, name),
        access: `u${access}`,
        source: () => linkShader(wgsl, { conditions: { ...conditions } }),
      });
      const bindings = [gpu.uniform([...words]), ...buffers.map(storageOf)];
      gpu.dispatch({ pipeline, bindings, groups: groupsFor(threads) });
    },
    threads: (values) => threadsFor(gpu, Math.ceil(values / 4), pass.input[0]),
  };
  return { run, scratch };
}

/** What samples get by their coin: `applied` where it shows 1, else `other`, or nothing. */
interface Selection {
  applied: Storage;
  other?: Storage;
  to: Storage;
  /** Values per sample. */
  values: number;
  /** Whether they lie in rows of one value per sample. */
  rows?: boolean;
}

function selectSamples(
  gpu: Gpu,
  pass: Pass,
  block: Tensor,
  { applied, other, to, values, rows = false }: Selection,
): void {
  const [n] = pass.input;
  const hasOther = other !== undefined;
  const pipeline = gpu.pipeline({
    key: `select_samples|${hasOther}|${rows}`,
    label: label(pass, "select_samples"),
    access: hasOther ? "urrwr" : "urrw",
    source: () => linkShader(selectSamplesWgsl, { conditions: { other: hasOther, rows } }),
  });
  gpu.dispatch({
    pipeline,
    bindings: [
      gpu.uniform([n, values, gateOf(pass.layout, 0)!.offset]),
      block.storage,
      applied,
      to,
      ...(other ? [other] : []),
    ],
    groups: groupsFor(n * values),
    bytes: 12 * n * values,
  });
}

/** {@link selectSamples} into a new buffer in place of `applied`. */
function selected(gpu: Gpu, pass: Pass, block: Tensor, selection: Omit<Selection, "to">): Storage {
  const to = gpu.allocate(4 * pass.input[0] * selection.values);
  selectSamples(gpu, pass, block, { ...selection, to });
  selection.applied.release();
  return to;
}

const valuesOf = ([, c, h, w]: readonly number[]): number => c * h * w;

const hasCoin = (pass: Pass): boolean => gateOf(pass.layout, 0) !== undefined;

function forwardProgram(
  gpu: Gpu,
  pass: Pass,
  x: Tensor,
  block: Tensor,
  images: readonly Tensor[],
  into?: Storage,
): { y: Storage; kept: Tensor[] } {
  const { run, scratch } = runOf(gpu, pass, x, block, images);
  const kept: Storage[] = [];
  const y = resultOf(gpu, pass, into);
  const made = hasCoin(pass) ? gpu.allocate(byteLength(pass.output, "f32")) : y;
  programOf(pass).forward({
    ...run,
    y: made,
    keep: (...buffers) => kept.push(...buffers.map(storageOf)),
  });
  if (made !== y) {
    selectSamples(gpu, pass, block, { applied: made, other: x.storage, to: y, values: valuesOf(pass.output) });
    made.release();
  }
  for (const storage of scratch) if (!kept.includes(storage)) storage.release();
  return { y, kept: kept.map((storage) => keptTensor(gpu, storage)) };
}

/** A buffer that the graph keeps. */
function keptTensor(gpu: Gpu, storage: Storage): Tensor {
  const tensor = new Tensor(gpu, [Math.floor(storage.size / 4)], "f32", storage);
  gpu.untrack(tensor);
  return tensor;
}

function backwardProgram(
  gpu: Gpu,
  pass: Pass,
  [x, block, ...kept]: readonly Tensor[],
  gradient: Tensor,
  needsImage: boolean,
  wanted: readonly Slot[],
  beside: BesideAsked,
): { image: Storage | null; totals: Storage | null; images: readonly (Storage | null)[] } {
  const [n] = pass.input;
  const coin = hasCoin(pass);
  const { run, scratch } = runOf(gpu, pass, x, block, beside.images);
  const images = beside.images.map(({ shape }, i) => (beside.needs[i] ? gpu.allocate(byteLength(shape, "f32")) : null));
  const image = needsImage ? gpu.allocate(byteLength(pass.input, "f32")) : null;
  const totals = wanted.length ? gpu.allocate(4 * n * wanted.length) : null;
  const incoming = { applied: gradient.storage.retain(), values: valuesOf(pass.output) };
  const g = coin ? selected(gpu, pass, block, incoming) : incoming.applied;
  programOf(pass).backward({
    ...run,
    kept: kept.map(({ storage }) => storage),
    gradient: g,
    image,
    imageGradients: Object.fromEntries(besideOf(pass).map(({ name }, i) => [name, images[i]])),
    wants: (param) => wanted.some(({ name }) => name === param),
    sum: (param, partial, length) => {
      const rows = [param].flat().map((own) => wanted.findIndex(({ name }) => name === own));
      if (rows.length === 1) {
        sumRows(gpu, storageOf(partial), n, length, 1, { total: totals!, first: rows[0] * n });
        return;
      }
      const all = sumRows(gpu, storageOf(partial), rows.length * n, length);
      rows.forEach((row, k) => {
        if (row >= 0) gpu.copy(all, 4 * k * n, totals!, 4 * row * n, 4 * n);
      });
      all.release();
    },
    copy: (from, to) => gpu.copy(storageOf(from), 0, storageOf(to), 0, Math.min(from.size, to.size)),
  });
  g.release();
  for (const storage of scratch) storage.release();
  if (!coin) return { image, totals, images };
  const values = valuesOf(pass.input);
  return {
    image: image && selected(gpu, pass, block, { applied: image, other: gradient.storage, values }),
    // What was left alone has no gradient, not even as a product with one of 0.
    totals: totals && selected(gpu, pass, block, { applied: totals, values: wanted.length, rows: true }),
    images: images.map(
      (own, i) => own && selected(gpu, pass, block, { applied: own, values: valuesOf(beside.images[i].shape) }),
    ),
  };
}

/** A program takes one link, of images that it can work on. */
function takeProgram({ links, at, input }: Chain): Taken {
  const link = links[at];
  const { declaration, options } = link.transform;
  const output = sized(link, input);
  if (link.gate !== "always" && output[1] !== input[1]) throw notByChance(declaration.name, input[1], output[1]);
  const wrong = programOf({ links: [link] }).refuses?.(input, options);
  if (wrong) throw new ShapeError(`${declaration.name}.${wrong.argument}`, wrong.given, wrong.allowed);
  return { count: 1, ended: `${declaration.name} has kernels of its own`, pass: { kind: "program", output, heads: 1 } };
}

export const program: Kind = {
  motion: "still",
  functions: () => [],
  hasParams: false,
  settle: sidesSettled,
  take: takeProgram,
  readsF32: true,
  savesInput: true,
  spread: broadcastTo,
  cost: (pass) => {
    const { forward, backward, floats } = programOf(pass).cost(pass.input, pass.links[0].transform.options);
    const buffers = Object.values(programOf(pass).kernels).map((kernel) => kernel.buffers.length);
    return { dispatches: { forward, backward }, table: floats, buffers: Math.max(...buffers) };
  },
  forward: (gpu, pass, x, block, into, { images = [] } = {}) => {
    const { y, kept } = forwardProgram(gpu, pass, x, block, images, into);
    return {
      y,
      saved: [block, ...kept],
      pull: (gradient, saved, needsImage, wanted, _, beside) => {
        const pulled = backwardProgram(gpu, pass, saved, gradient, needsImage, wanted, beside);
        return { ...gradientsOf(pulled.image, wanted, pulled.totals), images: pulled.images };
      },
    };
  },
};
