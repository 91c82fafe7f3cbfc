/**
 * What writes WGSL, as promises: it is loaded with the first kernel that needs it, as the linker is, so that a page starts without.
 * Each kind does the same with its own.
 */
import { type Wgsl, withShaders } from "../../gpu/index.ts";
import type { ChainSpec } from "./chain.ts";
import type { Io } from "./io.ts";

/** The module `generated::io`. */
export const ioModule = async (io: Io): Promise<Wgsl> => (await withShaders(import("./io.ts"))).ioModule(io);

/** The module `generated::chain`. */
export const chainModule = async (spec: ChainSpec): Promise<Wgsl> =>
  (await withShaders(import("./chain.ts"))).chainModule(spec);
