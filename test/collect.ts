/** Frees what test files before left to a process: a device's memory goes with its objects, whose size V8 does not see. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes by which a process may grow before objects are looked for; that takes a fifth of a second. */
const STEP = 6e8;

/** The bytes from which on that is; not known right after objects were found, as they are freed a little later. */
let limit: number | null = 2 * STEP;

/** To be called at the end of each file. */
export function collectGrown(): void {
  const bytes = process.memoryUsage.rss();
  limit ??= bytes + STEP;
  if (bytes < limit) return;
  collect();
  limit = null;
}
