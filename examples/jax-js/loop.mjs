import { defaultDevice, init, grad as jaxGrad, numpy as np } from "@jax-js/jax";
import { adam, around, grad, mean, parameter, rotate, sequential, uniform } from "augrad";
import { JaxBridge } from "augrad/jax-js";

await init("webgpu");
defaultDevice("webgpu");
const bridge = new JaxBridge(); // augrad on jax-js's device
const shape = [64, 1, 24, 24];
const bars = Float32Array.from({ length: 64 * 24 * 24 }, (_, i) => Number(Math.abs((i % 24) - 11.5) < 3));
const images = np.array(bars, { shape });

// A world that turns its bars by up to 30 degrees. All that is known of it is what they look like on average.
const world = sequential([rotate({ angle: uniform(-30, 30) })], { seed: 1 });
const seen = np.array(await mean(world(bridge.tensor(images.ref), { step: 0 }), 0).read(), { shape: shape.slice(1) });
await bridge.submit();

// The model, in jax-js: how far the average of a batch is from what was seen. Put your own network here.
const loss = (batch) => np.square(batch.mean(0).sub(seen.ref)).mean();
const gradientOfLoss = jaxGrad(loss);

const width = parameter(bridge.gpu, [10]); // degrees: where the learning starts
const pipeline = sequential([rotate({ angle: around(0, width) })]);
const optimizer = adam([width], { learningRate: 0.5 });
for (let step = 0; step < 80; step++) {
  const scope = bridge.gpu.scope(); // frees what the step makes
  const out = bridge.empty(shape); // memory of jax-js that augrad writes into
  const y = pipeline(bridge.tensor(images.ref), { step, into: out.tensor });
  await bridge.gpu.flush(); // augrad's passes come first ...
  const cotangent = gradientOfLoss(out.array); // ... then jax-js's: d loss / d images
  [width.grad] = grad(y, [width], { gradient: bridge.tensor(cotangent) }); // and augrad's backward pass
  optimizer.step(); // changes the range that the next step draws from
  optimizer.zeroGrad();
  scope.dispose();
  await bridge.submit(); // the arrays go back to jax-js
}
document.getElementById("result").textContent = `The angles reach ${(await width.item()).toFixed(1)} degrees.`;
