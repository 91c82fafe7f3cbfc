// Lists every folder of examples/ that has a page, by the page's own title and description.
import { adapterFacts, describeAdapter } from "../src/node/adapter.ts";

const pages = import.meta.glob<string>("./*/index.html", { query: "?raw", import: "default", eager: true });
const list = document.getElementById("examples")!;

const parsed = Object.entries(pages).map(([path, html]) => ({
  path,
  page: new DOMParser().parseFromString(html, "text/html"),
}));
/** A page may say its place in the list; the others follow. */
const place = (page: Document) =>
  Number(page.querySelector<HTMLMetaElement>("meta[name=place]")?.content ?? Number.MAX_SAFE_INTEGER);

for (const { path, page } of parsed.sort((a, b) => place(a.page) - place(b.page))) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = path;
  link.textContent = page.title || path;
  const about = page.querySelector<HTMLMetaElement>("meta[name=description]")?.content;
  item.append(link, about ? `: ${about}` : "");
  list.append(item);
}

const adapter = await navigator.gpu?.requestAdapter();
document.getElementById("adapter")!.textContent = adapter
  ? `This browser runs WebGPU on ${describeAdapter(adapterFacts(adapter.info))}.`
  : "This browser gives no WebGPU adapter: use a current Chrome, Edge, Firefox or Safari, on a machine with a GPU.";
