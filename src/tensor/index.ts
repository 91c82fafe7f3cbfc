export { empty, fromBuffer, full, ones, parameter, type TensorOptions, tensor, zeros } from "./create.ts";
export { type DrawOptions, draw, toImageData } from "./draw.ts";
export { byteLength, DTYPES, type DType, fromHalf, planeSize, planeStride, toHalf } from "./dtype.ts";
export {
  fromCanvas,
  fromImageBitmap,
  fromImageData,
  fromTexture,
  fromVideoFrame,
  type ImageOptions,
  type Pixels,
} from "./images.ts";
export { broadcastShapes, checkImage, checkShape, count, type Shape, sameShape, show } from "./shape.ts";
export { type Origin, Tensor } from "./tensor.ts";
export type { Values } from "./values.ts";
