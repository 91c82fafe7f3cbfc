// The gradient of the matrix of `resample`, in parts: a thread has every `chunks`-th voxel of a sample's result.
// With h = A p and place = h.xyz / h.w:  gh = (g, −g·place) / h.w,  gA = gh pᵀ. `nearest` borrows the slopes of trilinear sampling.
import package::tensor::index::THREADS;
import package::volume::look::{ FAR, Volume, place, source_of, taps_of, voxel };

// See `resolve`.
override padding: u32 = 0u;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> m: array<vec4f>;
@group(0) @binding(2) var<storage, read> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> partial: array<vec4f>;
@group(0) @binding(4) var<uniform> v: Volume;

fn seen(at: i32, index: vec4i, there: vec4<bool>) -> vec4f {
  let i = vec4u(index + at);
  return select(vec4f(0.0), vec4f(x[i.x], x[i.y], x[i.z], x[i.w]), there);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = global.x + global.y * groups.x * THREADS;
  if (thread >= v.threads) { return; }
  let n = thread / v.chunks;
  let source = source_of(m[4u * n], m[4u * n + 1u], m[4u * n + 2u], m[4u * n + 3u]);
  let plane = v.depth * v.height * v.width;
  var sx = vec4f(0.0);
  var sy = vec4f(0.0);
  var sz = vec4f(0.0);
  var sw = vec4f(0.0);
  for (var i = thread - n * v.chunks; i < v.voxels; i += v.chunks) {
    let p = voxel(i, v);
    let there = place(source, p);
    let taps = taps_of(there, v, padding, false);
    var low = vec4f(0.0);
    var high = vec4f(0.0);
    for (var c = 0u; c < v.channels; c++) {
      let q = n * v.channels + c;
      let gy = g[q * v.voxels + i];
      let at = i32(q * plane);
      low += gy * seen(at, taps.low, taps.low_there);
      high += gy * seen(at, taps.high, taps.high_there);
    }
    let f = taps.part;
    let e = 1.0 - f;
    let slope = vec3f(
      e.z * (e.y * (low.y - low.x) + f.y * (low.w - low.z)) + f.z * (e.y * (high.y - high.x) + f.y * (high.w - high.z)),
      e.z * (e.x * (low.z - low.x) + f.x * (low.w - low.y)) + f.z * (e.x * (high.z - high.x) + f.x * (high.w - high.y)),
      e.y * (e.x * (high.x - low.x) + f.x * (high.y - low.y)) + f.y * (e.x * (high.z - low.z) + f.x * (high.w - low.w)),
    );
    let on_line = there.w == 0.0;
    // A place that is held back does not move.
    let moved = select(vec3f(0.0), slope, (abs(there.at) < vec3f(FAR)) & !vec3<bool>(on_line));
    let gh = vec4f(moved, -dot(moved, there.at)) / select(there.w, 1.0, on_line);
    sx += gh.x * p;
    sy += gh.y * p;
    sz += gh.z * p;
    sw += gh.w * p;
  }
  let nan = vec4f(source.nan);
  partial[4u * thread] = select(sx, nan, source.lost);
  partial[4u * thread + 1u] = select(sy, nan, source.lost);
  partial[4u * thread + 2u] = select(sz, nan, source.lost);
  partial[4u * thread + 3u] = select(sw, nan, source.lost);
}
