export * from "./gpu/index.ts";
export * from "./tensor/index.ts";
export * from "./autograd/index.ts";
export * from "./transforms/index.ts";
export * from "./compiler/index.ts";
