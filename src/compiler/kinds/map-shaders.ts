import mapGatherWgsl from "../../../shaders/pass/map_gather.wgsl";
import mapParametersWgsl from "../../../shaders/pass/map_parameters.wgsl";
import type { Shader } from "../../gpu/index.ts";

/** Kernels of a row's way back. */
export const shaders: readonly Shader[] = [mapGatherWgsl, mapParametersWgsl];
