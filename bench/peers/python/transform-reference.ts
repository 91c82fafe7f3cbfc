/** Writes transform-reference.json: node src/node/run.mjs bench/peers/python/transform-reference.ts [NAME...] */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { requestGpu } from "../../../src/node/index.ts";
import { compared } from "../../compared.ts";
import { SMALL_SHAPE, transformNumbers } from "./transform-numbers.ts";

const file = fileURLToPath(new URL("transform-reference.json", import.meta.url));
const gpu = await requestGpu();
const only = process.argv.slice(2);
const known = only.length > 0 ? JSON.parse(readFileSync(file, "utf8")).expected : {};
const expected: Record<string, unknown> = {};
for (const name of Object.keys(compared))
  expected[name] = only.length > 0 && !only.includes(name) ? known[name] : await transformNumbers(gpu, name);
writeFileSync(file, `${JSON.stringify({ shape: SMALL_SHAPE, expected })}\n`);
console.log("transform-reference.json is written.");
process.exit();
