import { broadcastTo, concat, mul, reshape, sub } from "../autograd/index.ts";
import { apply } from "../compiler/index.ts";
import { bboxToMask } from "../functional/bbox.ts";
import { ones, type Tensor, tensor } from "../tensor/index.ts";
import { warp } from "../transforms/index.ts";
import { gathered, type Limits, type Meeting } from "./meeting.ts";
import { columns } from "./rows.ts";

/** Masks `[N, K, H, W]` of instances of all sources, each of what is seen of its own source, `[N, S · K, H, W]`. */
export function metMasks(masks: Tensor, meeting: Meeting): Tensor {
  const { samples, sources, after, seen } = meeting;
  const [height, width] = after;
  const { shift, within, covers, present } = seen();
  const each = samples * sources;
  const apart = (x: Tensor) => reshape(x, [each, x.size / (each * height * width), height, width]);
  const inside = ({ low, high }: Limits): Tensor => {
    const edges = concat([columns(low, 0, 2), columns(high, 2, 4)], 3);
    return bboxToMask(reshape(edges.detach(), [each, 1, 4]), { height, width });
  };
  const all = gathered(masks, meeting);
  const there = shift ? shiftedMasks(all, shift, meeting) : apart(all);
  const shown = covers.reduce((left, cover) => mul(left, sub(1, inside(cover))), inside(within));
  const left = present ? mul(shown, reshape(present, [each, 1, 1, 1])) : shown;
  return reshape(mul(there, left), [samples, all.shape[1], height, width]);
}

/** Masks of all sources where these lie in the result, by whole pixels, `[N · S, K, H, W]`. */
function shiftedMasks(masks: Tensor, shift: Tensor, { gpu, samples, sources, after }: Meeting): Tensor {
  const each = samples * sources;
  const [, , h, w] = masks.shape;
  const [height, width] = after;
  const straight = broadcastTo(tensor(gpu, [1, 0, 0, 1, 0, 0], [1, 3, 2]), [each, 3, 2]);
  const moved = concat([reshape(shift.detach(), [each, 2, 1]), ones(gpu, [each, 1, 1])], 1);
  const matrix = concat([straight, moved], 2);
  const apart = reshape(masks, [each, masks.size / (each * h * w), h, w]);
  return apply(apart, warp({ matrix, width, height, interpolation: "nearest" }));
}
