import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { SingleBar } from "cli-progress";
import { Command, InvalidArgumentError } from "commander";
import { empty, explain, type Gpu, tensor } from "../src/index.ts";
import { requestGpu } from "../src/node/index.ts";
import { copy } from "./copy.ts";
import { alternate, type Cost } from "./measure.ts";
import { type Steady, steady } from "./steady.ts";
import { both, forward, type Work, works } from "./works.ts";

/** One line of the table. */
interface Row {
  work: string;
  /** The copies that took turns with it. */
  copy: Cost;
  forward: Cost;
  both: Cost;
  /** Multiples of a copy's time, by the processor where the "GPU" is a program on it. */
  forwardCopies: number;
  bothCopies: number;
  allowed?: Work["allowed"];
  dispatches: { forward: number; both: number };
  bytesSaved: number;
}

const positive = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("It has to be a whole number, at least 1.");
  return value;
};
const shapeOf = (text: string): number[] => {
  const shape = text.split("x").map(Number);
  if (shape.length !== 4 || shape.some((size) => !Number.isInteger(size) || size < 1)) {
    throw new InvalidArgumentError("It has to be N x C x H x W, such as 4x3x224x224.");
  }
  return shape;
};

const program = new Command("npm run bench --")
  .description("Times augrad's passes against a kernel that only copies, in turns, on this machine's GPU.")
  .option("--shape <NxCxHxW>", "batch of images", shapeOf, [4, 3, 224, 224])
  .option("--rounds <n>", "timed rounds", positive, 15)
  .option("--only <text>", "only works whose name contains this")
  .option("--json <file>", "write the record there")
  .parse();
const options = program.opts<{ shape: number[]; rounds: number; only?: string; json?: string }>();

const chosen = works.filter(({ name }) => !options.only || name.includes(options.only));
if (chosen.length === 0) {
  console.error(
    `--only: no work is called "${options.only}"; there are ${works.map(({ name }) => `"${name}"`).join(", ")}.`,
  );
  process.exit(2);
}

const gpu = await requestGpu();
console.log(
  `Device: ${gpu.info.description}. Shape: ${options.shape.join("x")}. Medians of ${options.rounds} rounds, in turns.`,
);
const { rows } = await measure(gpu);
printTable(rows);
const loop = await steady(gpu, 1000);
printSteady(loop);
if (options.json) {
  const record = {
    date: new Date().toISOString(),
    device: gpu.info,
    processor: `${cpus().length} x ${cpus()[0]?.model ?? "unknown"}`,
    node: process.version,
    shape: options.shape,
    works: rows,
    steady: loop,
  };
  writeFileSync(options.json, `${JSON.stringify(record, null, 2)}\n`);
  console.log(`The record is in ${options.json}.`);
}
gpu.destroy();

async function measure(device: Gpu): Promise<{ rows: Row[] }> {
  const { shape } = options;
  const size = shape.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: size }, (_, i) => 0.5 + 0.5 * Math.sin(i * 0.7 + 3 * Math.sin(i * 0.013)));
  const x = tensor(device, data, shape);
  const learned = tensor(device, data, shape, { requiresGrad: true });
  const seed = tensor(device, data, shape);
  const y = empty(device, shape);
  const tasks: Record<string, () => Promise<void>> = {};
  const made = chosen.map((work) => ({ work, ...work.make(device, shape[0]) }));
  for (const { work, transforms, parameters } of made) {
    // A copy before each work: the yardstick meets the caches and the clock as the works do.
    tasks[`${work.name}|copy`] = async () => {
      copy(device, x, y);
      await device.sync();
    };
    tasks[`${work.name}|forward`] = async () => {
      forward(x, transforms);
      await device.sync();
    };
    tasks[`${work.name}|both`] = async () => {
      both(learned, transforms, parameters, seed);
      await device.sync();
    };
  }
  const warmup = 3;
  const bar = new SingleBar({ format: "{bar} {percentage}% | {eta_formatted} left", hideCursor: true });
  if (process.stderr.isTTY) bar.start(options.rounds + warmup, 0);
  const costs = await alternate(tasks, options.rounds, warmup, (done) => bar.update(done));
  bar.stop();

  const time = (cost: Cost) => (device.info.software ? cost.processor : cost.wall).median;
  const rows: Row[] = [];
  for (const { work, transforms, parameters } of made) {
    const count = async (run: () => void) => {
      await device.sync();
      const before = device.stats.dispatches;
      run();
      await device.sync();
      return device.stats.dispatches - before;
    };
    const copyCost = costs[`${work.name}|copy`];
    const forwardCost = costs[`${work.name}|forward`];
    const bothCost = costs[`${work.name}|both`];
    rows.push({
      work: work.name,
      copy: copyCost,
      forward: forwardCost,
      both: bothCost,
      forwardCopies: time(forwardCost) / time(copyCost),
      bothCopies: time(bothCost) / time(copyCost),
      allowed: work.allowed,
      dispatches: {
        forward: await count(() => forward(x, transforms)),
        both: await count(() => both(learned, transforms, parameters, seed)),
      },
      bytesSaved: explain(transforms, shape).bytesSaved,
    });
  }
  return { rows };
}

function printTable(rows: readonly Row[]): void {
  const how = gpu.info.software ? "processor time (SwiftShader)" : "time";
  console.log(`\nMultiples of a copy of the same bytes, by ${how}:\n`);
  console.table(
    rows.map((row) => ({
      work: row.work,
      "copy ms": row.copy.wall.median.toFixed(1),
      "forward ms": row.forward.wall.median.toFixed(1),
      copies: row.forwardCopies.toFixed(1),
      limit: row.allowed?.forward ?? "",
      "both ms": row.both.wall.median.toFixed(1),
      "copies ": row.bothCopies.toFixed(1),
      "limit ": row.allowed?.both ?? "",
      dispatches: `${row.dispatches.forward} / ${row.dispatches.both}`,
      "MB saved": (row.bytesSaved / 1e6).toFixed(1),
    })),
  );
}

function printSteady({ created, steps, bytesInUse, javascript }: Steady): void {
  console.log(
    `Loop of ${steps} equal learning steps: ${created.buffers} new buffers, ${created.pipelines} pipelines, ${created.bindGroups} bind groups after the third; ` +
      `${bytesInUse[0]} bytes in use then, ${bytesInUse[1]} at the end.`,
  );
  console.log(`JavaScript per step of ten transforms, N = 8, sampling included: ${javascript.forward.toFixed(3)} ms.`);
}
