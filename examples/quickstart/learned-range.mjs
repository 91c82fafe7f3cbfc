import {
  adam,
  around,
  backward,
  mean,
  parameter,
  requestGpu,
  rotate,
  sequential,
  square,
  sub,
  tensor,
  uniform,
} from "augrad/node";

const gpu = await requestGpu();
const bar = (_, i) => Number(Math.abs((i % 24) - 11.5) < 3);
const x = tensor(gpu, Float32Array.from({ length: 64 * 24 * 24 }, bar), [64, 1, 24, 24]); // 64 upright bars

// A world that turns its bars by up to 30 degrees. All that is known of it is what they look like on average.
const world = sequential([rotate({ angle: uniform(-30, 30) })], { seed: 1 });
const seen = mean(world(x, { step: 0 }), 0);

const width = parameter(gpu, [10]); // degrees: where the learning starts
const pipeline = sequential([rotate({ angle: around(0, width) })]); // uniform within the width, on either side of 0
const optimizer = adam([width], { learningRate: 0.5 });
for (let step = 0; step < 80; step++) {
  const scope = gpu.scope(); // frees what the step makes
  backward(mean(square(sub(mean(pipeline(x, { step }), 0), seen))));
  optimizer.step(); // changes the range that the next step draws from
  optimizer.zeroGrad();
  scope.dispose();
  await gpu.flush(); // submits the step; nothing is read back
}
console.log(`the angles reach ${(await width.item()).toFixed(1)} degrees`);
gpu.destroy();
