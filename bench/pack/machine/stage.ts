/** Programs that the run starts one after the other, their output shown and kept. */
import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, writeFileSync } from "node:fs";

/** Everything that was said, kept in a file as soon as it has a name. */
export class Log {
  #file: string | null = null;
  #early = "";

  /** Begins the file, with what came before. */
  open(file: string): void {
    writeFileSync(file, this.#early);
    this.#file = file;
    this.#early = "";
  }

  /** Keeps a text without showing it. */
  keep(text: string): void {
    if (this.#file === null) this.#early += text;
    else appendFileSync(this.#file, text);
  }

  /** Shows a line and keeps it. */
  say(line: string): void {
    console.log(line);
    this.keep(`${line}\n`);
  }
}

/** How a program ended. */
export interface Ended {
  /** Its exit status; null when a signal or the limit ended it. */
  code: number | null;
  /** In words: "exit status 1", "SIGSEGV", "stopped after 10 minutes". */
  how: string;
  output: string;
  seconds: number;
}

/** What is started now, so that a signal takes it along. */
let current: ChildProcess | undefined;
for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
  process.on(signal, () => {
    current?.kill("SIGKILL");
    process.exit(code);
  });
}

export interface StageOptions {
  env?: Record<string, string>;
  /** Minutes after which it is stopped. */
  limit?: number;
  /** Only kept in the log. */
  quiet?: boolean;
}

/** Runs a program to its end. Never throws: what went wrong is in the result. */
export function runStage(log: Log, file: string, args: readonly string[], options: StageOptions = {}): Promise<Ended> {
  const { env = {}, limit = 45, quiet = false } = options;
  const started = performance.now();
  return new Promise((resolve) => {
    let output = "";
    let late = false;
    const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    current = child;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, limit * 60_000);
    const take = (stream: NodeJS.WriteStream) => (chunk: Buffer) => {
      const text = chunk.toString("utf8");
      output += text;
      if (!quiet) stream.write(text);
      log.keep(text);
    };
    child.stdout.on("data", take(process.stdout));
    child.stderr.on("data", take(process.stderr));
    const end = (code: number | null, how: string) => {
      clearTimeout(timer);
      current = undefined;
      resolve({ code, how, output, seconds: (performance.now() - started) / 1000 });
    };
    child.on("error", (error) => end(null, `${file} does not start (${error.message})`));
    child.on("close", (code, signal) =>
      end(code, late ? `stopped after ${limit} minutes` : (signal ?? `exit status ${code}`)),
    );
  });
}
