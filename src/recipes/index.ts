export { fromAlbumentations } from "./albumentations/index.ts";
export type { Json, PipelineRecipe } from "./format.ts";
export { type FromRecipeOptions, fromRecipe } from "./read.ts";
export { toRecipe } from "./write.ts";
