// The gradient of the matrix of `resample`, in parts: a thread has every `chunks`-th voxel of a sample's result.
// With h = A p and place = h.xyz / h.w:  gh = (g, −g·place) / h.w,  gA = gh pᵀ. `nearest` borrows the slopes of trilinear sampling.
import package::tensor::index::THREADS;
import package::volume::look::{ FAR, Volume, place, source_of, taps_of, voxel };

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> m: array<vec4f>;
@group(0) @binding(2) var<storage, read> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> partial: array<vec4f>;
@group(0) @binding(4) var<uniform> v: Volume;

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
    var taps = taps_of(there, floor(there.at), v, false);
    var seen = array<f32, 8>();
    for (var c = 0u; c < v.channels; c++) {
      let gy = g[(n * v.channels + c) * v.voxels + i];
      let at = (n * v.channels + c) * plane;
      for (var k = 0u; k < 8u; k++) {
        if (taps.index[k] >= 0) { seen[k] += gy * x[at + u32(taps.index[k])]; }
      }
    }
    let f = taps.part;
    let e = 1.0 - f;
    let slope = vec3f(
      e.z * (e.y * (seen[1] - seen[0]) + f.y * (seen[3] - seen[2])) + f.z * (e.y * (seen[5] - seen[4]) + f.y * (seen[7] - seen[6])),
      e.z * (e.x * (seen[2] - seen[0]) + f.x * (seen[3] - seen[1])) + f.z * (e.x * (seen[6] - seen[4]) + f.x * (seen[7] - seen[5])),
      e.y * (e.x * (seen[4] - seen[0]) + f.x * (seen[5] - seen[1])) + f.y * (e.x * (seen[6] - seen[2]) + f.x * (seen[7] - seen[3])),
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
