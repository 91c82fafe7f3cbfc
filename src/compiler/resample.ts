import { type Gpu, type Storage } from "../gpu/index.ts";
import type { Tensor } from "../tensor/index.ts";
import type { Pass } from "./structure.ts";
export function forwardResample(_g: Gpu, _p: Pass, _x: Tensor, _i?: Storage): Storage { throw new Error("x"); }
export function backwardResample(_g: Gpu, _p: Pass, _gr: Tensor): Storage { throw new Error("x"); }
