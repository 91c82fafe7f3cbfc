/**
 * Compares the peers with the reference, and prints what it finds:
 * node src/node/run.mjs bench/peers/check.ts [PEER|all] [WORK|all] [NxCxHxW]
 * With a shape nothing is judged: the sums of large images differ more.
 */
import { catalogue } from "../catalogue.ts";
import type { Shape } from "../engine.ts";
import { Checks, isRight, PEERS, whyNot } from "./checks.ts";

const [onlyPeer = "all", onlyWork = "all", shapeText] = process.argv.slice(2);
const shape = shapeText ? (shapeText.split("x").map(Number) as unknown as Shape) : undefined;
const isChosen = (name: string, only: string) => only === "all" || name === only;

const checks = new Checks();
const totals = { right: 0, wrong: 0, notRun: 0 };
for (const peer of PEERS.filter((name) => isChosen(name, onlyPeer))) {
  const reason = whyNot(peer);
  if (reason) {
    console.log(`${peer}: ${reason}.`);
    totals.notRun++;
    continue;
  }
  for (const work of catalogue.filter(({ id }) => isChosen(id, onlyWork))) {
    for (const mode of work.modes) {
      const found = await checks.check(peer, work.id, mode, shape, shape ? 5 : 1);
      console.log(`${peer} ${work.id} ${mode}: ${tell(found)}`);
      if (found.missing) continue;
      if (shape ? found.differences : isRight(peer, found)) totals.right++;
      else totals.wrong++;
    }
  }
}
if (checks.description) console.log(`On ${checks.description}.`);
console.log(`${totals.right} as the reference, ${totals.wrong} not, ${totals.notRun} peers not run.`);
await checks.close();
process.exitCode = totals.wrong > 0 ? 1 : 0;

function tell({
  differences,
  missing,
  problem,
  milliseconds,
  dispatches,
  submits,
}: Awaited<ReturnType<Checks["check"]>>) {
  if (missing) return `missing: ${missing}`;
  if (!differences) return `problem: ${problem}`;
  const apart = Object.entries(differences).map(([name, value]) => `${name} ${value.toExponential(1)}`);
  const counts = dispatches ? `; ${dispatches} dispatches, ${submits} submissions` : "";
  return `${apart.join(", ")}${counts}; ${milliseconds?.toFixed(1)} ms`;
}
