/** A child process that runs cases, and is killed when one takes too long. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Answer, Task } from "./messages.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Runner {
  device: string;
  /**
   * Runs a task; `each` gets every case. Resolves with what ended it: "done", or "hang" or "died" after which the runner has
   * a new process.
   */
  run: (task: Task, each: (answer: Extract<Answer, { kind: "case" }>) => void) => Promise<"done" | "hang" | "died">;
  stop: () => void;
}

/** @param limit seconds that a case may take */
export async function startRunner(limit: number): Promise<Runner> {
  let { child, device } = await start();
  const renew = async () => {
    child.kill("SIGKILL");
    ({ child, device } = await start());
  };
  return {
    device,
    stop: () => child.kill("SIGKILL"),
    run: async (task, each) => {
      const end = await runTask(child, task, each, limit);
      if (end !== "done") await renew();
      return end;
    },
  };
}

async function start(): Promise<{ child: ChildProcess; device: string }> {
  const child = fork("src/node/run.mjs", ["test/fuzz/worker.ts"], {
    cwd: root,
    execArgv: [],
    serialization: "advanced",
  });
  return new Promise((resolve, reject) => {
    child.once("message", (answer: Answer) => answer.kind === "ready" && resolve({ child, device: answer.device }));
    child.once("exit", (code) =>
      reject(new Error(`The process that runs the cases ended at its start (status ${code}).`)),
    );
  });
}

function runTask(
  child: ChildProcess,
  task: Task,
  each: (answer: Extract<Answer, { kind: "case" }>) => void,
  limit: number,
): Promise<"done" | "hang" | "died"> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout;
    const end = (how: "done" | "hang" | "died") => {
      clearTimeout(timer);
      child.off("message", hear);
      child.off("exit", died);
      resolve(how);
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => end("hang"), limit * 1000);
    };
    const hear = (answer: Answer) => {
      wait();
      if (answer.kind === "case") each(answer);
      if (answer.kind === "done") end("done");
    };
    const died = () => end("died");
    child.on("message", hear);
    child.on("exit", died);
    wait();
    child.send(task);
  });
}
