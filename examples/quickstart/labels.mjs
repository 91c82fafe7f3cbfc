import {
  asInstances,
  asKeypoints,
  horizontalFlip,
  requestGpu,
  rotate,
  sequential,
  takeKept,
  tensor,
  translate,
  uniform,
  zeros,
} from "augrad/node";

const gpu = await requestGpu();
const image = zeros(gpu, [1, 3, 48, 64]);
const mask = zeros(gpu, [1, 1, 48, 64]);
// Boxes are edges: the whole image is (0, 0, 64, 48).
const boxes = tensor(gpu, [4, 6, 20, 30, 44, 8, 62, 40], [1, 2, 4]);
const labels = tensor(gpu, [7, 3], [1, 2]);
// Left and right change places in a mirror.
const eyes = asKeypoints(tensor(gpu, [8, 12, 15, 12], [1, 2, 2]), { swap: [[0, 1]] });

const augment = sequential([horizontalFlip({ p: 0.5 }), rotate({ angle: uniform(-15, 15) }), translate({ x: 30 })]);
const out = augment({ image, mask, eyes, animals: asInstances({ boxes, labels }) }, { step: 0 });

const animals = await takeKept(out.animals); // what is left in the picture
console.log("labels of the first image:", [...(await animals.data.labels[0].read())].join(", "));
gpu.destroy();
