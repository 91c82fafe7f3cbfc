/** A copy of this tree that newcomers are added to, and the tests that follow from the registry, run there. */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { add, type Newcomer } from "./pieces.ts";

const root = resolve(import.meta.dirname, "../..");
/** Not copied: what is made, and what no test of a transform reads. */
const LEFT_OUT = /^(node_modules|dist|coverage|\.git|docs\/api|test\/golden\/cases|test\/newcomer)(\/|$)|^tmp-/;

/** What a program said, and how it ended. */
interface Ended {
  status: number;
  said: string;
}

function node(folder: string, ...args: string[]): Promise<Ended> {
  return new Promise((done) => {
    const env = {
      ...process.env,
      NO_COLOR: "1",
      VITEST: undefined,
      VITEST_WORKER_ID: undefined,
      VITEST_POOL_ID: undefined,
    };
    const child = spawn(process.execPath, args, { cwd: folder, env });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
    child.on("close", (status) => done({ status: status ?? 1, said }));
  });
}

/** What became of a tree with newcomers. */
export interface Outcome {
  /** The files that were touched, generated ones apart. */
  touched: string[];
  passed: number;
  failed: number;
  /** What the tests said, where any failed. */
  said: string;
}

export interface Extent {
  /** Test files, as filters. */
  files: string[];
  /** Types and lint of the whole tree as well. */
  checked?: boolean;
}

/** Copies the tree, adds newcomers, makes its tables, and runs the tests that have their names. */
export async function tryOut(newcomers: readonly Newcomer[], { files, checked = false }: Extent): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "augrad-newcomer-"));
  try {
    cpSync(root, folder, {
      recursive: true,
      filter: (path) => !LEFT_OUT.test(relative(root, path).replaceAll("\\", "/")),
    });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
    const touched = [...new Set(newcomers.flatMap((newcomer) => add(folder, newcomer)))];
    const steps: [string, ...string[]][] = [["src/node/run.mjs", "docs/readme.ts"]];
    if (checked) {
      const lint = "node_modules/@biomejs/biome/bin/biome";
      steps.push([lint, "check", "--write", ...touched.filter((file) => file.endsWith(".ts"))]);
      steps.push(["node_modules/typescript/bin/tsc", "--noEmit"]);
    }
    for (const step of steps) {
      const { status, said } = await node(folder, ...step);
      if (status !== 0) return { touched, passed: 0, failed: 1, said: `${step.join(" ")}:\n${said}` };
    }
    const names = newcomers.map(({ name }) => name).join("|");
    const vitest = ["node_modules/vitest/vitest.mjs", "run", "-t", `\\b(${names})\\b`, ...files];
    const { status, said } = await node(folder, ...vitest);
    const count = (what: string) => Number(new RegExp(`Tests .*?(\\d+) ${what}`).exec(said)?.[1] ?? 0);
    const failed = count("failed") || Number(status !== 0);
    return { touched, passed: count("passed"), failed, said: failed ? said : "" };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
