/** The page that the command line opens: a session, to be driven from outside. */
import { requestGpu } from "../src/index.ts";
import { browserPeers } from "./browser-peers.ts";
import type { Job } from "./jobs.ts";
import type { RunnerSettings } from "./node.ts";
import { peersAt } from "./peers.ts";
import type { Part } from "./record.ts";
import { openSession, type Runner } from "./session.ts";

/** What the command line calls. */
export interface PageBench {
  open(settings: RunnerSettings & { runtime: string }): Promise<Pick<Runner, "environment" | "engines" | "problems">>;
  /** `lost` when the device is gone, so that the page has to be opened anew. */
  run(job: Job): Promise<{ part: Part; lost: boolean }>;
}

declare global {
  interface Window {
    /** The command line provides it. */
    sayShare?(share: number): Promise<void>;
    bench?: PageBench;
  }
}

let runner: Runner;
let isLost = () => false;

window.bench = {
  open: async ({ peers, ...settings }) => {
    const gpu = await requestGpu();
    isLost = () => gpu.lost;
    runner = await openSession(gpu, peersAt("browser", peers, browserPeers), { ...settings, where: "browser" }, () =>
      requestGpu(),
    );
    return { environment: runner.environment, engines: runner.engines, problems: runner.problems };
  },
  run: async (job) => {
    const part = await runner.run(job, (share) => void window.sayShare?.(share));
    return { part, lost: isLost() };
  },
};
