import { equal, gather, maximum, reshape, where } from "../autograd/index.ts";
import { checkTogether } from "../autograd/operands.ts";
import { ArgumentError, checkedLater, describe, type Gpu, number, readOptions, ShapeError } from "../gpu/index.ts";
import { keeping, type Shape, sameShape, show, type Tensor, tensor } from "../tensor/index.ts";

const WHAT = "transplantation";

/** Which pixels of which sample are transplanted. */
export interface TransplantationOptions {
  /**
   * Labels of the donor's mask whose pixels are taken, whole numbers: one for all samples, or for each sample one, or a list of them,
   * which may be empty: then the sample stays as it is. What no pixel is labelled with moves nothing.
   */
  labels: number | readonly (number | readonly number[])[];
  /** Each sample's donor, by its place in the batch from 0; the sample before it unless given, and the last one for the first. */
  partner?: number | readonly number[];
}

/** What {@link transplantation} makes. */
export interface Transplanted {
  /** The images with what was transplanted, in the shape of the images. */
  image: Tensor;
  /** Their labels, in the shape of the mask. */
  mask: Tensor;
  /** 1 where something was transplanted, else 0, `[N, 1, …]`; a constant. Its mean is the share of an image that the donor has. */
  selection: Tensor;
}

/** Labels are whole numbers: no pixel has this one. A list that is shorter than others says its first label again. */
const NO_LABEL = 0.5;
/** f32 has every whole number up to this one. */
const LARGEST = 2 ** 24;
const LABEL = number({ least: -LARGEST, most: LARGEST, whole: true });
const LABELS = "a whole number (f32), or for each of the samples one, or a list of them";

/** A list of labels for each sample. */
function labelsOf(given: unknown, samples: number): number[][] {
  const argument = `labels of ${WHAT}()`;
  const isLabel = (value: unknown): value is number => LABEL.fits(value);
  if (isLabel(given)) return Array.from({ length: samples }, () => [given]);
  if (!Array.isArray(given)) throw new ArgumentError(argument, describe(given), LABELS);
  if (given.length !== samples) throw new ShapeError(argument, `${given.length} entries`, `${samples}, one per sample`);
  return Array.from(given, (entry: unknown, n) => {
    const list: unknown[] = Array.isArray(entry) ? Array.from(entry) : [entry];
    const wrong = list.findIndex((label) => !isLabel(label));
    if (wrong < 0) return list as number[];
    const at = `${n}]${Array.isArray(entry) ? `[${wrong}]` : ""}`;
    throw new ArgumentError(`labels[${at} of ${WHAT}()`, describe(list[wrong]), LABELS);
  });
}

/** The donor of each sample. */
function donorsOf(given: unknown, samples: number): number[] {
  const argument = `partner of ${WHAT}()`;
  const one = number({ least: 0, most: samples - 1, whole: true });
  const allowed = `${one.allowed}, or ${samples} of them, one per sample`;
  if (given === undefined) return Array.from({ length: samples }, (_, n) => (n + samples - 1) % samples);
  if (one.fits(given)) return Array.from({ length: samples }, () => given as number);
  if (!Array.isArray(given)) throw new ArgumentError(argument, describe(given), allowed);
  if (given.length !== samples) throw new ShapeError(argument, `${given.length} entries`, `${samples}, one per sample`);
  const wrong = Array.from(given).findIndex((at) => !one.fits(at));
  if (wrong >= 0) throw new ArgumentError(`partner[${wrong}] of ${WHAT}()`, describe(given[wrong]), allowed);
  return given as number[];
}

/** Refuses a mask that is not one label for each pixel of the images. */
function checkMask(image: Shape, mask: Shape): void {
  const [n, , ...sides] = image;
  if (image.length < 3) throw new ShapeError(`image of ${WHAT}()`, show(image), "[N, C, H, W], or [N, C, D, H, W]");
  const [flat, channel] = [
    [n, ...sides],
    [n, 1, ...sides],
  ];
  if (sameShape(mask, flat) || sameShape(mask, channel)) return;
  throw new ShapeError(`mask of ${WHAT}()`, show(mask), `${show(flat)} or ${show(channel)}, for images ${show(image)}`);
}

/** 1 where a donor's pixel has one of the labels that are taken from it; both as [N, 1, pixels] and lists of N. */
function selected(gpu: Gpu, donor: Tensor, labels: readonly number[][]): Tensor {
  const most = Math.max(1, ...labels.map(({ length }) => length));
  const rounds = Array.from({ length: most }, (_, k) => labels.map((own) => own[k] ?? own[0] ?? NO_LABEL));
  return rounds
    .map((own) => equal(donor, tensor(gpu, own, [own.length, 1, 1])))
    .reduce((some, other) => maximum(some, other));
}

/**
 * Copies what is labelled so in another sample of the batch, the donor, into each sample: pixels of the images, and their labels in
 * the mask. All samples are donors as they were before. Differentiable in the images, those of donors included; where a pixel is replaced,
 * its own gradient is 0. Further masks move as images do: `transplantation(other, mask, options).image`.
 *
 * Kornia's RandomTransplantation draws one label of each donor's, and takes the sample before it as the donor.
 * @param image `[N, C, H, W]`, or volumes `[N, C, D, H, W]`
 * @param mask `[N, H, W]` or `[N, 1, H, W]`, or the same of volumes: a label for each pixel, whole numbers as f32
 * @throws ShapeError when the mask is of another size; ArgumentError for labels that are no whole numbers, and for partners beyond the batch
 */
export function transplantation(image: Tensor, mask: Tensor, options: TransplantationOptions): Transplanted {
  checkTogether([image], WHAT, "image");
  checkTogether([mask], WHAT, "mask");
  const gpu = checkTogether([image, mask], WHAT);
  const given = readOptions<TransplantationOptions>(WHAT, options, { labels: checkedLater, partner: checkedLater });
  const [before, marks] = [image.shape, mask.shape];
  checkMask(before, marks);
  const [n, c, ...sides] = before;
  const labels = labelsOf(given.labels, n);
  const donors = donorsOf(given.partner, n);
  const [moved, movedMask, selection] = keeping(gpu, () => {
    const index = tensor(gpu, donors);
    const [pixels, own] = [reshape(image, [n, c, -1]), reshape(mask, [n, 1, -1])];
    const donor = gather(own, { axis: 0, index });
    const chosen = selected(gpu, donor, labels);
    return [
      reshape(where(chosen, gather(pixels, { axis: 0, index }), pixels), before),
      reshape(where(chosen, donor, own), marks),
      reshape(chosen, [n, 1, ...sides]),
    ];
  });
  return { image: moved, mask: movedMask, selection };
}
