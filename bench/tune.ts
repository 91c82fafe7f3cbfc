import { apply, empty, grad, tensor } from "../src/index.ts";
import { requestGpu } from "../src/node/index.ts";
import { copy } from "./copy.ts";
import { works } from "./works.ts";

const gpu = await requestGpu();
const shape = [4, 3, 224, 224];
const size = 4 * 3 * 224 * 224;
const data = Float32Array.from({ length: size }, (_, i) => 0.5 + 0.5 * Math.sin(i * 0.7 + 3 * Math.sin(i * 0.013)));
const x0 = tensor(gpu, data, shape);
const x = tensor(gpu, data, shape, { requiresGrad: true });
const y = empty(gpu, shape);
const seed = tensor(gpu, data, shape);
const only = process.argv[2];
const tasks: Record<string, () => void> = {
  copy: () => {
    copy(gpu, x0, y);
  },
};
for (const w of works) {
  if (only && !w.name.includes(only)) continue;
  const { transforms, parameters } = w.make(gpu, 4);
  tasks[`${w.name} f`] = () => {
    apply(x0, transforms).dispose();
  };
  tasks[`${w.name} f+params`] = () => {
    const y = apply(x0, transforms);
    for (const g of grad(y, parameters, { seed })) g.dispose();
    y.dispose();
  };
  tasks[`${w.name} f+image`] = () => {
    const y = apply(
      x,
      transforms.map((t) => ({
        ...t,
        params: Object.fromEntries(Object.entries(t.params).map(([k, v]: any) => [k, v?.detach ? v.detach() : v])),
      })),
    );
    for (const g of grad(y, [x], { seed })) g.dispose();
    y.dispose();
  };
  tasks[`${w.name} all`] = () => {
    const y = apply(x, transforms);
    for (const g of grad(y, [x, ...parameters], { seed })) g.dispose();
    y.dispose();
  };
}
const best: Record<string, number> = {};
for (let r = -1; r < 7; r++)
  for (const [k, t] of Object.entries(tasks)) {
    await gpu.sync();
    const c = process.cpuUsage();
    for (let i = 0; i < 3; i++) t();
    await gpu.sync();
    const { user, system } = process.cpuUsage(c);
    if (r >= 0) best[k] = Math.min(best[k] ?? Infinity, (user + system) / 3000);
  }
for (const [k, v] of Object.entries(best)) console.log(k.padEnd(40), v.toFixed(1), (v / best.copy).toFixed(2));
process.exit(0);
