// A banded matrix along one axis: y[j] = Σ_k w[j][k] x[start[j] + k]. An anti-aliasing resize is two of these,
// its gradient the two transposed.
import package::lib::thread::LINE;

struct Shape { outer: u32, before: u32, after: u32, inner: u32, taps: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
// The starts of all bands, then their weights: `taps` for each, which end in zeros where a band is shorter.
@group(0) @binding(1) var<storage, read> bands: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let e = id.x + id.y * LINE;
  if (e >= shape.outer * shape.after * shape.inner) { return; }
  let b = e % shape.inner;
  let j = (e / shape.inner) % shape.after;
  let o = e / (shape.inner * shape.after);
  let start = u32(bands[j]);
  let line = o * shape.before * shape.inner + b;
  let inner = shape.inner;
  let last = shape.before - 1u;
  let weights = shape.after + j * shape.taps;
  var sum = 0.0;
  for (var k = 0u; k < shape.taps; k++) {
    // No band leaves its line, and what has no weight is not seen: 0 times NaN is NaN.
    let w = bands[weights + k];
    sum += select(0.0, w * x[line + min(start + k, last) * inner], w != 0.0);
  }
  y[e] = sum;
}
