// y[q] = Σ w[t] x[q + t − before], with zeros outside; `flipped` has w turned around. A thread has four
// neighbours in a row of the result.
import package::tensor::index::THREADS;
import package::volume::window::Window;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> c: Window;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = global.x + global.y * groups.x * THREADS;
  if (thread >= c.threads) { return; }
  let quads = (c.out_width + 3u) / 4u;
  let row = thread / quads;
  let slice = row / c.out_height;
  let q = slice / c.out_depth;
  let column = (thread - row * quads) * 4u;
  let first = vec3i(vec3u(column, row - slice * c.out_height, slice - q * c.out_depth)) - vec3i(c.before_x, c.before_y, c.before_z);
  let size = vec3i(vec3u(c.width, c.height, c.depth));
  let taps = c.kernel_depth * c.kernel_height * c.kernel_width;
  let own = q / c.channels * taps;
  var sum = vec4f(0.0);
  for (var kz = 0u; kz < c.kernel_depth; kz++) {
    let z = first.z + i32(kz);
    if (z < 0 || z >= size.z) { continue; }
    for (var ky = 0u; ky < c.kernel_height; ky++) {
      let j = first.y + i32(ky);
      if (j < 0 || j >= size.y) { continue; }
      let line = ((i32(q) * size.z + z) * size.y + j) * size.x;
      for (var kx = 0u; kx < c.kernel_width; kx++) {
        let tap = (kz * c.kernel_height + ky) * c.kernel_width + kx;
        let w = weight[own + select(tap, taps - 1u - tap, c.flipped != 0u)];
        // A line through the kernel leaves most of it empty.
        if (w == 0.0) { continue; }
        let at = vec4i(first.x + i32(kx)) + vec4i(0, 1, 2, 3);
        let inside = (at >= vec4i(0)) & (at < vec4i(size.x));
        let i = vec4u(vec4i(line) + select(vec4i(0), at, inside));
        sum += w * select(vec4f(0.0), vec4f(x[i.x], x[i.y], x[i.z], x[i.w]), inside);
      }
    }
  }
  let to = row * c.out_width + column;
  let last = min(4u, c.out_width - column);
  for (var k = 0u; k < last; k++) { y[to + k] = sum[k]; }
}
