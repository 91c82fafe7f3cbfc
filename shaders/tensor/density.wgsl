// y[chunk, row, bin] = the sum over a chunk of a row's values of k(u), u = (value − bin) / width, or of a derivative of it.
import package::tensor::density_kernel::{ kernel_of, slope_of };
import package::tensor::index::THREADS;

// 0: k;  1: its derivative by the bin;  2: by the width
override what: u32 = 0u;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> bins: array<f32>;
@group(0) @binding(2) var<storage, read> width: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
// [0] rows, values of a row, bins, chunks; [1] values of a chunk, kind of kernel
@group(0) @binding(4) var<uniform> u: array<vec4u, 2>;

fn term(v: f32, w: f32, kind: u32) -> f32 {
  if (what == 0u) { return kernel_of(v, kind); }
  let slope = -slope_of(v, kind) / w;
  return select(slope, slope * v, what == 2u);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = global.x + global.y * groups.x * THREADS;
  if (thread >= u[0].x * u[0].z * u[0].w) { return; }
  let bin = thread % u[0].z;
  let row = (thread / u[0].z) % u[0].x;
  let chunk = thread / (u[0].z * u[0].x);
  let start = row * u[0].y;
  let first = chunk * u[1].x;
  let end = min(first + u[1].x, u[0].y);
  let w = width[0];
  let middle = bins[bin];
  var sum = 0.0;
  for (var i = first; i < end; i++) { sum += term((x[start + i] - middle) / w, w, u[1].y); }
  y[thread] = sum;
}
