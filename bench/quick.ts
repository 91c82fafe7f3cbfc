import { requestGpu } from "../src/node/index.ts";
import { tensor, empty } from "../src/index.ts";
import { alternate } from "./measure.ts";
import { copy } from "./copy.ts";
import { works, forward, both } from "./works.ts";
const gpu = await requestGpu();
const shape = [4, 3, 224, 224];
const size = 4 * 3 * 224 * 224;
const data = Float32Array.from({ length: size }, (_, i) => (Math.sin(i * 12.9898) * 43758.5453) % 1 * 0.5 + 0.5);
const x0 = tensor(gpu, data, shape);
const x = tensor(gpu, data, shape, { requiresGrad: true });
const y = empty(gpu, shape);
const seed = tensor(gpu, data, shape);
const tasks: Record<string, () => Promise<void>> = { copy: async () => { copy(gpu, x0, y); await gpu.sync(); } };
const only = process.argv[2];
for (const w of works) { if (only && !w.name.includes(only)) continue;
  const { transforms, parameters } = w.make(gpu, 4);
  tasks[`${w.name} f`] = async () => { forward(x0, transforms); await gpu.sync(); };
  tasks[`${w.name} fb`] = async () => { both(x, transforms, parameters, seed); await gpu.sync(); };
}
const t = await alternate(tasks, 9, 3);
for (const [k, v] of Object.entries(t)) console.log(k.padEnd(34), v.median.toFixed(1), (v.median / t.copy.median).toFixed(1));
for (const w of works) { if (only && !w.name.includes(only)) continue;
  const { transforms, parameters } = w.make(gpu, 4);
  const passes = await gpu.profile(() => both(x, transforms, parameters, seed));
  console.log(w.name, passes?.filter(p => p.milliseconds > 0.3).map((p) => `${p.label.split(":")[0]} ${p.milliseconds.toFixed(1)}`).join(", "));
}
process.exit(0);
