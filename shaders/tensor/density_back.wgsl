// gx = the sum over bins of g[row, bin] · k'(u) / width, u = (value − bin) / width
import package::tensor::density_kernel::slope_of;
import package::tensor::index::THREADS;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> bins: array<f32>;
@group(0) @binding(2) var<storage, read> width: array<f32>;
@group(0) @binding(3) var<storage, read> g: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
// [0] rows, values of a row, bins, kind of kernel
@group(0) @binding(5) var<uniform> u: array<vec4u, 1>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = global.x + global.y * groups.x * THREADS;
  if (thread >= u[0].x * u[0].y) { return; }
  let first = (thread / u[0].y) * u[0].z;
  let v = x[thread];
  let w = width[0];
  var sum = 0.0;
  for (var bin = 0u; bin < u[0].z; bin++) { sum += g[first + bin] * slope_of((v - bins[bin]) / w, u[0].w); }
  y[thread] = sum / w;
}
