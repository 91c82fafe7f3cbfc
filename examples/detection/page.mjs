import {
  asBoxes,
  asInstances,
  asKeypoints,
  broadcastTo,
  ColorJitter,
  cast,
  draw,
  fromImageBitmap,
  RandomAffine,
  RandomErasing,
  RandomHorizontalFlip,
  RandomThinPlateSpline,
  requestGpu,
  resize,
  sequential,
  tensor,
} from "augrad";
import { overlay } from "./overlay.mjs";
import * as photo from "./photo.mjs";

const SAMPLES = 6;
const element = (id) => document.getElementById(id);
const number = (id) => Number(element(id).value);

/** The same for every sample of the batch. */
const repeated = (x) => broadcastTo(x, [SAMPLES, ...x.shape.slice(1)]);

try {
  const gpu = await requestGpu();
  const bitmap = await createImageBitmap(await (await fetch(new URL("../photos/chelsea.jpg", import.meta.url))).blob());
  const { width, height } = bitmap;
  const image = repeated(cast(fromImageBitmap(gpu, bitmap), "f32"));
  const boxes = repeated(tensor(gpu, [photo.boxes]));
  const masks = repeated(tensor(gpu, [photo.masks(width, height)]));
  const face = repeated(tensor(gpu, [photo.face]));
  const pictures = Array.from({ length: SAMPLES }, () =>
    element("samples").appendChild(document.createElement("canvas")),
  );

  const show = async () => {
    for (const output of document.querySelectorAll("output")) output.value = element(output.htmlFor.value).value;
    const [scale, bend, around] = [number("scale"), number("bend"), element("around").value];
    const augment = sequential([
      resize({ width: 300, height: 200 }),
      RandomHorizontalFlip(),
      RandomThinPlateSpline({ scale: bend, p: 1 }),
      RandomAffine({ degrees: number("degrees"), scale: [1 - scale, 1 + scale], translate: [0.1, 0.1], p: 1 }),
      ColorJitter({ brightness: 0.2, saturation: 0.3 }),
      RandomErasing({ p: 0.3 }),
    ]);
    const outline = around === "ellipse" ? "ellipse" : "corners";
    const parts = { boxes: asBoxes(boxes, { outline, minVisibility: number("visibility") }), masks };
    const started = performance.now();
    const out = augment(
      {
        image,
        animals: asInstances(parts, { boxesOf: around === "masks" ? "masks" : "outline" }),
        face: asKeypoints(face, { swap: photo.swap }),
      },
      { step: number("step") },
    );
    const { animals } = out;
    const made = [animals.data.boxes.data, animals.data.masks, animals.kept, out.face.data, out.face.kept];
    const [edges, pixels, kept, points, seen] = await Promise.all(made.map((each) => each.read()));
    const k = photo.names.length;
    const of = (values, n) => values.subarray((n * values.length) / SAMPLES, ((n + 1) * values.length) / SAMPLES);
    for (const [n, canvas] of pictures.entries()) {
      await draw(out.image, canvas, { index: n });
      overlay(canvas, {
        boxes: of(edges, n),
        masks: of(pixels, n),
        kept: of(kept, n),
        points: of(points, n),
        seen: of(seen, n),
      });
    }
    for (const each of [out.image, ...made]) each.dispose();
    const left = kept.reduce((sum, flag) => sum + flag, 0);
    element("result").textContent =
      `${left} of ${SAMPLES * k} boxes are kept. ${Math.round(performance.now() - started)} ms. Runs on ${gpu.info.description}.`;
  };

  // One drawing after the other, however fast the sliders move.
  let last = show();
  for (const control of document.querySelectorAll("input, select")) {
    control.addEventListener("input", () => {
      last = last.then(show);
    });
  }
  await last;
} catch (error) {
  element("result").textContent = error.message;
}
