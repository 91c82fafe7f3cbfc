// One axis of a separable window: y[i] = Σ_t w[t] x[i + t]. A thread owns four neighbours of a row of pixels.
import package::lib::line::part_of;
import package::lib::thread::LINE;
import package::lib::window::{ correlate, line };

@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let part = part_of(id.x + id.y * LINE, line);
  if (part.count == 0u) { return; }
  let sum = correlate(part, part.weights);
  let to = part.start + u32(part.i) * line.inner;
  y[to] = sum.x;
  if (part.count > 1u) { y[to + 1u] = sum.y; }
  if (part.count > 2u) { y[to + 2u] = sum.z; }
  if (part.count > 3u) { y[to + 3u] = sum.w; }
}
