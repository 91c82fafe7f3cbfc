import { apply, backward, brightness, explain, mean, parameter, requestGpu, rotate, square, tensor } from "augrad/node";

const gpu = await requestGpu(); // a GPU, or SwiftShader where there is none
const pixels = Float32Array.from({ length: 2 * 3 * 64 * 64 }, (_, i) => (i % 64) / 63);
const x = tensor(gpu, pixels, [2, 3, 64, 64]); // images are [N, C, H, W], 0..1
const angle = parameter(gpu, [20, -35]); // degrees, one per image; a leaf that can learn
const chain = [rotate({ angle }), brightness({ factor: 0.8 })];
backward(mean(square(apply(x, chain)))); // the chain is one pass over memory
console.log("gradient per degree:", [...(await angle.grad.read())].map((g) => g.toExponential(2)).join(", "));
console.log(String(explain(chain, x.shape)));
gpu.destroy();
