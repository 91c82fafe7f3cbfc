import { add, broadcastTo, concat, mean, mul, type Operand, reshape, slice, sub } from "../autograd/index.ts";
import { checkOperand, checkTensor, checkTogether } from "../autograd/operands.ts";
import { apply } from "../compiler/index.ts";
import { ArgumentError, describe, ShapeError } from "../gpu/index.ts";
import { keeping, ones, sameShape, show, Tensor, tensor } from "../tensor/index.ts";
import { resize, rgbToBgr, rgbToYuv, yuvToRgb } from "../transforms/index.ts";

/** Checks that a value is a batch of images of so many channels. */
export function checkImages(x: Tensor, what: string, argument: string, channels: number): void {
  checkTogether([x], what, argument);
  if (x.shape.length !== 4 || x.shape[1] !== channels)
    throw new ShapeError(`${argument} of ${what}()`, show(x.shape), `[N, ${channels}, H, W]`);
}

/**
 * An image of one channel as RGB: the channel, three times. Differentiable.
 * @param image `[N, 1, H, W]`
 * @returns `[N, 3, H, W]`
 * @throws ShapeError for other channels
 */
export function grayscaleToRgb(image: Tensor): Tensor {
  checkImages(image, "grayscaleToRgb", "image", 1);
  return keeping(image.gpu, () => concat([image, image, image], 1));
}

/** Luma, and chroma of fewer pixels. */
export interface SubsampledYuv {
  /** Luma, `[N, 1, H, W]`. */
  y: Tensor;
  /** Chroma, `[N, 2, H / down, W / across]`. */
  uv: Tensor;
}

function subsampled(what: string, image: Tensor, down: number, across: number): SubsampledYuv {
  checkImages(image, what, "image", 3);
  const [n, , h, w] = image.shape;
  if (h % down || w % across)
    throw new ShapeError(`image of ${what}()`, show(image.shape), down > 1 ? "even sides" : "an even width");
  const [y, uv] = keeping(image.gpu, () => {
    const yuv = apply(image, rgbToYuv());
    const blocks = reshape(slice(yuv, 1, 1, 3), [n * 2, h / down, down, w / across, across]);
    return [slice(yuv, 1, 0, 1), reshape(mean(blocks, [2, 4]), [n, 2, h / down, w / across])];
  });
  return { y, uv };
}

function joined(what: string, y: Tensor, uv: Tensor, down: number, across: number): Tensor {
  checkImages(y, what, "y", 1);
  checkImages(uv, what, "uv", 2);
  checkTogether([y, uv], what);
  const [n, , height, width] = y.shape;
  const fits = [n, 2, height / down, width / across];
  if (!sameShape(uv.shape, fits))
    throw new ShapeError(`uv of ${what}()`, show(uv.shape), `${show(fits)}, for y ${show(y.shape)}`);
  return keeping(y.gpu, () => {
    const whole = apply(uv, resize({ height, width, interpolation: "nearest" }));
    return apply(concat([y, whole], 1), yuvToRgb());
  });
}

/**
 * RGB to the YUV of analogue PAL with chroma of half the sides (4:2:0): the mean of each 2 x 2 pixels. Differentiable.
 * @param image `[N, 3, H, W]` of even sides
 * @throws ShapeError for other channels, or an odd side
 */
export const rgbToYuv420 = (image: Tensor): SubsampledYuv => subsampled("rgbToYuv420", image, 2, 2);

/**
 * RGB to the YUV of analogue PAL with chroma of half the width (4:2:2): the mean of each two pixels in a row. Differentiable.
 * @param image `[N, 3, H, W]` of even width
 * @throws ShapeError for other channels, or an odd width
 */
export const rgbToYuv422 = (image: Tensor): SubsampledYuv => subsampled("rgbToYuv422", image, 1, 2);

/**
 * The YUV of {@link rgbToYuv420} to RGB, not clipped: each chroma counts for 2 x 2 pixels. Differentiable.
 * @param y `[N, 1, H, W]`
 * @param uv `[N, 2, H / 2, W / 2]`
 * @throws ShapeError when they do not fit
 */
export const yuv420ToRgb = (y: Tensor, uv: Tensor): Tensor => joined("yuv420ToRgb", y, uv, 2, 2);

/**
 * The YUV of {@link rgbToYuv422} to RGB, not clipped: each chroma counts for two pixels. Differentiable.
 * @param y `[N, 1, H, W]`
 * @param uv `[N, 2, H, W / 2]`
 * @throws ShapeError when they do not fit
 */
export const yuv422ToRgb = (y: Tensor, uv: Tensor): Tensor => joined("yuv422ToRgb", y, uv, 1, 2);

/**
 * Adds a channel of opacity: RGB to RGBA. Differentiable in both.
 * @param image `[N, 3, H, W]`
 * @param alpha a number for all pixels, or a tensor that broadcasts to `[N, 1, H, W]`; 1 unless given
 * @returns `[N, 4, H, W]`
 * @throws ShapeError for other channels, or an alpha that does not fit
 */
export function rgbToRgba(image: Tensor, alpha: Operand = 1): Tensor {
  checkImages(image, "rgbToRgba", "image", 3);
  checkOperand(alpha, "rgbToRgba", "alpha");
  if (alpha instanceof Tensor) checkTogether([image, alpha], "rgbToRgba");
  const [n, , h, w] = image.shape;
  return keeping(image.gpu, () => {
    const whole =
      typeof alpha === "number" ? mul(ones(image.gpu, [n, 1, h, w]), alpha) : broadcastTo(alpha, [n, 1, h, w]);
    return concat([image, whole], 1);
  });
}

/** Checks that a background is three numbers, or a tensor. */
function checkBackground(value: unknown, what: string): void {
  if (value instanceof Tensor) checkTensor(value, what, "background");
  const fits =
    value instanceof Tensor ||
    (Array.isArray(value) && value.length === 3 && Array.from(value).every((v) => Number.isFinite(v)));
  if (!fits) throw new ArgumentError(`background of ${what}()`, describe(value), "red, green and blue, or a tensor");
}

/**
 * Lays an image with opacity over a background: RGBA to RGB, α · colour + (1 − α) · background. Differentiable in both.
 * @param image `[N, 4, H, W]`
 * @param background red, green and blue, or a tensor that broadcasts to `[N, 3, H, W]`; white unless given
 * @returns `[N, 3, H, W]`
 * @throws ShapeError for other channels, or a background that does not fit
 */
export function rgbaToRgb(image: Tensor, background: Tensor | readonly [number, number, number] = [1, 1, 1]): Tensor {
  checkImages(image, "rgbaToRgb", "image", 4);
  const [n, , h, w] = image.shape;
  checkBackground(background, "rgbaToRgb");
  if (background instanceof Tensor) checkTogether([image, background], "rgbaToRgb");
  return keeping(image.gpu, () => {
    const colour =
      background instanceof Tensor
        ? background
        : tensor(image.gpu, [...(background as readonly number[])], [1, 3, 1, 1]);
    const alpha = slice(image, 1, 3, 4);
    const over = mul(slice(image, 1, 0, 3), alpha);
    return add(over, mul(broadcastTo(colour, [n, 3, h, w]), sub(1, alpha)));
  });
}

/**
 * Adds a channel of opacity: BGR to RGBA. Differentiable in both.
 * @param image `[N, 3, H, W]`
 * @param alpha as for {@link rgbToRgba}
 */
export function bgrToRgba(image: Tensor, alpha: Operand = 1): Tensor {
  checkImages(image, "bgrToRgba", "image", 3);
  checkOperand(alpha, "bgrToRgba", "alpha");
  return keeping(image.gpu, () => rgbToRgba(apply(image, rgbToBgr()), alpha));
}

/**
 * Lays an image with opacity over a background: RGBA to BGR. Differentiable in both.
 * @param image `[N, 4, H, W]`
 * @param background as for {@link rgbaToRgb}, in the order red, green, blue
 */
export function rgbaToBgr(image: Tensor, background: Tensor | readonly [number, number, number] = [1, 1, 1]): Tensor {
  checkImages(image, "rgbaToBgr", "image", 4);
  checkBackground(background, "rgbaToBgr");
  return keeping(image.gpu, () => apply(rgbaToRgb(image, background), rgbToBgr()));
}

/**
 * Blends two tensors: alpha · a + beta · b + gamma. Differentiable in all five.
 * @param a a tensor
 * @param alpha what a is multiplied by: a number, or a tensor that broadcasts with it
 * @param b a tensor of a's shape
 * @param beta what b is multiplied by
 * @param gamma what is added; 0 unless given
 * @throws ShapeError when the shapes do not fit
 */
export function addWeighted(a: Tensor, alpha: Operand, b: Tensor, beta: Operand, gamma: Operand = 0): Tensor {
  const what = "addWeighted";
  const gpu = checkTogether([a, b], what);
  if (!sameShape(a.shape, b.shape)) throw new ShapeError(`b of ${what}()`, show(b.shape), `${show(a.shape)}, as a`);
  for (const [name, value] of Object.entries({ alpha, beta, gamma })) checkOperand(value, what, name);
  return keeping(gpu, () => add(add(mul(a, alpha), mul(b, beta)), gamma));
}
