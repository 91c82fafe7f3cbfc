// Draws the labels of one sample over its picture.
import { faceNames, names } from "./photo.mjs";

const COLOURS = { eye: [255, 196, 0], nose: [0, 200, 255] };
const css = (name, alpha = 1) => `rgb(${COLOURS[name].join(" ")} / ${alpha})`;

/** Tints what the masks hold, K planes of the canvas's size. */
function tint(context, masks) {
  const { width, height } = context.canvas;
  const picture = context.getImageData(0, 0, width, height);
  for (const [k, name] of names.entries())
    for (let i = 0; i < width * height; i++)
      if (masks[k * width * height + i] > 0)
        for (let c = 0; c < 3; c++) picture.data[4 * i + c] += 0.45 * (COLOURS[name][c] - picture.data[4 * i + c]);
  context.putImageData(picture, 0, 0);
}

/** Edges are lines between pixels, as those of a canvas are. */
function frame(context, name, [x0, y0, x1, y1], kept) {
  if (!(x1 > x0 && y1 > y0)) return;
  context.lineWidth = 2;
  context.strokeStyle = css(name, kept ? 1 : 0.7);
  context.setLineDash(kept ? [] : [4, 4]);
  context.strokeRect(x0, y0, x1 - x0, y1 - y0);
  if (!kept) return;
  context.fillStyle = css(name);
  context.fillText(name, x0 + 2, Math.max(y0 - 4, 10));
}

/** A pixel's centre lies half a pixel from its edges. */
function dot(context, name, x, y) {
  context.beginPath();
  context.arc(x + 0.5, y + 0.5, 3, 0, 2 * Math.PI);
  context.fillStyle = "#fff";
  context.fill();
  context.fillText(name, x + 6, y + 4);
}

export function overlay(canvas, { boxes, masks, kept, points, seen }) {
  const context = canvas.getContext("2d");
  context.font = "12px system-ui, sans-serif";
  context.shadowColor = "#000";
  tint(context, masks);
  context.shadowBlur = 3;
  for (const [k, name] of names.entries()) frame(context, name, boxes.subarray(4 * k, 4 * k + 4), kept[k] === 1);
  context.setLineDash([]);
  for (const [k, name] of faceNames.entries()) if (seen[k] === 1) dot(context, name, points[2 * k], points[2 * k + 1]);
  context.shadowBlur = 0;
}
