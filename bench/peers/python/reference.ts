/** Writes reference.json: node src/node/run.mjs bench/peers/python/reference.ts */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { referenceNumbers } from "./numbers.ts";

const file = fileURLToPath(new URL("reference.json", import.meta.url));
writeFileSync(file, `${JSON.stringify(referenceNumbers(), null, 1)}\n`);
console.log("reference.json is written; npm run format gives it its layout.");
