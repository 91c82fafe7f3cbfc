/** What every kind's passes share: their points, their modules, how pixels are split among threads, where results go. */
import type { Gpu, Storage } from "../../gpu/index.ts";
import { userModule } from "../identity.ts";
import { type Pass, perPass } from "../pass.ts";
import { threadsFor } from "../tuning.ts";
import type { ChainSpec } from "./chain.ts";

/** The points of a pass, with their position among its transforms. */
export const pointsOf = perPass((pass: Pass): ChainSpec["points"] =>
  pass.links.slice(pass.heads).map((bound, i) => ({ bound, index: pass.heads + i })),
);

/** User-declared modules of a pass. */
export function userModules(pass: Pass): Record<string, string> {
  const modules: Record<string, string> = {};
  for (const { transform } of pass.links) {
    if (transform.declaration.wgsl) modules[userModule(transform.declaration)] = transform.declaration.wgsl;
  }
  return modules;
}

/** What threads share, where it is not quads, and how many sums each of them leaves for a sample. */
interface Sharing {
  parts?: number;
  sums?: number;
}

/** More sums of a thread than these are those of a table. */
const MANY_SUMS = 64;

/** How a pass over planes of H × W is split among threads, which share their quads, or so many `parts` of another kind. */
export function geometryOf(gpu: Gpu, pass: Pass, plane: readonly number[], { parts, sums = 0 }: Sharing = {}) {
  const [n, c, h, w] = plane;
  const pixels = h * w;
  const quads = Math.ceil(pixels / 4);
  const groups = Math.ceil(c / 3);
  // Few threads where many sums of each would be too much for one binding.
  const room = Math.floor(gpu.limits.maxStorageBufferBindingSize / (4 * n * groups * Math.max(sums, 1)));
  // Nor should threads write more sums than they read pixels, where a table is learned.
  const few = sums > MANY_SUMS ? Math.max(MANY_SUMS, Math.floor((3 * pixels) / sums)) : room;
  const threads = Math.max(1, Math.min(threadsFor(gpu, parts ?? quads, n * groups), room, few));
  const shape = [n, threads, quads, pixels, pass.input[3], pass.input[2], pass.output[3], pass.output[2]];
  return { samples: n, groups, threads, shape, total: threads * n * groups };
}

/** What a pass is called: the transforms that it is made of. */
export const namesOf = perPass(
  (pass: Pass) => pass.links.map(({ transform }) => transform.declaration.name).join(" > ") || "cast",
);

/** What a dispatch of a pass is called. */
export const label = (pass: Pass, what: string) => `${what}: ${namesOf(pass)}`;

/** Where a pass writes: a caller's buffer, or one from the pool. */
export function resultOf(gpu: Gpu, pass: Pass, into?: Storage): Storage {
  if (!into) return gpu.allocate(bytesOf(pass));
  into.version++;
  gpu.renewed(into);
  return into.retain();
}

/** Bytes of the pass's result. */
export function bytesOf(pass: Pass): number {
  const [n, c, h, w] = pass.output;
  if (pass.outputType === "f32") return n * c * h * w * 4;
  return n * c * Math.ceil((h * w) / 4) * (pass.outputType === "f16" ? 8 : 4);
}
