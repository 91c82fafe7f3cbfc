export { empty, fromBuffer, full, ones, parameter, tensor, type TensorOptions, zeros } from "./create.ts";
export { byteLength, type DType, fromHalf, planeSize, planeStride, toHalf } from "./dtype.ts";
export { broadcastShapes, checkImage, checkShape, count, sameShape, type Shape, show } from "./shape.ts";
export { type Origin, Tensor } from "./tensor.ts";
