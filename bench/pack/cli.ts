/** `npm run bench:pack`: one archive that runs tests and benchmark on a machine with a GPU and no network. */
import { resolve } from "node:path";
import { Command } from "commander";
import { FOLDER, writeArchive } from "./archive.ts";
import { contents } from "./contents.ts";

const program = new Command("npm run bench:pack --")
  .description("Packs tests and benchmark with all that they need, for Linux x64 machines without a network.")
  .option("--out <file>", "where the archive goes", `${FOLDER}.tar.gz`)
  .option("--node <file>", "a Node binary for Linux x64, instead of this machine's or npm's")
  .option("--loader <file>", "a libvulkan.so.1 for Linux x64, instead of Chromium's or this machine's")
  .allowExcessArguments(false)
  .parse();
const { out, ...choice } = program.opts<{ out: string; node?: string; loader?: string }>();

const target = resolve(out);
const { files, notes } = await contents(choice);
for (const note of notes) console.log(note);
const bytes = await writeArchive(files, target);
console.log(`${target}: ${(bytes / 1e6).toFixed(1)} MB, ${files.length} files. On the machine with the GPU:`);
console.log(`  tar xf ${FOLDER}.tar.gz && ${FOLDER}/run`);
