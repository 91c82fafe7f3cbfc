/** The benchmark in Node, on Dawn. */
import { type Gpu, requestGpu } from "../src/node/index.ts";
import type { StartEngine } from "./engine.ts";
import { type PeerFiles, peersAt } from "./peers.ts";
import { openSession, type Runner } from "./session.ts";

export interface RunnerSettings {
  /** Names of peers; those that run elsewhere are left out. */
  peers: readonly string[];
  rounds: number;
  all: boolean;
}

const files: PeerFiles = import.meta.glob<{ start: StartEngine }>("./peers/sharp.ts");

/** Starts augrad and its Node peers in this process. @throws Error with a sentence where Node has no adapter */
export async function openNode({ peers, rounds, all }: RunnerSettings): Promise<Runner> {
  const another = (): Promise<Gpu> => requestGpu();
  const settings = { where: "node", runtime: `Node ${process.versions.node}`, rounds, all };
  return openSession(await another(), peersAt("node", peers, files), settings, another);
}
