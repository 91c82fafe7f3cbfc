import { blend as blended } from "../autograd/blend.ts";
import { reshape } from "../autograd/index.ts";
import { bboxToMask } from "../functional/bbox.ts";
import { ArgumentError, describe, isPlainObject, number, readOptions, ShapeError, text } from "../gpu/index.ts";
import { sameShape, show, Tensor, tensor } from "../tensor/index.ts";
import {
  hlsToRgb,
  hsvToRgb,
  type Inner,
  labToRgb,
  type ParamValue,
  rgbToHls,
  rgbToHsv,
  rgbToLab,
  rgbToYcbcr,
  rgbToYuv,
  type Transform,
  ycbcrToRgb,
  yuvToRgb,
} from "../transforms/index.ts";
import type { Declaration } from "../transforms/language/declare.ts";
import { printable, showValue } from "../transforms/language/show.ts";
import { blendBy, blendMask, withinBox, withinChannels, withinMask } from "../transforms/within/within.ts";
import { isDistribution } from "./distributions/index.ts";
import { flatten, refuseMixes } from "./flatten.ts";
import type { SelectionOptions } from "./selections.ts";
import { sharesOf } from "./shares.ts";
import { checkTree, showTree, type Tree } from "./tree.ts";

/** Options of {@link blend} and {@link within}. */
export type InnerOptions = Pick<SelectionOptions, "key">;

/** Colour spaces that {@link within} knows. */
export type Space = "hsv" | "hls" | "lab" | "yuv" | "ycbcr";

/** Where {@link within} applies its links. */
export type Where =
  | Space
  | Tensor
  | {
      /** Edges (x0, y0, x1, y1) in pixels, where a full image is (0, 0, W, H): for all images, one for each, or drawn. */
      box: ParamValue;
    }
  | {
      /** Numbers of channels, from 0. */
      channels: readonly number[];
    };

/**
 * What links make of the images, blended with the images themselves: y = by · T(x) + (1 − by) · x.
 * `blend([gaussianBlur({ sigma: 2 }), invert()], uniform(0.2, 0.8))` draws a share for each sample. At 0 and at 1 it chooses, bit for bit.
 *
 * A learned share has a gradient, and so have the links, each in its share. Labels stay where they are; beside labels,
 * links that move pixels are refused: the image is both.
 * @param links a transform, a list of them, or a pipeline, in which anything may be random; they keep the size and see no other samples
 * @param by 0 to 1: a number, one for each sample, a distribution, a tensor `[]` or `[N]`; or a mask, a tensor `[N, 1, H, W]` or `[N, C, H, W]`
 * @throws ArgumentError for what is no transform, mixes among the links, and what is no share
 */
export function blend(links: Tree, by: ParamValue, options?: InnerOptions): Transform {
  const isMask = by instanceof Tensor && by.shape.length === 4;
  if (!isMask) checkShare(by);
  const tree = checkLinks("blend", links);
  const share: Share = ({ by: of }, x) => (isMask ? (of as Tensor) : column(of, x));
  return inner("blend", isMask ? blendMask : blendBy, { by }, { by }, tree, share, options, (tree) => [
    tree,
    showValue(by),
  ]);
}

/**
 * Applies links in a part of the images only: `within({ box: [8, 8, 24, 24] }, [gaussianBlur({ sigma: 3 })])`,
 * `within({ channels: [0] }, [invert()])`, `within(mask, [rotate({ angle: 20 })])`; or to the images in another colour space, which are
 * converted and converted back in the pass of the links: `within("hsv", [hueRaw({ turns: 0.1 })])`. Elsewhere images stay as they are, bit
 * for bit.
 *
 * A mask is as that of {@link blend}, and its gradient is. The result at a pixel is what the links make of the whole image there. In a colour
 * space the links get its own values, which only some of them lie between 0 and 1: switch their `clip` off.
 *
 * Labels go with the links. A point in a box, or where a mask is at least 0.5, goes where the links move it, and is not
 * kept where it leaves the region, as it is not shown there; one outside stays. A box is the hull of where its outline goes. Masks and heat maps show in the region what the links make of them.
 * Beside labels, links that move pixels in some of the channels are refused, and in a mask that differs by channel: there a thing is in two places.
 * @param where a colour space, a tensor `[N, 1, H, W]`, a box, or channels
 * @param links a transform, a list of them, or a pipeline, in which anything may be random; but for a colour space they keep the size and see
 * no other samples
 * @throws ArgumentError for what is no transform, mixes among the links, and what is no such part
 */
export function within(where: Where, links: Tree, options?: InnerOptions): Tree {
  if (typeof where === "string") return inSpace(where, links, options);
  if (where instanceof Tensor) {
    if (where.shape.length !== 4)
      throw new ShapeError("where of within()", `a tensor ${show(where.shape)}`, "a mask [N, 1, H, W]");
    const tree = checkLinks("within", links);
    const share: Share = ({ mask }) => mask as Tensor;
    const written = (tree: string) => [showValue(where), tree];
    // Where channels differ, a pixel is both.
    const region = where.shape[1] === 1 ? share : undefined;
    return inner("within", withinMask, { mask: where }, { mask: where }, tree, share, options, written, region);
  }
  const [part, ...others] = isPlainObject(where) ? Object.keys(where) : [];
  if (others.length > 0 || (part !== "box" && part !== "channels"))
    throw new ArgumentError("where of within()", describe(where), `${SPACES}, a mask, { box } or { channels }`);
  const tree = checkLinks("within", links);
  const written = (tree: string) => [`{ ${part}: ${showValue((where as Record<string, unknown>)[part])} }`, tree];
  if ("channels" in where) {
    const channels = checkChannels(where.channels);
    return inner(
      "within",
      withinChannels,
      {},
      { channels },
      tree,
      (_, x) => channelMask(channels, x),
      options,
      written,
    );
  }
  const box = (where as { box: ParamValue }).box;
  if (!isGiven(box)) throw new ArgumentError("box of within()", describe(box), A_BOX);
  const share: Share = ({ box: of }, x) => boxMask(of, x);
  return inner("within", withinBox, { box }, { box }, tree, share, options, written, share);
}

const A_BOX = "edges [x0, y0, x1, y1] in pixels, one such row for each image, a tensor [N, 4] or a distribution";

/** The way to a colour space, and back. */
const SPACE: { readonly [S in Space]: readonly [() => Transform, () => Transform] } = {
  hsv: [rgbToHsv, hsvToRgb],
  hls: [rgbToHls, hlsToRgb],
  lab: [rgbToLab, labToRgb],
  yuv: [rgbToYuv, yuvToRgb],
  ycbcr: [rgbToYcbcr, ycbcrToRgb],
};
const SPACES = Object.keys(SPACE)
  .map((space) => `"${space}"`)
  .join(", ");

function inSpace(space: string, links: Tree, options: InnerOptions | undefined): Tree {
  if (!Object.hasOwn(SPACE, space)) throw new ArgumentError("where of within()", describe(space), SPACES);
  readOptions<object>("within in a colour space", options, {});
  const [there, back] = SPACE[space as Space];
  return Object.freeze([there(), checkTree("links", links, " of within()"), back()]);
}

/** How much of the result is what the links make, as a tensor that broadcasts to images. */
type Share = (settings: Readonly<Record<string, unknown>>, x: Pick<Tensor, "gpu" | "shape">) => Tensor;

function inner(
  name: string,
  declaration: Declaration,
  params: Readonly<Record<string, ParamValue>>,
  given: Inner["given"],
  tree: Tree,
  share: Share,
  options: InnerOptions | undefined,
  shown: (tree: string) => readonly string[],
  region?: Inner["region"],
): Transform {
  const { key } = readOptions<InnerOptions>(name, options, { key: text });
  const made: Inner["made"] = (x, settings, run) => {
    const y = run(x);
    if (!sameShape(x.shape, y.shape))
      throw new ShapeError(
        `links of ${name}()`,
        `links from ${show(x.shape)} to ${show(y.shape)}`,
        "links that keep it",
      );
    return blended(share(settings, x), y, x);
  };
  const last = key === undefined ? [] : [`{ key: ${showValue(key)} }`];
  const written = () => `${name}(${[...shown(showTree(tree)), ...last].join(", ")})`;
  const links: Inner = Object.freeze({ tree, given, show: written, made, ...(region && { region }) });
  return Object.freeze(printable({ declaration, params, options: {}, key, links }, written));
}

/** Links of which the labels of the images know nothing. */
function checkLinks(name: string, links: Tree): Tree {
  const tree = checkTree("links", links, ` of ${name}()`);
  const flat = flatten(tree, "links");
  const learned = flat.selections.find(({ selection }) => sharesOf(selection) !== null);
  if (learned)
    throw new ArgumentError(
      `${learned.at} of ${name}()`,
      `${learned.selection.selection}() that learns`,
      "one whose weights are numbers, or one around it: its branches run side by side",
    );
  refuseMixes(flat, name, "what sees one sample: labels would not be mixed");
  return tree;
}

const isGiven = (value: unknown): boolean =>
  value instanceof Tensor || isDistribution(value) || Array.isArray(value) || ArrayBuffer.isView(value);

function checkShare(by: unknown): void {
  if (typeof by === "number" || isGiven(by)) return;
  throw new ArgumentError("by of blend()", describe(by), "0 to 1: a number, an array, a distribution or a tensor");
}

/** A value for all samples, or one for each, beside images. */
function column(value: unknown, { gpu }: Pick<Tensor, "gpu">): Tensor {
  if (value instanceof Tensor) return reshape(value, [value.size, 1, 1, 1]);
  const list = typeof value === "number" ? [value] : Array.from(value as ArrayLike<number>);
  return tensor(gpu, list, [list.length, 1, 1, 1]);
}

function boxMask(box: unknown, { gpu, shape: [, , height, width] }: Pick<Tensor, "gpu" | "shape">): Tensor {
  const list = box instanceof Tensor ? box : tensor(gpu, Array.from(box as ArrayLike<number>).flat());
  const rows = reshape(list, [list.size / 4, 1, 4]);
  return bboxToMask(rows, { height, width });
}

const A_CHANNEL = number({ least: 0, whole: true });

function checkChannels(channels: unknown): readonly number[] {
  const list = Array.isArray(channels) ? Array.from(channels) : [];
  if (list.length === 0 || !list.every(A_CHANNEL.fits) || new Set(list).size < list.length)
    throw new ArgumentError("channels of within()", describe(channels), "different whole numbers of at least 0");
  return Object.freeze(list);
}

function channelMask(channels: readonly number[], { gpu, shape: [, c] }: Pick<Tensor, "gpu" | "shape">): Tensor {
  if (Math.max(...channels) >= c)
    throw new ArgumentError("channels of within()", show(channels), `whole numbers below ${c}, those of the images`);
  const mask = Float32Array.from({ length: c }, (_, i) => Number(channels.includes(i)));
  return tensor(gpu, mask, [1, c, 1, 1]);
}
