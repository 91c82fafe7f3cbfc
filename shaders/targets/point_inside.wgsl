// 1 for a point that lies in its image, else 0. A thread for each.
import package::tensor::index::THREADS;

// Whether images have sizes of their own.
override listed: u32 = 0u;

// `each`: points of a sample; `size`: width and height that images have behind
struct Sizes { each: u32, columns: u32, threads: u32, free: u32, size: vec4f }

@group(0) @binding(0) var<storage, read> rows: array<f32>;
// [n][width, height] before, and behind
@group(0) @binding(1) var<storage, read> sizes: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> u: Sizes;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = global.x + global.y * groups.x * THREADS;
  if (i >= u.threads) { return; }
  var size = u.size.zw;
  if (listed == 1u) {
    let n = 4u * (i / u.each);
    size = vec2f(sizes[n + 2u], sizes[n + 3u]);
  }
  let p = vec2f(rows[i * u.columns], rows[i * u.columns + 1u]);
  y[i] = select(0.0, 1.0, all(p >= vec2f(-0.5)) && all(p <= size - 0.5));
}
