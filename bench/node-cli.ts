/** The benchmark in Node alone: for a bundle that has neither a browser nor plots. */
import { runCommand } from "./command.ts";

await runCommand(process.argv.slice(2), {});
