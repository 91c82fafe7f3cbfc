/** The libraries that augrad is measured beside: which run where, and how they are loaded. */
import type { StartEngine } from "./engine.ts";
import type { Peers } from "./session.ts";

/** Peers of the catalogue's works, by where they run. */
export const PEERS = { browser: ["jax-js", "tfjs", "opencv"], node: ["sharp"] } as const;

export type Where = keyof typeof PEERS;

/** The names of all peers. */
export const allPeers: readonly string[] = [...PEERS.browser, ...PEERS.node];

const files = import.meta.glob<{ start: StartEngine }>(["./peers/*.ts", "!./peers/*.test.ts"]);

/** Those of `names` that run at `where`, each to be loaded when it starts. */
export function loadersOf(where: Where, names: readonly string[]): Peers {
  const here = names.filter((name) => (PEERS[where] as readonly string[]).includes(name));
  return Object.fromEntries(here.map((name) => [name, () => load(name)]));
}

async function load(name: string): Promise<StartEngine> {
  const file = files[`./peers/${name}.ts`];
  if (!file) throw new Error(`this clone has no bench/peers/${name}.ts`);
  try {
    return (await file()).start;
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).split("\n")[0];
    throw new Error(`it could not be loaded: node bench/peers/install.mjs installs what the peers need (${why})`);
  }
}
