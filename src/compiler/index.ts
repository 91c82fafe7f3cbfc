export { type ApplyOptions, apply, cast } from "./apply.ts";
export { explain, type Plan, type PlannedPass } from "./explain.ts";
export type { PlanOptions } from "./plan.ts";
