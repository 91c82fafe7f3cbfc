/** What the command and the process that runs the cases say to each other. */
import type { Case } from "./case.ts";
import type { Counts, Failure } from "./compare.ts";

/** Cases `draw` to `draws` of a structure; or a list of cases, of which the last one is asked about. */
export type Task =
  | { kind: "structure"; seed: number; structure: number; draw: number; draws: number }
  | { kind: "check"; cases: Case[] };

export type Answer =
  | { kind: "ready"; device: string }
  | { kind: "case"; draw: number; made: Case; failures: Failure[]; counts: Counts; seconds: number }
  | { kind: "done" };
