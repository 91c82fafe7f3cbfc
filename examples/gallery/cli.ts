/** `npm run gallery`: every transform at five strengths, as one page that needs nothing else. */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { SingleBar } from "cli-progress";
import { Command, InvalidArgumentError } from "commander";
import sharp from "sharp";
import { fileFlag } from "../../bench/files.ts";
import { tilesOf } from "../../docs/images/tiles.ts";
import { SIDE } from "../../docs/reference/examples.ts";
import { photo, png } from "../../docs/reference/picture.ts";
import { requestGpu } from "../../src/node/index.ts";
import { registry } from "../../src/registry.ts";
import { ABOUT, card } from "./card.ts";
import { type Strength, strengthsOf } from "./strengths.ts";

const TILE = 168;
const GAP = 4;

function namesWith(text: string): readonly string[] {
  const parts = text
    .toLowerCase()
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
  const names = [...registry.keys()].filter((name) => parts.some((part) => name.toLowerCase().includes(part)));
  if (names.length === 0) throw new InvalidArgumentError("No transform has that in its name.");
  return names;
}

const flags = new Command("npm run gallery --")
  .description("Shows every transform at five strengths on a photo, beside the gradient of its result's mean square.")
  .option("--out <file>", "where the page goes", fileFlag, "gallery.html")
  .option("--only <text>", "transforms whose name has one of these in it, which commas part", namesWith)
  .parse()
  .opts<{ out: string; only?: readonly string[] }>();
const names = flags.only ?? [...registry.keys()];

const gpu = await requestGpu();
const x = await photo(gpu);

/** The results of a transform's strengths side by side, and their gradients below, as an element with the picture inside. */
async function strip(strengths: readonly Strength[]): Promise<string> {
  const tiles = [];
  for (const [k, { transform }] of strengths.entries()) {
    const { result, gradient } = await tilesOf(x, transform);
    for (const [row, pixels] of [result, gradient].entries())
      tiles.push({ input: await png(pixels), left: k * (SIDE + GAP), top: row * (SIDE + GAP) });
  }
  const width = strengths.length * (SIDE + GAP) - GAP;
  const all = sharp({ create: { width, height: 2 * SIDE + GAP, channels: 4, background: "#00000000" } });
  const image = await sharp(await all.composite(tiles).png().toBuffer())
    .resize({ width: strengths.length * TILE })
    .webp({ quality: 80 })
    .toBuffer();
  return `<img width="${strengths.length * TILE}" alt="results above, gradients below" loading="lazy" src="data:image/webp;base64,${image.toString("base64")}">`;
}

const bar = new SingleBar({
  format: "  {bar} {value} of {total}  {name}",
  barsize: 28,
  noTTYOutput: true,
  stream: process.stderr,
  notTTYSchedule: 20_000,
});
bar.start(names.length, 0, { name: "" });
const cards: string[] = [];
try {
  for (const [done, name] of names.entries()) {
    bar.update(done, { name });
    using scope = gpu.scope();
    void scope;
    const strengths = strengthsOf(name, gpu);
    const says = strengths.map((strength) => strength.says);
    cards.push(card(name, says, await strip(strengths)));
  }
  bar.update(names.length, { name: "" });
} finally {
  // A bar that goes on would keep the program alive behind an error.
  bar.stop();
}

const style = readFileSync(new URL("style.css", import.meta.url), "utf8");
const links = names.map((name) => `<a href="#${name}">${name}</a>`).join("\n");
writeFileSync(
  flags.out,
  `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>augrad: gallery</title>
<style>${style}</style>
<h1>Gallery</h1>
<p>${ABOUT}</p>
<nav class="names">${links}</nav>
${cards.join("\n")}
<p>${names.length} transforms, computed on ${gpu.info.description}. Photo: a cat's face, Stefan van der Walt, CC0.</p>
</html>
`,
);
console.log(`${names.length} transforms: ${pathToFileURL(resolve(flags.out)).href}`);
gpu.destroy();
