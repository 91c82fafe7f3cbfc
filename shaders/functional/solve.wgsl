// a x = b for small matrices, by Gauss and Jordan's elimination with partial pivoting. A thread has a system, whose rows it
// changes in place: [a, b] becomes [1, x].
import package::tensor::index::THREADS;

// Whether it is the transpose of a that is solved
override transposed: bool = false;

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
// systems, n, columns of b
@group(0) @binding(3) var<uniform> u: vec4u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let system = global.x + global.y * groups.x * THREADS;
  if (system >= u.x) { return; }
  let n = u.y;
  let k = u.z;
  let width = n + k;
  let at = system * n * width;
  for (var r = 0u; r < n; r++) {
    for (var c = 0u; c < n; c++) {
      let place = select(r * n + c, c * n + r, transposed);
      y[at + r * width + c] = a[system * n * n + place];
    }
    for (var c = 0u; c < k; c++) { y[at + r * width + n + c] = b[(system * n + r) * k + c]; }
  }
  for (var i = 0u; i < n; i++) {
    var pivot = i;
    var greatest = abs(y[at + i * width + i]);
    for (var r = i + 1u; r < n; r++) {
      let size = abs(y[at + r * width + i]);
      if (size > greatest) {
        greatest = size;
        pivot = r;
      }
    }
    let scale = 1.0 / y[at + pivot * width + i];
    for (var c = i; c < width; c++) {
      let upper = at + i * width + c;
      let lower = at + pivot * width + c;
      let value = y[lower] * scale;
      y[lower] = y[upper];
      y[upper] = value;
    }
    for (var r = 0u; r < n; r++) {
      if (r == i) { continue; }
      let factor = y[at + r * width + i];
      for (var c = i; c < width; c++) { y[at + r * width + c] -= factor * y[at + i * width + c]; }
    }
  }
}
