import {
  affine,
  backward,
  brightness,
  centerCrop,
  contrast,
  type Gpu,
  gamma,
  horizontalFlip,
  hue,
  mean,
  normalize,
  parameter,
  rotate,
  saturation,
  sequential,
  sgd,
  tensor,
  translate,
  uniform,
  verticalFlip,
} from "../src/index.ts";
import { summary, type Timing } from "./measure.ts";

/** What a loop of equal steps costs beside its passes. */
export interface Steady {
  /** New buffers, pipelines and bind groups between the third and the last step. */
  created: { buffers: number; pipelines: number; bindGroups: number };
  steps: number;
  /** Bytes in use after the third and after the last step. */
  bytesInUse: [number, number];
  /** Milliseconds of JavaScript per step of ten transforms, N = 8, sampling included. */
  javascript: { forward: Timing };
}

/** Ten transforms, every parameter drawn per sample. */
export const tenTransforms = () =>
  sequential([
    horizontalFlip({ p: 0.5 }),
    verticalFlip({ p: 0.1 }),
    rotate({ angle: uniform(-20, 20) }),
    translate({ x: uniform(-3, 3), y: uniform(-3, 3) }),
    affine({ scaleX: uniform(0.9, 1.1), shearX: uniform(-5, 5) }),
    brightness({ factor: uniform(0.8, 1.2) }),
    contrast({ factor: uniform(0.8, 1.2) }),
    saturation({ factor: uniform(0.8, 1.2), p: 0.8 }),
    hue({ turns: uniform(-0.1, 0.1) }),
    normalize({ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }),
  ]);

export async function steady(gpu: Gpu, steps: number): Promise<Steady> {
  const x = tensor(gpu, new Float32Array(8 * 3 * 16 * 16).fill(0.5), [8, 3, 16, 16]);
  const width = parameter(gpu, [10]);
  const learning = sequential([
    rotate({ angle: uniform(0, width) }),
    gamma({ gamma: uniform(0.8, 1.2) }),
    centerCrop({ width: 12, height: 12 }),
  ]);
  const optimizer = sgd([width], { learningRate: 0.01 });
  const step = async (i: number) => {
    const y = learning(x, { step: i });
    const loss = mean(y);
    backward(loss);
    optimizer.step();
    optimizer.zeroGrad();
    y.dispose();
    loss.dispose();
    await gpu.flush();
  };
  for (let i = 0; i < 3; i++) await step(i);
  await gpu.sync();
  const before = gpu.stats;
  for (let i = 3; i < steps; i++) {
    await step(i);
    if (i % 50 === 0) await gpu.sync();
  }
  await gpu.sync();
  const after = gpu.stats;
  const created = {
    buffers: after.buffersCreated - before.buffersCreated,
    pipelines: after.pipelinesCreated - before.pipelinesCreated,
    bindGroups: after.bindGroupsCreated - before.bindGroupsCreated,
  };
  return { created, steps, bytesInUse: [before.bytesInUse, after.bytesInUse], javascript: await javascript(gpu) };
}

async function javascript(gpu: Gpu): Promise<Steady["javascript"]> {
  const x = tensor(gpu, new Float32Array(8 * 3 * 8 * 8).fill(0.5), [8, 3, 8, 8]);
  const pipeline = tenTransforms();
  const times: number[] = [];
  for (let i = 0; i < 400; i++) {
    const clock = performance.now();
    pipeline(x, { step: i }).dispose();
    const flushed = gpu.flush();
    const elapsed = performance.now() - clock;
    await flushed;
    if (i % 10 === 9) await gpu.sync();
    if (i >= 100) times.push(elapsed);
  }
  return { forward: summary(times) };
}
