export { type Conv2dOptions, conv2d } from "./conv.ts";
export {
  abs,
  add,
  atan2,
  clamp,
  cos,
  div,
  equal,
  exp,
  expm1,
  floor,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  log1p,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  relu,
  sigmoid,
  sign,
  sin,
  softplus,
  sqrt,
  square,
  sub,
  tanh,
  where,
} from "./elementwise.ts";
export { argmax, argmin, type ExtremeOptions } from "./extremes.ts";
export {
  assertGradients,
  type Derivative,
  type GradcheckOptions,
  type GradcheckReport,
  GradientError,
  gradcheck,
} from "./gradcheck.ts";
export { type BackwardOptions, backward, grad, noGrad } from "./graph.ts";
export { type GatherOptions, gather, oneHot } from "./indexing.ts";
export { type CrossEntropyOptions, crossEntropy } from "./losses.ts";
export type { Operand } from "./operands.ts";
export { logSoftmax, max, mean, min, type ReduceOptions, softmax, sum } from "./reduce.ts";
export { broadcastTo, concat, matmul, reshape, slice, transpose } from "./shaping.ts";
