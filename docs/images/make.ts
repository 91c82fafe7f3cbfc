// Makes docs/images/augrad.webp, the picture of the README, with augrad itself: node src/node/run.mjs docs/images/make.ts
import sharp from "sharp";
import { fontEnvironment } from "../../src/node/fonts.ts";
import {
  adam,
  affine,
  apply,
  backward,
  brightness,
  concat,
  contrast,
  erasing,
  fromImageData,
  type Gpu,
  gamma,
  gaussianBlur,
  grad,
  horizontalFlip,
  hue,
  invert,
  mean,
  parameter,
  perspective,
  requestGpu,
  resize,
  rotate,
  saturation,
  scale,
  square,
  sub,
  type Tensor,
  type Transform,
  tensor,
  toImageData,
} from "../../src/node/index.ts";
import { diverging, type Pixels } from "./diverging.ts";

const SIDE = 226;
const GAP = 16;
const MARGIN = 40;
const COLUMNS = 7;
const WIDTH = 2 * MARGIN + COLUMNS * SIDE + (COLUMNS - 1) * GAP;
const INK = "#1f2328";
const FAINT = "#59636e";

interface Tile {
  label: string;
  /** SVG that fills the tile, in its own coordinates. */
  content: string;
}

const png = async ({ data, width, height }: Pixels): Promise<string> => {
  const bytes = await sharp(Buffer.from(data), { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer();
  return `<image width="${SIDE}" height="${SIDE}" href="data:image/png;base64,${bytes.toString("base64")}"/>`;
};

/** A square part of a photo, in the size of a tile. */
async function photo(gpu: Gpu, file: string, left: number, top: number, side: number): Promise<Tensor> {
  const { data, info } = await sharp(file)
    .extract({ left, top, width: side, height: side })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const read = fromImageData(gpu, { data, width: info.width, height: info.height });
  return apply(read, resize({ width: SIDE, height: SIDE, interpolation: "bicubic" }));
}

const tile = async (label: string, image: Tensor): Promise<Tile> => ({
  label,
  content: await png(await toImageData(image)),
});

/** The photo under one transform each. */
async function gallery(x: Tensor): Promise<Tile[]> {
  const s = SIDE - 1;
  const corners = [0, 0, s, 0, s, s, 0, s];
  const list: [string, Transform | Transform[]][] = [
    ["the photo", brightness()],
    ["brightness 1.4", brightness({ factor: 1.4 })],
    ["contrast 1.9", contrast({ factor: 1.9 })],
    ["saturation 0.15", saturation({ factor: 0.15 })],
    ["hue 0.45 turns", hue({ turns: 0.45 })],
    ["gamma 2.2", gamma({ gamma: 2.2 })],
    ["invert", invert()],
    ["horizontalFlip", horizontalFlip()],
    ["rotate 25°", rotate({ angle: 25, padding: "reflection" })],
    ["scale 0.5", scale({ x: 0.5, y: 0.5, padding: "symmetric" })],
    ["affine", affine({ angle: -15, shearX: 20, scaleY: 0.8, x: 14, padding: "border" })],
    ["perspective", perspective({ startPoints: corners, endPoints: [42, 30, 196, 8, 222, 214, 10, 186] })],
    ["gaussianBlur σ 5", gaussianBlur({ sigma: 5 })],
    ["erasing", erasing({ x: 120, y: 40, width: 75, height: 60, value: 0.5 })],
  ];
  const tiles: Tile[] = [];
  for (const [label, transform] of list) tiles.push(await tile(label, apply(x, transform)));
  return tiles;
}

const STEPS = 100;
const SHOWN = [10, 30, STEPS];

/** Where the chain to learn starts, where it has to go, the name in the plot, and the learning rate. */
const LEARNED = {
  angle: { from: 0, to: 24, rate: 0.9, name: "angle" },
  size: { from: 1, to: 0.8, rate: 0.009, name: "scale" },
  x: { from: 0, to: 18, rate: 0.7, name: "x" },
  y: { from: 0, to: -12, rate: 0.6, name: "y" },
  factor: { from: 1, to: 0.8, rate: 0.01, name: "brightness" },
  colour: { from: 1, to: 1.9, rate: 0.035, name: "saturation" },
};
type Name = keyof typeof LEARNED;
const NAMES = Object.keys(LEARNED) as Name[];
const each = <T>(make: (name: Name) => T): Record<Name, T> =>
  Object.fromEntries(NAMES.map((name) => [name, make(name)])) as Record<Name, T>;

const chain = (p: Record<Name, number | Tensor>): Transform[] => [
  affine({ angle: p.angle, scaleX: p.size, scaleY: p.size, x: p.x, y: p.y, padding: "symmetric" }),
  brightness({ factor: p.factor }),
  saturation({ factor: p.colour }),
];

/** Gradient descent on the parameters of a chain until its result looks like that of another. */
async function learning(gpu: Gpu, x: Tensor): Promise<Tile[]> {
  const target = apply(x, chain(each((name) => LEARNED[name].to)));
  // The loss compares blurred images: a slope that reaches further than the edges of the photo.
  const soft = gaussianBlur({ sigma: 4 });
  const softTarget = apply(target, soft);
  const lossOf = (y: Tensor): Tensor => mean(square(sub(apply(y, soft), softTarget)));

  const pixels = tensor(gpu, await x.read(), x.shape, { requiresGrad: true });
  const [atStart] = grad(lossOf(apply(pixels, chain(each((name) => LEARNED[name].from)))), [pixels]);
  const map = diverging((await atStart.read()) as Float32Array, 3, SIDE, SIDE);
  const tiles: Tile[] = [{ label: "∂ loss / ∂ pixels", content: await png(map) }];

  const learned = each((name) => parameter(gpu, [LEARNED[name].from]));
  const optimizers = NAMES.map((name) => adam([learned[name]]));
  const curves: Record<string, number[]> = each(() => [0]);
  for (let step = 1; step <= STEPS; step++) {
    const scope = gpu.scope();
    backward(lossOf(apply(x, chain(learned))));
    NAMES.forEach((name, i) => {
      optimizers[i].learningRate = LEARNED[name].rate * (0.5 + 0.5 * Math.cos((Math.PI * step) / STEPS));
      optimizers[i].step();
      optimizers[i].zeroGrad();
    });
    const values = await concat(Object.values(learned)).read();
    scope.dispose();
    NAMES.forEach((name, i) => {
      const { from, to } = LEARNED[name];
      curves[name].push((values[i] - from) / (to - from));
    });
    if (SHOWN.includes(step)) tiles.push(await tile(`step ${step}`, apply(x, chain(learned))));
  }
  for (const name of NAMES) console.log(name, await learned[name].item(), "true", LEARNED[name].to);
  tiles.push(await tile("the target", target));
  tiles.push({ label: "the parameters", content: plot(curves) });
  return tiles;
}

const COLOURS = ["#cf222e", "#0969da", "#1a7f37", "#9a6700", "#8250df", "#bf3989"];

/** How far each parameter has come: 0 where it starts, 1 at its true value. */
function plot(curves: Record<string, number[]>): string {
  const [left, right, top, bottom] = [26, SIDE - 12, 14, SIDE - 14];
  const shares = Object.values(curves).flat();
  const [lowest, highest] = [Math.min(...shares) - 0.03, Math.max(...shares) + 0.1];
  const px = (step: number): string => (left + ((right - left) * step) / STEPS).toFixed(1);
  const py = (share: number): string => (bottom - ((bottom - top) * (share - lowest)) / (highest - lowest)).toFixed(1);
  const text = (x: string | number, y: string | number, value: string, anchor: string, fill = FAINT): string =>
    `<text x="${x}" y="${y}" font-size="13" fill="${fill}" text-anchor="${anchor}">${value}</text>`;
  const lines = NAMES.map((name, i) => {
    const points = curves[name].map((share, step) => `${px(step)},${py(share)}`).join(" ");
    return `<polyline fill="none" stroke="${COLOURS[i]}" stroke-width="2.4" stroke-linejoin="round" points="${points}"/>
${text(right, Number(py(0)) - 84 + 15 * i, LEARNED[name].name, "end", COLOURS[i])}`;
  });
  return `<rect width="${SIDE}" height="${SIDE}" fill="#f6f8fa"/>
<line x1="${left}" x2="${right}" y1="${py(0)}" y2="${py(0)}" stroke="#d1d9e0"/>
<line x1="${left}" x2="${right}" y1="${py(1)}" y2="${py(1)}" stroke="${FAINT}" stroke-dasharray="4 4"/>
${text(left - 8, Number(py(0)) + 4, "0", "end")}${text(left - 8, Number(py(1)) + 4, "1", "end")}
${text(right, Number(py(0)) + 18, `${STEPS} steps`, "end")}
${lines.join("\n")}`;
}

function compose(rows: { title: string; tiles: Tile[] }[]): { svg: string; height: number } {
  const parts: string[] = [];
  let y = MARGIN - 6;
  rows.forEach(({ title, tiles }, r) => {
    if (title) {
      parts.push(`<text x="${MARGIN}" y="${y + 22}" font-size="25" font-weight="bold" fill="${INK}">${title}</text>`);
      y += 44;
    }
    tiles.forEach(({ label, content }, i) => {
      const x = MARGIN + i * (SIDE + GAP);
      parts.push(
        `<clipPath id="c${r}_${i}"><rect width="${SIDE}" height="${SIDE}" rx="12"/></clipPath>`,
        `<g transform="translate(${x} ${y})"><g clip-path="url(#c${r}_${i})">${content}</g>`,
        `<rect x="0.5" y="0.5" width="${SIDE - 1}" height="${SIDE - 1}" rx="12" fill="none" stroke="#00000022"/>`,
        `<text x="${SIDE / 2}" y="${SIDE + 25}" font-size="19" fill="${FAINT}" text-anchor="middle">${label}</text></g>`,
      );
    });
    y += SIDE + 44 + (rows[r + 1]?.title ? 22 : 0);
  });
  const height = y + MARGIN - 30;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="DejaVu Sans, sans-serif">
<rect width="${WIDTH}" height="${height}" rx="28" fill="#ffffff"/>
${parts.join("\n")}
</svg>`;
  return { svg, height };
}

Object.assign(process.env, await fontEnvironment());
const gpu = await requestGpu();
console.log(gpu.info.description);
const x = await photo(gpu, "examples/photos/chelsea.jpg", 84, 8, 284);
const shown = await gallery(x);
const rows = [
  {
    title: "Forward: transforms are small WGSL functions, fused into few passes over memory",
    tiles: shown.slice(0, COLUMNS),
  },
  { title: "", tiles: shown.slice(COLUMNS) },
  {
    title: "Backward: gradients of pixels and of parameters. Here a chain finds its target by gradient descent",
    tiles: [shown[0], ...(await learning(gpu, x))],
  },
];
const { svg } = compose(rows);
const file = "docs/images/augrad.webp";
const { size } = await sharp(Buffer.from(svg)).webp({ quality: 88, effort: 6 }).toFile(file);
console.log(`${file}: ${(size / 1e3).toFixed(0)} kB`);
gpu.destroy();
