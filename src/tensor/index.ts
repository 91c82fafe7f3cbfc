export { byteLength, DTYPES, planeSize, planeStride } from "./dtype.ts";
export * from "./public.ts";
export { broadcastShapes, checkImage, checkShape, count, sameShape, show } from "./shape.ts";
export type { Origin } from "./tensor.ts";
