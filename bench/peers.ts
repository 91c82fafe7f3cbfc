/** The libraries that augrad is measured beside: which run where, and how they are loaded. */
import type { StartEngine } from "./engine.ts";
import { sentence } from "./patience.ts";
import type { Peers } from "./session.ts";

/** Peers, by where they run. */
export const PEERS: Readonly<Record<"browser" | "node", readonly string[]>> = {
  browser: ["jax-js", "tfjs", "opencv"],
  node: ["sharp"],
};

/** The names of all peers. */
export const allPeers: readonly string[] = [...PEERS.browser, ...PEERS.node];

/** What `import.meta.glob` gives: modules by path, each loaded when it is called. */
export type PeerFiles = Readonly<Record<string, () => Promise<{ start: StartEngine }>>>;

/** The `names` that run at `where`, from the files that are there. */
export function peersAt(where: keyof typeof PEERS, names: readonly string[], files: PeerFiles): Peers {
  const here = PEERS[where].filter((name) => names.includes(name));
  return Object.fromEntries(here.map((name) => [name, () => load(name, files[`./peers/${name}.ts`])]));
}

async function load(name: string, file: PeerFiles[string] | undefined): Promise<StartEngine> {
  if (!file) throw new Error(`this clone has no bench/peers/${name}.ts`);
  try {
    return (await file()).start;
  } catch (error) {
    throw new Error(
      `it could not be loaded: node bench/peers/install.mjs installs what the peers need (${sentence(error)})`,
    );
  }
}
