/** The page that the command line opens: no drawing, only the experiment. */
import { startEngine } from "./engine.ts";
import { runExperiment } from "./experiment.ts";
import { reportHtml } from "./report.ts";
import type { ExperimentResult, ExperimentSettings, Progress } from "./results.ts";

/** What comes back to the command line. */
export interface HeadlessResult {
  result: Omit<ExperimentResult, "samples">;
  html: string;
}

declare global {
  interface Window {
    /** The command line provides it. */
    sayProgress?(progress: Progress): Promise<void>;
    learnAugmentation?(settings: ExperimentSettings): Promise<HeadlessResult>;
  }
}

window.learnAugmentation = async (settings) => {
  const bridge = await startEngine();
  // Steps are many: the command line hears of one every quarter of a second.
  let last = 0;
  const { samples, ...result } = await runExperiment(bridge, settings, (progress) => {
    const now = performance.now();
    if (progress.kind === "step" && now - last < 250) return;
    last = now;
    void window.sayProgress?.(progress);
  });
  return { result, html: await reportHtml(bridge, { ...result, samples }) };
};
