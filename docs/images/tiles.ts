/** What a transform makes of a photo, as pixels to show. */
import {
  apply,
  concat,
  grad,
  horizontalFlip,
  mean,
  square,
  type Tensor,
  type Transform,
  tensor,
} from "../../src/index.ts";
import { diverging, type Pixels } from "./diverging.ts";

/**
 * The first sample of a batch. Results of another range than 0..1 (`normalize`) are shown shifted and squeezed into it; of many
 * channels the first three, of two the first.
 */
export async function shown(y: Tensor): Promise<Pixels> {
  const [, channels, height, width] = y.shape;
  const values = (await y.read()) as ArrayLike<number>;
  const size = height * width;
  const colours = channels >= 3 ? 3 : 1;
  let [low, high] = [0, 1];
  for (let i = 0; i < colours * size; i++) [low, high] = [Math.min(low, values[i]), Math.max(high, values[i])];
  const data = new Uint8ClampedArray(4 * size).fill(255);
  for (let i = 0; i < size; i++)
    for (let c = 0; c < 3; c++) data[4 * i + c] = (255 * (values[(c % colours) * size + i] - low)) / (high - low);
  return { data, width, height };
}

/** The result, and d mean(result²) / d photo (red: more, blue: less). A mix sees the photo's mirror image besides. */
export async function tilesOf(x: Tensor, transform: Transform): Promise<{ result: Pixels; gradient: Pixels }> {
  const { gpu } = x;
  const batch = transform.declaration.kind === "mix" ? concat([x, apply(x, horizontalFlip())], 0) : x;
  const pixels = tensor(gpu, await batch.read(), batch.shape, { requiresGrad: true });
  const y = apply(pixels, transform);
  const [gradient] = grad(mean(square(y)), [pixels]);
  const [, channels, height, width] = x.shape;
  const values = (await gradient.read()) as Float32Array;
  const tiles = { result: await shown(y), gradient: diverging(values, channels, width, height) };
  for (const made of [pixels, y, gradient]) made.dispose();
  return tiles;
}
