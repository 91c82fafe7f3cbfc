/** The gallery as a page: a transform is computed when its card comes into view. */
import { apply, fromImageData, type Gpu, registry, requestGpu, resize, type Tensor } from "augrad";
import { tilesOf } from "../../docs/images/tiles.ts";
import { SIDE } from "../../docs/reference/examples.ts";
import { ABOUT, card } from "./card.ts";
import { strengthsOf } from "./strengths.ts";

const GAP = 4;
const PHOTOS = import.meta.glob<string>("../photos/*.jpg", { query: "?url", import: "default", eager: true });
const element = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;
const cards = element("cards");

/** The middle of a photo, as a tensor. */
async function load(gpu: Gpu, url: string): Promise<Tensor> {
  const bitmap = await createImageBitmap(await (await fetch(url)).blob());
  const side = Math.min(bitmap.width, bitmap.height);
  const [left, top] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
  const context = new OffscreenCanvas(side, side).getContext("2d")!;
  context.drawImage(bitmap, -left, -top);
  const read = fromImageData(gpu, context.getImageData(0, 0, side, side));
  return apply(read, resize({ width: SIDE, height: SIDE, interpolation: "bicubic" }));
}

/** Draws the strip of a card. */
async function draw(gpu: Gpu, x: Tensor, article: HTMLElement): Promise<void> {
  const canvas = article.querySelector("canvas")!;
  using scope = gpu.scope();
  void scope;
  const strengths = strengthsOf(article.id, gpu);
  canvas.width = strengths.length * (SIDE + GAP) - GAP;
  canvas.height = 2 * SIDE + GAP;
  const context = canvas.getContext("2d")!;
  for (const [k, { transform }] of strengths.entries()) {
    const { result, gradient } = await tilesOf(x, transform);
    for (const [row, { data, width, height }] of [result, gradient].entries()) {
      const pixels = await createImageBitmap(new ImageData(new Uint8ClampedArray(data), width, height));
      const scale = Math.min(1, SIDE / Math.max(width, height));
      const [across, down] = [Math.round(scale * width), Math.round(scale * height)];
      const [left, top] = [k * (SIDE + GAP) + (SIDE - across) / 2, row * (SIDE + GAP) + (SIDE - down) / 2];
      context.drawImage(pixels, Math.floor(left), Math.floor(top), across, down);
    }
  }
}

/** One after the other: a card that has gone out of view by its turn waits until it comes back. */
function drawer(gpu: Gpu) {
  const wanted = new Set<HTMLElement>();
  let x: Tensor | null = null;
  let busy = false;
  async function work() {
    if (busy || !x) return;
    busy = true;
    for (let article = [...wanted][0]; article; article = [...wanted][0]) {
      wanted.delete(article);
      if (article.dataset.drawn) continue;
      article.dataset.drawn = "true";
      element("state").textContent = `Computing ${article.id} ...`;
      try {
        await draw(gpu, x, article);
      } catch (error) {
        article.querySelector(".call")!.insertAdjacentHTML("afterend", '<p class="failed"></p>');
        article.querySelector(".failed")!.textContent = (error as Error).message;
      }
    }
    busy = false;
    element("state").textContent =
      `${registry.size} transforms; ${cards.querySelectorAll("[data-drawn]").length} computed so far.`;
  }
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) wanted[isIntersecting ? "add" : "delete"](target as HTMLElement);
    void work();
  });
  return (photo: Tensor) => {
    x = photo;
    for (const article of cards.querySelectorAll("article")) {
      delete article.dataset.drawn;
      watcher.unobserve(article);
      watcher.observe(article);
    }
  };
}

element("about").textContent = ABOUT;
try {
  const gpu = await requestGpu();
  cards.innerHTML = [...registry.keys()]
    .map((name) => {
      const says = strengthsOf(name, gpu).map((strength) => strength.says);
      return card(name, says, `<canvas style="width: ${says.length * 168}px; height: 336px"></canvas>`);
    })
    .join("\n");
  const show = drawer(gpu);
  const select = element<HTMLSelectElement>("photo");
  for (const [path, url] of Object.entries(PHOTOS)) select.add(new Option(path.replace(/^.*\/|\.jpg$/g, ""), url));
  select.selectedIndex = Math.max(
    0,
    [...select.options].findIndex(({ text }) => text === "chelsea"),
  );
  const change = async () => show(await load(gpu, select.value));
  select.addEventListener("change", change);
  element<HTMLInputElement>("filter").addEventListener("input", ({ target }) => {
    const text = (target as HTMLInputElement).value.toLowerCase();
    for (const article of cards.querySelectorAll("article")) article.hidden = !article.id.toLowerCase().includes(text);
  });
  await change();
} catch (error) {
  element("state").textContent = (error as Error).message;
}
