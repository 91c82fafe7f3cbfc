export * from "./plasma.ts";
export * from "./robust.ts";
