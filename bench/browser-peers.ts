import type { StartEngine } from "./engine.ts";
import type { PeerFiles } from "./peers.ts";

/** The peers of a page, each loaded when it starts. Apart from `peers.ts`, so that a bundle for Node holds none of them. */
export const browserPeers: PeerFiles = import.meta.glob<{ start: StartEngine }>([
  "./peers/jax-js.ts",
  "./peers/tfjs.ts",
  "./peers/opencv.ts",
]);
