import { apply, backward, brightness, draw, fromImageBitmap, mean, parameter, requestGpu, rotate } from "augrad";

const element = (id) => document.getElementById(id);
const photo = new URL("../photos/chelsea.jpg", import.meta.url);

try {
  const gpu = await requestGpu();
  const bitmap = await createImageBitmap(await (await fetch(photo)).blob());
  const x = fromImageBitmap(gpu, bitmap); // [1, 3, H, W], 0..1; converted by the first pass that reads it
  const angle = parameter(gpu, [0]);

  const show = async () => {
    for (const output of document.querySelectorAll("output")) output.value = element(output.htmlFor.value).value;
    angle.write([Number(element("angle").value)]);
    const y = apply(x, [
      rotate({ angle, padding: "reflection" }),
      brightness({ factor: Number(element("factor").value) }),
    ]);
    backward(mean(y)); // how the mean intensity changes with the angle
    await draw(y, element("canvas"));
    const [slope] = await angle.grad.read();
    angle.grad = null;
    y.dispose();
    element("result").textContent =
      `One degree more changes the mean intensity by ${slope.toExponential(1)}. Runs on ${gpu.info.description}.`;
  };

  // One drawing after the other, however fast the sliders move.
  let last = show();
  for (const id of ["angle", "factor"]) {
    element(id).addEventListener("input", () => {
      last = last.then(show);
    });
  }
  await last;
} catch (error) {
  element("result").textContent = error.message;
}
