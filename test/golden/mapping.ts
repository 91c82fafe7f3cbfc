// The place where operations of Kornia, torchvision and OpenCV become transforms of augrad.
//
// Where conventions differ, they are converted here, with augrad's tensor operations on the parameters, so that gradients
// arrive in the other library's own parameters:
//  - Kornia adds brightness (factor of adjust_brightness; factor − 1 in RandomBrightness and ColorJiggle) and multiplies in
//    the "accumulative" one; its hue is an angle in radians in adjust_hue, a part of a turn in RandomHue.
//  - Its contrast about the mean takes the mean of the whole batch when the image has not three channels; augrad's is per image.
//  - Its matrices map source to destination pixels, as augrad's do. get_affine_matrix2d turns clockwise and shears by −tan.
//  - Its align_corners=False is another pixel matrix, see `warped` in conventions.ts; padding "reflection" then mirrors about
//    edges, not centres.
//  - Its resize(antialias=True) is a Gaussian blur before plain interpolation; its "nearest" rounds down, see `resized` there.
//  - torchvision's grey is .2989 R + .587 G + .114 B; augrad's contrast and saturation use .299: see `otherGrey`.
//  - With nearest sampling augrad's maps have the gradient of bilinear (straight-through), Kornia's none: it is cut off, see `warped`.
//  - OpenCV rounds positions of linear and cubic warps to 1/32 pixel; see `quantised` in functions.ts.
// Classes that augrad has under Kornia's name, and that sample as Kornia's do, are called with Kornia's settings and replay what Kornia drew
// (classes.ts).
// Pipelines are replayed transform by transform with what each step drew: with Kornia's align_corners=False, an image does not go where
// its labels go. Masks go through the object call of each step, points and boxes through that of all matrices.

import * as ag from "../../src/index.ts";
import type { Entry } from "./functions.ts";
import type { Case } from "./manifest.ts";
import type { Classes, Family, Operations } from "./map/family.ts";
import { type Material, NotImplementedYet, type Outcome } from "./material.ts";
import { replayPipeline } from "./pipeline.ts";

/** Each file of map/ is a family of operations. */
const FAMILIES = Object.values(import.meta.glob<Family>(["./map/*.ts", "!./map/family.ts"], { eager: true }));

const OPERATIONS = together<Operations>(({ operations }) => operations);
const CLASSES = together<Classes>(({ classes }) => classes);

/** The tables of all families as one. @throws where two of them have one name */
function together<Table extends Operations | Classes>(of: (family: Family) => Table | undefined): Table {
  const all = {} as Table;
  for (const family of FAMILIES) {
    for (const [name, entry] of Object.entries(of(family) ?? {})) {
      if (name in all) throw new Error(`Two families have ${name}.`);
      Object.assign(all, { [name]: entry });
    }
  }
  return all;
}

/** The mapping of a case. @throws NotImplementedYet when there is none */
export function entryFor(item: Case): (m: Material) => Promise<Outcome> {
  // A class that changes more than an image and its places has an entry of its own, by the operation's name.
  const entry = OPERATIONS[item.op] ?? (item.pipeline ? pipelineEntry(item) : undefined);
  if (!entry) throw new NotImplementedYet("augrad has no such operation yet");
  return async (m) => {
    const made = await entry(m);
    return made instanceof ag.Tensor ? { outputs: { [Object.keys(item.outputs)[0]]: made } } : made;
  };
}

/** Containers that apply their steps to whole images, one after the other. */
const CONTAINERS = /^(AugmentationSequential|RandAugment|TrivialAugment|AutoAugment(\..*)?)$/;

function pipelineEntry(item: Case): Entry {
  const container = String(item.container?.class ?? "AugmentationSequential");
  const patched = container === "PatchSequential";
  if (!patched && !CONTAINERS.test(container)) throw new NotImplementedYet(`container ${container}`);
  const unknown = item.pipeline!.filter((step) => !CLASSES[step.class]).map((step) => step.class);
  if (unknown.length) throw new NotImplementedYet(`augrad has no ${[...new Set(unknown)].join(", ")} yet`);
  return (m) => {
    const stageOf = (i: number, n: number) => CLASSES[item.pipeline![i].class]!(m, i, n);
    return patched ? replayPatches(m, stageOf) : replayPipeline(m, stageOf);
  };
}

/** The patches of a grid are samples of a batch of their own: sample by sample, row by row. */
async function replayPatches(m: Material, stageOf: Parameters<typeof replayPipeline>[1]): Promise<Outcome> {
  const x = m.input("image");
  const [n, c, h, w] = x.shape;
  const [rows, columns] = (m.item.container?.grid_size ?? [4, 4]) as [number, number];
  const all = m.item.pipeline!.every(({ patch_indices: of }) => of?.every((at, i) => at === i));
  if (!all || h % rows || w % columns) throw new NotImplementedYet("patches of some samples, or with padding");
  const [ph, pw] = [h / rows, w / columns];
  const cut = ag.transpose(ag.reshape(x, [n, c, rows, ph, columns, pw]), [0, 2, 4, 1, 3, 5]);
  const done = await replayPipeline(m, stageOf, ag.reshape(cut, [n * rows * columns, c, ph, pw]));
  const joined = ag.transpose(ag.reshape(done.outputs.image, [n, rows, columns, c, ph, pw]), [0, 3, 1, 4, 2, 5]);
  return { ...done, outputs: { image: ag.reshape(joined, [n, c, h, w]) } };
}
