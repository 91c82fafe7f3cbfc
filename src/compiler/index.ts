export { type ApplyOptions, apply } from "./apply.ts";
export { explain, type Plan, type PlannedPass } from "./explain.ts";
export type { PlanOptions } from "./plan.ts";
