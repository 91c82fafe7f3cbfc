export { type ApplyOptions, apply, cast } from "./stages/apply.ts";
export { type ExplainOptions, explain, type Plan, type PlannedPass } from "./stages/explain.ts";
export type { PlanOptions, ResultType, StoredType } from "./stages/plan.ts";
