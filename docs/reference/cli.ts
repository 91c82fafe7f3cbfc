// Writes a page and a picture for each transform into .cache/reference, where TypeDoc takes them up: npm run docs
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { requestGpu } from "../../src/node/index.ts";
import { registry } from "../../src/transforms/index.ts";
import { exampleOf } from "./examples.ts";
import { transformPage } from "./page.ts";
import { photo, picture } from "./picture.ts";

const folder = ".cache/reference";
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const gpu = await requestGpu();
const x = await photo(gpu);
for (const [name, declaration] of registry) {
  writeFileSync(`${folder}/${name}.webp`, await picture(x, exampleOf(name, gpu)));
  writeFileSync(`${folder}/${name}.md`, transformPage(declaration, `./${name}.webp`));
}
const pages = [...registry.keys()].map((name) => `  - ./${name}.md`);
const about =
  "Every transform, with its formula, parameters, options, gradients, source and a picture: the photo, what the transform makes of it, and the gradient in the photo of the mean square of the result (red: more, blue: less).";
writeFileSync(
  `${folder}/transforms.md`,
  `---\ntitle: Transforms\nchildren:\n${pages.join("\n")}\n---\n\n# Transforms\n\n${about}\n`,
);
console.log(`Wrote the pages of ${registry.size} transforms.`);
gpu.destroy();
