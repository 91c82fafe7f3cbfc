/** A sheet of augmented digits, one row per moment: the same digits, and the same draws, in ranges that grow. */
import { noGrad, type Tensor, tensor } from "augrad";
import type { JaxBridge } from "augrad/jax-js";
import { fixedAugmentation } from "./augmentation.ts";
import { type Digits, SIDE } from "./data.ts";
import type { Widths } from "./results.ts";

export interface SheetRow {
  title: string;
  /** No widths: the digits as they are. */
  widths?: Widths;
}

const ZOOM = 2;
const LABEL = 110;
const GAP = 2;

/** Draws a sheet into a canvas, and gives it the size that it needs. */
export async function drawSheet(
  canvas: HTMLCanvasElement,
  bridge: JaxBridge,
  digits: Digits,
  rows: readonly SheetRow[],
): Promise<void> {
  const drawn: TitledDigits[] = [];
  for (const { title, widths } of rows) drawn.push({ title, images: await augmented(bridge, digits, widths) });
  await drawRows(canvas, drawn);
}

/** A row of digits, one after the other, and what stands before it. */
export interface TitledDigits {
  title: string;
  images: Float32Array;
}

/** Draws rows of as many digits each into a canvas, and gives it the size that they need. */
export async function drawRows(canvas: HTMLCanvasElement, rows: readonly TitledDigits[]): Promise<void> {
  const cell = SIDE * ZOOM + GAP;
  const count = rows[0].images.length / (SIDE * SIDE);
  canvas.width = LABEL + count * cell;
  canvas.height = rows.length * cell;
  const context = canvas.getContext("2d")!;
  context.fillStyle = "#14161a";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingEnabled = false;
  context.font = "13px system-ui, sans-serif";
  context.textBaseline = "middle";
  for (const [i, { title, images }] of rows.entries()) {
    context.fillStyle = "#dfe3e8";
    context.fillText(title, 10, (i + 0.5) * cell, LABEL - 16);
    for (let k = 0; k < count; k++) {
      const bitmap = await createImageBitmap(picture(images, k));
      context.drawImage(bitmap, LABEL + k * cell, i * cell, SIDE * ZOOM, SIDE * ZOOM);
      bitmap.close();
    }
  }
}

async function augmented(bridge: JaxBridge, digits: Digits, widths: Widths | undefined): Promise<Float32Array> {
  if (!widths) return digits.images;
  const made: Tensor[] = [];
  try {
    const x = tensor(bridge.gpu, digits.images, [digits.count, 1, SIDE, SIDE]);
    made.push(x);
    made.push(noGrad(() => fixedAugmentation(widths)(x, { seed: 4, step: 0 })));
    return (await made[1].read()) as Float32Array;
  } finally {
    for (const each of made) each.dispose();
  }
}

function picture(values: Float32Array, index: number): ImageData {
  const pixels = new Uint8ClampedArray(SIDE * SIDE * 4);
  for (let i = 0; i < SIDE * SIDE; i++) {
    const value = values[index * SIDE * SIDE + i] * 255;
    pixels.set([value, value, value, 255], i * 4);
  }
  return new ImageData(pixels, SIDE, SIDE);
}
