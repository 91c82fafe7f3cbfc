import {
  add,
  broadcastTo,
  concat,
  div,
  maximum,
  mul,
  reshape,
  slice,
  sqrt,
  square,
  sub,
  sum,
  transpose,
} from "../autograd/index.ts";
import { type Tensor, tensor } from "../tensor/index.ts";
import { sizeBySize } from "./by-size.ts";
import { meets } from "./journey.ts";
import type { Leg } from "./leg.ts";
import { checkRaster } from "./raster.ts";
import { columns } from "./rows.ts";
import type { Rule } from "./rule.ts";
import type { Raster, Vectors } from "./target.ts";
import { slopesAt, turned } from "./turn.ts";

/** Fields of vectors: values turn where they are, and are then moved as an image is. */
export const vectors: Rule<Vectors<Raster<"f32">>> = {
  check: ({ data }, scene, at) => {
    scene.checkPlaces(at, data);
    scene.checkWhole(at);
    checkRaster(at, data, scene, { rank: [4], channels: 2, types: ["f32"] });
  },
  move: (target, scene) => ({
    ...target,
    // Where samples meet, each pixel shows the vector of one of them: all that the sources' pixels do there is to move together.
    data: sizeBySize(target.data, scene, (x, own) =>
      (own.journey() ?? [own]).reduce<Tensor>(
        (data, way) => (meets(way) ? way.raster(data) : moved(data, target.values, way)),
        x as Tensor,
      ),
    ) as Raster<"f32">,
  }),
};

/** On a leg, values turn as the image does, and move with it. */
function moved(data: Tensor, meaning: Vectors["values"], leg: Leg): Tensor {
  if (leg.motion().still) return seen(data, leg);
  const [n, channels, h, w] = data.shape;
  const vector = transpose(reshape(slice(data, 1, 0, 2), [n, 2, h * w]), [0, 2, 1]);
  const values = TURNS[meaning](placesOf(leg, h, w), vector, leg);
  const planes = reshape(transpose(values, [0, 2, 1]), [n, 2, h, w]);
  return seen(channels > 2 ? concat([planes, slice(data, 1, 2)], 1) : planes, leg);
}

/** Moved as the image is. */
const seen = (data: Tensor, { raster }: Leg): Tensor =>
  raster(data, { nearest: false, fill: 0, erased: true }) as Tensor;

/** What becomes of vectors at places, `[N, P, 2]` both. */
const TURNS: Readonly<Record<Vectors["values"], (places: Tensor, vectors: Tensor, leg: Leg) => Tensor>> = {
  displacement: (places, vector, { motion }) => sub(motion().points(add(places, vector)), motion().points(places)),
  direction: (places, vector, leg) => {
    const moved = turned(slopesAt(places, leg), columns(vector, 0), columns(vector, 1));
    const squared = (x: Tensor) => maximum(sum(square(x), { axes: 2, keepDims: true }), SMALLEST);
    return mul(moved, sqrt(div(squared(vector), squared(moved))));
  },
};
/** The square of a length that counts as none: a vector of 0 stays one, with a gradient. */
const SMALLEST = 1e-20;

/** Every pixel's place, `[N, H · W, 2]`. */
function placesOf({ gpu, samples }: Leg, h: number, w: number): Tensor {
  const along = (size: number, shape: readonly number[]) =>
    broadcastTo(
      tensor(
        gpu,
        Array.from({ length: size }, (_, i) => i),
        shape,
      ),
      [h, w, 1],
    );
  const places = concat([along(w, [1, w, 1]), along(h, [h, 1, 1])], 2);
  return broadcastTo(reshape(places, [1, h * w, 2]), [samples, h * w, 2]);
}
