/** The flags of `npm run bench`, checked before anything starts. */
import { Command, InvalidArgumentError } from "commander";
import type { Shape } from "./engine.ts";
import { fileFlag } from "./files.ts";
import { type Choice, jobTopics, unknownPart } from "./jobs.ts";
import { allPeers, PEERS } from "./peers.ts";

export interface Flags extends Choice {
  peers: readonly string[];
  where: "browser" | "node" | "both";
  rounds: number;
  all: boolean;
  json?: string;
  html?: string;
  /** Records to lay side by side instead of measuring. */
  lay?: string[];
}

function whole(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 10_000)
    throw new InvalidArgumentError("It has to be a whole number from 1 to 10000.");
  return value;
}

function shapeOf(text: string): Shape {
  const shape = /^\d+x\d+x\d+x\d+$/.test(text) ? text.split("x").map(Number) : [];
  const isBatch = shape.length === 4 && shape[1] === 3 && shape[0] >= 1 && shape[2] >= 32 && shape[3] >= 32;
  if (!isBatch || shape.reduce((a, b) => a * b, 1) > 2 ** 28) {
    throw new InvalidArgumentError(
      "It has to be N x C x H x W with 3 channels and sides of at least 32, such as 4x3x224x224.",
    );
  }
  return shape as unknown as Shape;
}

function peersOf(text: string): readonly string[] {
  if (text === "none") return [];
  if (text === "all") return allPeers;
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !allPeers.includes(name));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`There is no peer "${unknown}"; there are none, all, ${allPeers.join(", ")}.`);
  }
  return names;
}

function whereOf(text: string): Flags["where"] {
  if (text === "browser" || text === "node" || text === "both") return text;
  throw new InvalidArgumentError("It has to be browser, node or both.");
}

/**
 * Reads the flags.
 * @param place where it runs unless the flags say
 * @param refuse told the sentence of a wrong flag; it does not return
 */
export function parseFlags(args: readonly string[], place: Flags["where"], refuse: (sentence: string) => never): Flags {
  const program = new Command("npm run bench --")
    .description("Times augrad beside other libraries and beside a kernel that only copies, on this machine's GPU.")
    .option("--only <texts>", "only works and series whose name contains one of these: colour,affine both")
    .option("--shape <NxCxHxW>", "this batch instead of the works' own", shapeOf)
    .option("--small", "also every work at 8x3x32x32, where what a launch costs shows")
    .option("--peers <names>", `none, all, or some of ${allPeers.join(",")}`, peersOf, allPeers)
    .option("--where <place>", "browser, node or both", whereOf, place)
    .option("--rounds <n>", "timed rounds", whole, 15)
    .option("--all", "also what takes many minutes without a GPU", false)
    .option("--json <file>", "write the record there, after every work", fileFlag)
    .option("--html <file>", "write a page with plots there", fileFlag)
    .option("--lay <records...>", "measure nothing: lay these records side by side, in the page of --html")
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  try {
    program.parse(args, { from: "user" });
  } catch (error) {
    const { code, message, exitCode } = error as { code: string; message: string; exitCode: number };
    if (exitCode === 0 || code === "commander.helpDisplayed") process.exit(0);
    refuse(message.replace(/^error: /, ""));
  }
  const flags = program.opts<Flags>();
  if (flags.lay && !flags.html) refuse("--lay needs --html FILE: the page that shows the records.");
  const here = flags.where === "both" ? allPeers : PEERS[flags.where];
  const stray = flags.peers === allPeers ? undefined : flags.peers.find((name) => !here.includes(name));
  if (stray) refuse(`--peers: ${stray} does not run in --where ${flags.where}; there are ${here.join(", ")}.`);
  const unknown = unknownPart(flags);
  if (unknown !== undefined) refuse(`--only: nothing is called "${unknown}"; there are ${jobTopics().join("; ")}.`);
  return flags;
}
