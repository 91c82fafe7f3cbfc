/** A transform's card, as HTML: what it is, five strengths, and the gradient below each. */
import { registry } from "augrad";
import { callOf } from "../../docs/reference/examples.ts";

const escaped = (text: string) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** The card of a transform. `strip` is the element with its pictures: results above, gradients below. */
export function card(name: string, says: readonly string[], strip: string): string {
  const { doc, kind } = registry.get(name)!;
  const captions = says.map((text) => `<span>${escaped(text)}</span>`).join("");
  return `<article id="${name}" data-columns="${says.length}">
<h2><a href="#${name}">${name}</a> <small>${kind}</small></h2>
<p>${escaped(doc)}</p>
<div class="wide"><div class="captions" style="--columns: ${says.length}">${captions}</div>${strip}</div>
<p class="call"><code>${escaped(callOf(name))}</code></p>
</article>`;
}

/** What the pictures show, for the head of a page. */
export const ABOUT = `Every transform of augrad on a photo, at five strengths: the result, and below it the gradient in the photo of the
mean square of the result (red: brighter makes it more, blue: less). The strengths go from the value that keeps the image to what the
reference shows and a quarter beyond, or over the range that people use; what has no strength is blended with the image, or stands alone.`;
