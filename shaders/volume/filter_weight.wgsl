// The gradient of the weights of `filter`, in parts: a thread has a weight of a sample, and every `chunks`-th value of its result.
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
  let values = c.channels * c.out_depth * c.out_height * c.out_width;
  var sum = 0.0;
  for (var k = part - n * c.chunks; k < values; k += c.chunks) {
    let row = k / c.out_width;
    let slice = row / c.out_height;
    let channel = slice / c.out_depth;
    let at = vec3i(vec3u(k - row * c.out_width, row - slice * c.out_height, slice - channel * c.out_depth)) + moved;
    if (all(at >= vec3i(0)) && all(at < size)) {
      let q = i32(n * c.channels + channel);
      sum += g[n * values + k] * x[((q * size.z + at.z) * size.y + at.y) * size.x + at.x];
    }
  }
  partial[thread] = sum;
}
