/**
 * What writes WGSL, as promises: it is loaded with the first kernel that needs it, as the linker is, so that a page starts without.
 * Each kind does the same with its own.
 */
import { type Wgsl, withShaders } from "../../gpu/index.ts";
import type { ChainSpec } from "./chain.ts";
import type { Io } from "./io.ts";
import { statisticOf } from "./statistics.ts";

/** The module `generated::io`. */
export const ioModule = async (io: Io): Promise<Wgsl> => (await withShaders(import("./io.ts"))).ioModule(io);

/** The module `generated::chain`. */
export const chainModule = async (spec: ChainSpec): Promise<Wgsl> => {
  if (spec.points.some(({ bound }) => statisticOf(bound.transform.declaration))) await statisticShaders();
  return (await withShaders(import("./chain.ts"))).chainModule(spec);
};

/** The kernels of statistics are known to the linker when this is done. */
export const statisticShaders = () => withShaders(import("./statistic-shaders.ts"));
