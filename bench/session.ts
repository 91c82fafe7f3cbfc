/** A benchmark in one place: augrad's device, the peers that start beside it, and the jobs. The same in Node and on a page. */
import type { Gpu } from "../src/index.ts";
import { measureAgainst } from "./against.ts";
import { type AugradPrepared, augradEngine } from "./augrad.ts";
import { measureBeside } from "./beside.ts";
import { catalogue, taskOf } from "./catalogue.ts";
import { type Cell, type CellOptions, measureCell } from "./cell.ts";
import { type Chain, chains } from "./chains.ts";
import { measureCopies } from "./copies.ts";
import { copyOf } from "./copy.ts";
import type { Engine, StartEngine } from "./engine.ts";
import { every } from "./every.ts";
import { type Job, jobName } from "./jobs.ts";
import { sentence, within } from "./patience.ts";
import type { CopiesRow, EngineInfo, Environment, Part } from "./record.ts";
import { roofline } from "./roofline.ts";
import { measureScaling } from "./scaling.ts";

export interface SessionSettings {
  /** Where it runs, for the record. */
  where: string;
  /** What it runs in: "Node 20.20.2". */
  runtime: string;
  rounds: number;
  /** Also what takes minutes on a software adapter. */
  all: boolean;
}

/** Runs jobs, wherever they run. */
export interface Runner {
  readonly environment: Environment;
  readonly engines: readonly EngineInfo[];
  /** Peers that did not start, a sentence each. */
  readonly problems: readonly string[];
  /** Runs a job. Whatever goes wrong in it comes back as a sentence. */
  run(job: Job, onProgress?: (share: number) => void): Promise<Part>;
  close(): Promise<void>;
}

/** A peer by name, as it is loaded when it is wanted. */
export type Peers = Readonly<Record<string, () => Promise<StartEngine>>>;

const START_LIMIT = 120_000;

/**
 * Starts augrad on `gpu`, and the peers on the same device if they can share it. A peer that does not start becomes a
 * sentence.
 * @param another a further device of the same kind, for jobs that need a fresh one
 */
export async function openSession(
  gpu: Gpu,
  peers: Peers,
  settings: SessionSettings,
  another: () => Promise<Gpu>,
): Promise<Runner> {
  const { where, runtime } = settings;
  const augrad = augradEngine(gpu);
  const engines: Engine[] = [augrad];
  const problems: string[] = [];
  for (const [name, load] of Object.entries(peers)) {
    try {
      engines.push(
        await within(
          START_LIMIT,
          load().then((start) => start(gpu.device)),
          "start",
        ),
      );
    } catch (error) {
      problems.push(`${name} does not start (${where}): ${sentence(error)}`);
    }
  }
  const hung = new Set<string>();
  const run = async (job: Job, onProgress?: (share: number) => void): Promise<Part> => {
    try {
      return await runJob(job, { gpu, augrad, engines, hung, settings, another }, onProgress);
    } catch (error) {
      return { problems: [`${jobName(job)} was not measured (${where}): ${sentence(error)}`] };
    }
  };
  return {
    environment: { where, runtime, device: { ...gpu.info } },
    engines: engines.map(({ name, version }) => ({ name, version, where })),
    problems,
    run,
    close: async () => {
      for (const engine of engines.slice(1)) await engine.dispose();
      await augrad.dispose();
    },
  };
}

interface Bench {
  /** Names of engines that hung: they are left out of the cells that follow. */
  hung: Set<string>;
  gpu: Gpu;
  augrad: Engine;
  engines: readonly Engine[];
  settings: SessionSettings;
  another: () => Promise<Gpu>;
}

async function runJob(job: Job, bench: Bench, onProgress?: (share: number) => void): Promise<Part> {
  const { gpu, settings, another } = bench;
  const { where, rounds, all } = settings;
  switch (job.kind) {
    case "cell":
      return runCell(job, bench, onProgress);
    case "copies":
    case "transform": {
      const chain = [...chains, ...every].find(({ name }) => name === job.chain)!;
      const copies = await measureCopies(gpu, chain, { where, shape: job.shape, rounds, onProgress });
      if (job.kind === "transform") for (const row of copies) await setBeside(row, chain, bench);
      return { copies };
    }
    case "against":
      return { rows: [await measureAgainst(bench.augrad, job, where, rounds)] };
    case "scaling":
      return { scaling: [await measureScaling(gpu, job.series, { where, rounds, all, another, onProgress })] };
  }
}

/** Adds what the peers take that have the same transform. */
async function setBeside(row: CopiesRow, chain: Chain, { gpu, engines, hung, settings }: Bench): Promise<void> {
  const present = engines.filter(({ name }) => !hung.has(name));
  const options = { rounds: settings.rounds, onHang: (name: string) => void hung.add(name) };
  const beside = await measureBeside(gpu, present, chain, row, options);
  if (beside.length > 0) row.beside = beside;
}

/** The engines' rows, and augrad's passes. */
async function runCell(
  job: Extract<Job, { kind: "cell" }>,
  { gpu, augrad, engines, hung, settings }: Bench,
  onProgress: (share: number) => void = () => {},
): Promise<Part> {
  const { where, rounds } = settings;
  if (job.onGpu && gpu.info.software) return {};
  const work = catalogue.find(({ id }) => id === job.work)!;
  const cell: Cell = { where, task: taskOf(work, job.mode, job.shape) };
  const problems: string[] = [];
  const options: CellOptions = {
    rounds,
    software: gpu.info.software,
    onProgress: (share) => onProgress(share * 0.95),
    onHang: (name) => {
      hung.add(name);
      problems.push(`${name} hung in ${jobName(job)} and is left out after it (${where})`);
    },
  };
  const present = engines.filter(({ name }) => !hung.has(name));
  const rows = await measureCell(present, cell, options, (shape) => copyOf(gpu, shape));
  const prepared = await augrad.prepare(cell.task);
  if ("missing" in prepared) return { rows, problems };
  try {
    return { rows, roofline: [await roofline(prepared as AugradPrepared, cell, Math.min(rounds, 9))], problems };
  } catch (error) {
    return { rows, problems: [...problems, `The passes of ${jobName(job)} were not measured: ${sentence(error)}`] };
  } finally {
    prepared.dispose();
  }
}
