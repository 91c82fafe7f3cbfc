// A contact sheet of a photograph and its labels, as one call of a pipeline moves them: contact-sheet.png.
import { readFile } from "node:fs/promises";
import {
  cast,
  concat,
  fromImageData,
  grid,
  RandomAffine,
  RandomErasing,
  RandomHorizontalFlip,
  RandomResizedCrop,
  requestGpu,
  sequential,
  tensor,
  toImageData,
} from "augrad/node";
import sharp from "sharp";

const gpu = await requestGpu();
const photo = sharp(await readFile(new URL("../photos/chelsea.jpg", import.meta.url)));
const { data, info } = await photo.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
const { width, height } = info;
const image = cast(fromImageData(gpu, { data, width, height }), "f32");

const COUNT = 11;
const each = (value) => Array.from({ length: COUNT }, () => value);
const batch = concat(each(image));
// The cat's eyes and its nose, and everything right of the middle.
const boxes = [
  [130, 80, 345, 170],
  [232, 225, 295, 268],
];
const pupils = [
  [172, 110],
  [315, 131],
];
const half = Array.from({ length: width * height }, (_, i) => (i % width > width / 2 ? 1 : 0));

const augment = sequential([
  RandomResizedCrop({ size: [120, 180], scale: [0.4, 1] }),
  RandomHorizontalFlip(),
  RandomAffine({ degrees: 25, translate: [0.1, 0.1], p: 0.8 }),
  RandomErasing({ p: 0.4 }),
]);
const labels = {
  boxes: tensor(gpu, each(boxes)),
  keypoints: tensor(gpu, each(pupils)),
  mask: tensor(gpu, each(half).flat(), [COUNT, 1, height, width]),
};
const out = augment({ image: batch, ...labels }, { step: 1 });

const sheet = grid(out.image, { columns: 4, gap: 4, boxes: out.boxes, keypoints: out.keypoints, masks: out.mask });
const pixels = await toImageData(sheet);
await sharp(pixels.data, { raw: { width: pixels.width, height: pixels.height, channels: 4 } })
  .png()
  .toFile(process.argv[2] ?? "contact-sheet.png");
console.log(`${pixels.width} x ${pixels.height} pixels`);
gpu.destroy();
