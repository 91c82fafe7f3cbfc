import {
  apply,
  brightness,
  contrast,
  empty,
  grad,
  hue,
  normalize,
  parameter,
  saturation,
  tensor,
} from "../src/index.ts";
import { requestGpu } from "../src/node/index.ts";
import { copy } from "./copy.ts";

const gpu = await requestGpu();
const shape = [4, 3, 224, 224];
const size = 4 * 3 * 224 * 224;
const data = Float32Array.from({ length: size }, (_, i) => 0.5 + 0.5 * Math.sin(i * 0.7 + 3 * Math.sin(i * 0.013)));
const x0 = tensor(gpu, data, shape);
const x = tensor(gpu, data, shape, { requiresGrad: true });
const y = empty(gpu, shape);
const seed = tensor(gpu, data, shape);
const p = () => parameter(gpu, [0.8, 0.9, 1.1, 1.2]);
const chains: any = {};
{
  const a = p();
  chains.brightness = [[brightness({ factor: a })], [a]];
}
{
  const a = p();
  chains.contrast = [[contrast({ factor: a })], [a]];
}
{
  const a = p();
  chains.saturation = [[saturation({ factor: a })], [a]];
}
{
  const a = p();
  chains.hue = [[hue({ turns: a })], [a]];
}
{
  chains.normalize = [[normalize({ mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.4] })], []];
}
{
  const a = p(),
    b = p(),
    c = p(),
    d = p();
  chains.all = [
    [
      brightness({ factor: a }),
      contrast({ factor: b }),
      saturation({ factor: c }),
      hue({ turns: d }),
      normalize({ mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.4] }),
    ],
    [a, b, c, d],
  ];
}
const tasks: Record<string, () => void> = {
  copy: () => {
    copy(gpu, x0, y);
  },
};
for (const [k, [t, ps]] of Object.entries(chains) as any) {
  tasks[`${k} f`] = () => {
    apply(x0, t).dispose();
  };
  tasks[`${k} all`] = () => {
    const y = apply(x, t);
    for (const g of grad(y, [x, ...ps], { seed })) g.dispose();
    y.dispose();
  };
}
const best: Record<string, number> = {};
for (let r = -1; r < 6; r++)
  for (const [k, t] of Object.entries(tasks)) {
    await gpu.sync();
    const c = process.cpuUsage();
    for (let i = 0; i < 2; i++) t();
    await gpu.sync();
    const { user, system } = process.cpuUsage(c);
    if (r >= 0) best[k] = Math.min(best[k] ?? Infinity, (user + system) / 2000);
  }
for (const k of Object.keys(chains))
  console.log(k.padEnd(14), "f", best[k + " f"].toFixed(1), "b", (best[k + " all"] - best[k + " f"]).toFixed(1));
console.log("copy", best.copy);
process.exit(0);
