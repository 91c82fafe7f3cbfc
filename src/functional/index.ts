export * from "./robust.ts";
