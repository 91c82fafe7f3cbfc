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

/** The module `generated::chain`, with what writes statistics where a point has one. */
export const chainModule = async (spec: ChainSpec): Promise<Wgsl> => {
  const measures = spec.points.some(({ bound }) => bound.transform.declaration.statistic);
  const [{ chainModule }, statistics] = await Promise.all([
    withShaders(import("./pass-wgsl.ts")),
    measures ? abilities.statistic.written() : undefined,
  ]);
  return chainModule({ ...spec, statistics });
};

/** The kernels of the way back are known to the linker when this is done. */
const backKernels = () => withShaders(import("./back-shaders.ts"));

/** {@link chainModule} for the way back, with the kernels of that. */
export const backChainModule = async (spec: ChainSpec): Promise<Wgsl> => {
  await backKernels();
  return chainModule(spec);
};

/** Links one of those kernels that nothing is written for. */
export const linkBack = async (name: "param_pack" | "param_unpack" | "sum_rows" | "sum_short_rows"): Promise<Wgsl> => {
  await backKernels();
  return linkShader(`pass::${name}`);
};
