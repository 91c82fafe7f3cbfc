export { unwritten } from "./create.ts";
export { byteLength, DTYPES, planeSize, planeStride } from "./dtype.ts";
export { keeping, keepingIn } from "./keeping.ts";
export * from "./public.ts";
export { broadcastShapes, checkImage, checkShape, count, frozen, sameShape, show } from "./shape.ts";
export type { Origin } from "./tensor.ts";
