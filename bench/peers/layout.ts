/** Images in the layouts that libraries take. */

/** [N, C, H, W] to [N, H, W, C]. `area` is H * W. */
export function interleaved(planar: Float32Array, channels: number, area: number): Float32Array<ArrayBuffer> {
  const result = new Float32Array(planar.length);
  const size = channels * area;
  for (let start = 0; start < result.length; start += size) {
    for (let k = 0; k < channels; k++) {
      for (let at = 0; at < area; at++) result[start + at * channels + k] = planar[start + k * area + at];
    }
  }
  return result;
}

/** [N, H, W, C] to [N, C, H, W]. */
export function planar(interleaved: ArrayLike<number>, channels: number, area: number): Float32Array {
  const result = new Float32Array(interleaved.length);
  const size = channels * area;
  for (let start = 0; start < result.length; start += size) {
    for (let k = 0; k < channels; k++) {
      for (let at = 0; at < area; at++) result[start + k * area + at] = interleaved[start + at * channels + k];
    }
  }
  return result;
}
