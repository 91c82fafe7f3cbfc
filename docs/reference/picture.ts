/** The picture of one transform: a photo, what the transform makes of it, and a gradient in the photo. */
import sharp from "sharp";
import {
  apply,
  concat,
  fromImageData,
  type Gpu,
  grad,
  horizontalFlip,
  mean,
  resize,
  square,
  type Tensor,
  type Transform,
  tensor,
  toImageData,
} from "../../src/index.ts";
import { diverging, type Pixels } from "../images/diverging.ts";
import { SIDE } from "./examples.ts";

const GAP = 12;

/** A square part of a photo of the examples. */
export async function photo(gpu: Gpu): Promise<Tensor> {
  const { data, info } = await sharp("examples/photos/chelsea.jpg")
    .extract({ left: 84, top: 8, width: 284, height: 284 })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const read = fromImageData(gpu, { data, width: info.width, height: info.height });
  return apply(read, resize({ width: SIDE, height: SIDE, interpolation: "bicubic" }));
}

/** Results of another range than 0..1 (normalize) are shown shifted and squeezed into it. */
async function shown(y: Tensor): Promise<Pixels> {
  const data = Float32Array.from(await y.read());
  const [low, high] = data.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [0, 1]);
  const scaled = tensor(
    y.gpu,
    data.map((value) => (value - low) / (high - low)),
    y.shape,
  );
  const pixels = await toImageData(scaled);
  scaled.dispose();
  return pixels;
}

/**
 * Three tiles side by side, as WebP: photo, result, and d mean(result²) / d photo (red: more, blue: less). A mix gets the photo and,
 * as a second sample, its mirror image.
 */
export async function picture(gpu: Gpu, x: Tensor, transform: Transform): Promise<Buffer> {
  const batch = transform.declaration.kind === "mix" ? concat([x, apply(x, horizontalFlip())], 0) : x;
  const pixels = tensor(gpu, await batch.read(), batch.shape, { requiresGrad: true });
  const y = apply(pixels, transform);
  const [gradient] = grad(mean(square(y)), [pixels]);
  const [, , height, width] = x.shape;
  const map = diverging((await gradient.read()) as Float32Array, x.shape[1], width, height);
  const tiles = await Promise.all([await toImageData(x), await shown(y), map].map(png));
  for (const made of [pixels, y, gradient]) made.dispose();
  const composed = tiles.map((input, i) => ({ input, left: i * (SIDE + GAP), top: 0 }));
  return sharp({ create: { width: 3 * SIDE + 2 * GAP, height: SIDE, channels: 4, background: "#00000000" } })
    .composite(composed)
    .webp({ quality: 82 })
    .toBuffer();
}

/** A tile: as large as fits, in the middle. */
const png = ({ data, width, height }: Pixels): Promise<Buffer> =>
  sharp(Buffer.from(data), { raw: { width, height, channels: 4 } })
    .extend({
      left: Math.floor((SIDE - width) / 2),
      right: Math.ceil((SIDE - width) / 2),
      top: Math.floor((SIDE - height) / 2),
      bottom: Math.ceil((SIDE - height) / 2),
      background: "#00000000",
    })
    .png()
    .toBuffer();
