/** The picture of one transform: a photo, what the transform makes of it, and a gradient in the photo. */
import sharp from "sharp";
import { apply, fromImageData, type Gpu, resize, type Tensor, type Transform } from "../../src/index.ts";
import type { Pixels } from "../images/diverging.ts";
import { shown, tilesOf } from "../images/tiles.ts";
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

/**
 * Three tiles side by side, as WebP: photo, result, and d mean(result²) / d photo (red: more, blue: less). A mix gets the photo and,
 * as a second sample, its mirror image.
 */
export async function picture(x: Tensor, transform: Transform): Promise<Buffer> {
  const { result, gradient } = await tilesOf(x, transform);
  const tiles = await Promise.all([await shown(x), result, gradient].map(png));
  const composed = tiles.map((input, i) => ({ input, left: i * (SIDE + GAP), top: 0 }));
  return sharp({ create: { width: 3 * SIDE + 2 * GAP, height: SIDE, channels: 4, background: "#00000000" } })
    .composite(composed)
    .webp({ quality: 82 })
    .toBuffer();
}

/** A tile, in the middle; what is larger is made smaller. */
export async function png({ data, width, height }: Pixels): Promise<Buffer> {
  const image = sharp(Buffer.from(data), { raw: { width, height, channels: 4 } });
  const scale = Math.min(1, SIDE / Math.max(width, height));
  const [across, down] = [Math.max(1, Math.round(scale * width)), Math.max(1, Math.round(scale * height))];
  const fitted = await image.resize({ width: across, height: down, fit: "fill" }).png().toBuffer();
  return sharp(fitted)
    .extend({
      left: Math.floor((SIDE - across) / 2),
      right: Math.ceil((SIDE - across) / 2),
      top: Math.floor((SIDE - down) / 2),
      bottom: Math.ceil((SIDE - down) / 2),
      background: "#00000000",
    })
    .png()
    .toBuffer();
}
