// The gradient of the weights of `filter`, in parts: a thread has a weight of a sample, and every `chunks`-th row of its result.
import package::tensor::index::THREADS;
import package::volume::window::Window;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read_write> partial: array<f32>;
@group(0) @binding(3) var<uniform> c: Window;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = global.x + global.y * groups.x * THREADS;
  if (thread >= c.threads) { return; }
  let taps = c.kernel_depth * c.kernel_height * c.kernel_width;
  let tap = thread % taps;
  let part = thread / taps;
  let n = part / c.chunks;
  let kernel_row = tap / c.kernel_width;
  let kernel_slice = kernel_row / c.kernel_height;
  let moved = vec3i(vec3u(tap - kernel_row * c.kernel_width, kernel_row - kernel_slice * c.kernel_height, kernel_slice)) - vec3i(c.before_x, c.before_y, c.before_z);
  let size = vec3i(vec3u(c.width, c.height, c.depth));
  let rows = c.channels * c.out_depth * c.out_height;
  let begin = max(0, -moved.x);
  let end = min(i32(c.out_width), size.x - moved.x);
  var sum = 0.0;
  for (var row = part - n * c.chunks; row < rows; row += c.chunks) {
    let slice = row / c.out_height;
    let channel = slice / c.out_depth;
    let j = i32(row - slice * c.out_height) + moved.y;
    let k = i32(slice - channel * c.out_depth) + moved.z;
    if (j < 0 || j >= size.y || k < 0 || k >= size.z) { continue; }
    let there = ((i32(n * c.channels + channel) * size.z + k) * size.y + j) * size.x + moved.x;
    let here = i32((n * rows + row) * c.out_width);
    for (var i = begin; i < end; i++) { sum += g[here + i] * x[there + i]; }
  }
  partial[thread] = sum;
}
