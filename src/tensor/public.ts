/** What users get of this room; `index.ts` adds what the rooms below it share. */
export {
  type BufferOptions,
  empty,
  fromBuffer,
  full,
  ones,
  parameter,
  type TensorOptions,
  tensor,
  zeros,
} from "./create.ts";
export { type DrawOptions, draw, toImageData } from "./draw.ts";
export type { DType } from "./dtype.ts";
export {
  fromCanvas,
  fromImage,
  fromImageBitmap,
  fromImageData,
  fromTexture,
  fromVideoFrame,
  type ImageOptions,
  type Many,
  type Pixels,
} from "./images.ts";
export type { Shape } from "./shape.ts";
export { Tensor, type ValuesOf } from "./tensor.ts";
export type { Values } from "./values.ts";
