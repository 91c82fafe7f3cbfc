/**
 * What writes WGSL, as promises: it is loaded with the first kernel that needs it, so that a page starts without.
 * Each kind does the same with its own.
 */
import { linkShader, type Wgsl, withShaders } from "../../gpu/index.ts";
import { abilities } from "../kinds/abilities.ts";
import type { ChainSpec } from "./chain.ts";
import type { Io } from "./io.ts";

/** The module `generated::io`. */
export const ioModule = async (io: Io): Promise<Wgsl> => (await withShaders(import("./pass-wgsl.ts"))).ioModule(io);

/** What writes the way back, and its kernels. */
const back = () => withShaders(import("./back-wgsl.ts"));

/** The module `generated::chain`, with what writes statistics where a point has one, and the way back where gradients are wanted. */
export const chainModule = async (spec: ChainSpec): Promise<Wgsl> => {
  const measures = spec.points.some(({ bound }) => bound.transform.declaration.statistic);
  const [{ chainModule }, statistics, ofBack] = await Promise.all([
    withShaders(import("./pass-wgsl.ts")),
    measures ? abilities.statistic.written() : undefined,
    spec.wanted ? back() : undefined,
  ]);
  return chainModule({ ...spec, statistics, back: ofBack });
};

/** Links a kernel that comes with the way back and that nothing is written for. */
export const linkBack = async (name: "param_pack" | "param_unpack" | "sum_rows" | "sum_short_rows"): Promise<Wgsl> => {
  await back();
  return linkShader(`pass::${name}`);
};
