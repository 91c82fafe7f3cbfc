// The process that runs cases: it can be killed when a case hangs.
import "../patience.ts";
import { type Gpu, requestGpu } from "../../src/node/index.ts";
import type { Case } from "./case.ts";
import { compare, type Verdict } from "./compare.ts";
import { drawCase, drawStructure } from "./draw.ts";
import type { Answer, Task } from "./messages.ts";

const say = (answer: Answer): void => void process.send?.(answer);

let gpu: Gpu = await open();
async function open(): Promise<Gpu> {
  const made = await requestGpu();
  made.device.addEventListener("uncapturederror", (event) => {
    uncaught.push((event as GPUUncapturedErrorEvent).error.message);
  });
  return made;
}

const uncaught: string[] = [];

/** A case's verdict; what is thrown or reported by the device is a failure, too. */
async function judge(on: Gpu, made: Case, before?: Parameters<typeof compare>[2]): Promise<Verdict> {
  const failed = (sort: string, got: string): Verdict => ({
    failures: [{ sort, what: "call", index: 0, expected: "none", got, allowed: 0, wrong: 1, of: 1 }],
    counts: {},
  });
  try {
    const verdict = await compare(on, made, before);
    const [message] = uncaught.splice(0);
    return message ? failed("error of the device", message) : verdict;
  } catch (error) {
    uncaught.splice(0);
    const { name, message, stack } = error as Error;
    return failed(`thrown ${name}`, `${message}`.slice(0, 500) + (name.endsWith("TypeError") ? stack : ""));
  }
}

async function runStructure({ seed, structure, draw, draws }: Extract<Task, { kind: "structure" }>): Promise<void> {
  const drawn = drawStructure(seed, structure);
  let before: Parameters<typeof compare>[2];
  for (let at = draw; at < draws; at++) {
    const made = drawCase(drawn, seed, structure, at);
    const started = performance.now();
    const verdict = await judge(gpu, made, before);
    if (verdict.executed) before = { made, executed: verdict.executed };
    await answer(at, made, verdict, started);
    if (gpu.lost) gpu = await open();
  }
}

/** On a device of its own, where nothing is cached. */
async function check(cases: Case[]): Promise<void> {
  const own = await open();
  const started = performance.now();
  let before: Parameters<typeof compare>[2];
  let verdict: Verdict = { failures: [], counts: {} };
  for (const made of cases) {
    verdict = await judge(own, made, before);
    if (verdict.executed) before = { made, executed: verdict.executed };
  }
  await answer(0, cases[cases.length - 1], verdict, started);
  own.destroy();
}

async function answer(draw: number, made: Case, { failures, counts }: Verdict, started: number): Promise<void> {
  const seconds = (performance.now() - started) / 1000;
  say({ kind: "case", draw, made: failures.length ? made : { ...made, image: [] }, failures, counts, seconds });
}

process.on("message", async (task: Task) => {
  await (task.kind === "structure" ? runStructure(task) : check(task.cases));
  say({ kind: "done" });
});
process.on("disconnect", () => process.exit(0));
say({ kind: "ready", device: gpu.info.description });
