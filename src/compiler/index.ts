export { type ApplyOptions, apply, cast } from "./apply.ts";
export { type ExplainOptions, explain, type Plan, type PlannedPass } from "./explain.ts";
export type { PlanOptions, ResultType, StoredType } from "./plan.ts";
