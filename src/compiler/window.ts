import { type Gpu, type Storage } from "../gpu/index.ts";
import type { Tensor } from "../tensor/index.ts";
import type { Slot } from "./layout.ts";
import type { PassGradients } from "./points.ts";
import type { Pass } from "./structure.ts";
export function forwardWindow(_g: Gpu, _p: Pass, _x: Tensor, _b: Tensor, _i?: Storage): Storage { throw new Error("x"); }
export function backwardWindow(_g: Gpu, _p: Pass, _x: Tensor, _b: Tensor, _gr: Tensor, _n: boolean, _w: readonly Slot[]): PassGradients { throw new Error("x"); }
