// y[r] = where along an axis the greatest (or least) value of x lies: the first of equal ones, and the first NaN before all.
// One level of a search without barriers: a thread asks every place of its chunk, or every place that an earlier level found.
import package::tensor::index::{ THREADS, is_nan };

// 1: greatest; -1: least
override direction: f32 = 1.0;
// Whether `found` holds places of an earlier level
override further: bool = false;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> found: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
// [0] results, chunks of each, places of a chunk, places in all; [1] size of the axis, values from one place to the next
@group(0) @binding(3) var<uniform> u: array<vec4u, 2>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = global.x + global.y * groups.x * THREADS;
  if (thread >= u[0].x * u[0].y) { return; }
  let row = thread / u[0].y;
  let step = u[1].y;
  let start = (row / step) * u[1].x * step + row % step;
  let first = (thread % u[0].y) * u[0].z;
  let end = min(first + u[0].z, u[0].w);
  var best = 0.0;
  var place = 0u;
  for (var k = first; k < end; k++) {
    var at = k;
    if (further) { at = u32(found[row * u[0].w + k]); }
    let v = x[start + at * step] * direction;
    if (k == first || (!is_nan(best) && (is_nan(v) || v > best))) {
      best = v;
      place = at;
    }
  }
  y[thread] = f32(place);
}
