/** Maps in a row: the product of their matrices, one for each sample. */
import { record } from "../../autograd/graph.ts";
import { transpose } from "../../autograd/index.ts";
import { type Gpu, withShaders } from "../../gpu/index.ts";
import { Tensor } from "../../tensor/index.ts";
import { backMapsModule, mapsModule } from "../kinds/map.ts";
import type { Slot } from "../pack/layout.ts";
import type { Pass } from "../pass.ts";
import { dispatchKernel } from "../pixels/kernel.ts";
import { frameWords, ioOf } from "../pixels/see.ts";
import { geometryOf, label, userModules } from "../pixels/work.ts";
import { gradientOf, passOf, valuesOf } from "./block.ts";
import type { Placed, Straight } from "./move.ts";

/** What is linked with it is loaded with the first matrix. */
const kernels = () => withShaders(import("./motion-wgsl.ts"));

const wordsOf = (gpu: Gpu, pass: Pass): readonly number[] => [
  ...geometryOf(gpu, pass, pass.output).shape,
  ...frameWords(pass),
];

function matrices(gpu: Gpu, pass: Pass, block: Tensor): Tensor {
  const [n] = pass.output;
  const made = new Tensor(gpu, [n, 3, 3], "f32", gpu.allocate(n * 36));
  dispatchKernel(gpu, {
    root: "map_matrix",
    label: label(pass, "map_matrix"),
    key: pass.key,
    io: ioOf(pass, [{ role: "params" }, { role: "floats", name: "matrices", writes: true }]),
    modules: () => ({
      ...userModules(pass),
      "generated::maps": kernels().then(() =>
        mapsModule({ maps: pass.links, layout: pass.layout, channels: pass.input[1], uses: "source" }),
      ),
    }),
    shape: wordsOf(gpu, pass),
    buffers: [block.storage, made.storage],
    threads: n,
  });
  return made;
}

/** From the gradient of the matrices to that of the block. */
function pull(gpu: Gpu, pass: Pass, block: Tensor, gradient: Tensor, wanted: readonly Slot[]): Tensor {
  // Column by column, each with all samples, as the kernel has sums.
  const columns = transpose(gradient, [2, 1, 0]);
  const { storage, tensor } = gradientOf(gpu, block);
  dispatchKernel(gpu, {
    root: "map_parameters",
    label: label(pass, "map_parameters"),
    key: `${pass.key}|whole|${wanted.map(({ offset }) => offset).join()}`,
    io: ioOf(pass, [{ role: "params" }, { role: "totals" }, { role: "gradients" }]),
    modules: () => ({
      ...userModules(pass),
      "generated::maps": backMapsModule({
        maps: pass.links,
        layout: pass.layout,
        channels: pass.input[1],
        uses: "pull",
        wanted,
        whole: true,
      }),
    }),
    shape: wordsOf(gpu, pass),
    buffers: [block.storage, columns.storage, storage],
    threads: pass.output[0],
  });
  columns.dispose();
  return tensor;
}

/** The matrix of maps in a row, source to destination. A map that a coin leaves out is the identity. */
export function rowOf(gpu: Gpu, placed: readonly Placed[]): Straight {
  const pass = passOf("map", placed);
  const { block, wanted } = valuesOf(
    gpu,
    pass,
    placed.map(({ link }) => link),
  );
  const made = matrices(gpu, pass, block);
  gpu.untrack(made);
  const { shape, storage } = made;
  const matrix = record("matrix of a motion", [block], { shape, storage }, [block], (g, [saved]) => [
    pull(gpu, pass, saved, g, wanted),
  ]);
  block.dispose();
  return { matrix };
}
