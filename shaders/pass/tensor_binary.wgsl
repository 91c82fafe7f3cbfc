// y = op(a, b), by NumPy's broadcasting. From 32 on: the gradient a flows back through a function whose input or result is b.
import package::pass::tensor_index::{ PER_GROUP, THREADS, group_index, power, safe_sin, safe_cos, logistic };

override op: u32 = 0u;
// 0: equal shapes; 1: b is a number; 2: a is a number; 3: broadcast
override mode: u32 = 0u;

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
// [0] n, rank, number, number2; [1..2] sizes; [3..4] strides of a; [5..6] strides of b
@group(0) @binding(3) var<uniform> u: array<vec4u, 7>;

fn value(v: f32, w: f32) -> f32 {
  switch (op) {
    case 0u: { return v + w; }
    case 1u: { return v - w; }
    case 2u: { return v * w; }
    case 3u: { return v / w; }
    case 4u: { return power(v, w); }
    case 5u: { return max(v, w); }
    case 6u: { return min(v, w); }
    case 7u: { return select(0.0, 1.0, v > w); }
    case 8u: { return select(0.0, 1.0, v >= w); }
    case 9u: { return select(0.0, 1.0, v < w); }
    case 10u: { return select(0.0, 1.0, v <= w); }
    case 11u: { return select(0.0, 1.0, v == w); }
    // of log and abs, sin, cos, relu, softplus, square, clamp, in their input
    case 32u: { return v / w; }
    case 33u: { return v * sign(w); }
    case 34u: { return v * safe_cos(w); }
    case 35u: { return -v * safe_sin(w); }
    case 36u: { return select(0.0, v, w > 0.0); }
    case 37u: { return v * logistic(w); }
    case 38u: { return 2.0 * v * w; }
    case 39u: { return select(0.0, v, w >= bitcast<f32>(u[0].z) && w <= bitcast<f32>(u[0].w)); }
    // of sqrt, tanh, sigmoid, in their result
    case 48u: { return 0.5 * v / w; }
    case 49u: { return v * (1.0 - w * w); }
    case 50u: { return v * w * (1.0 - w); }
    default: { return v; }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let base = group_index(id, groups) * PER_GROUP + local;
  for (var k = 0u; k < PER_GROUP; k += THREADS) {
    let i = base + k;
    if (i >= u[0].x) { return; }
    if (mode == 0u) {
      y[i] = value(a[i], b[i]);
    } else if (mode == 1u) {
      y[i] = value(a[i], bitcast<f32>(u[0].z));
    } else if (mode == 2u) {
      y[i] = value(bitcast<f32>(u[0].z), b[i]);
    } else {
      var rest = i;
      var at_a = 0u;
      var at_b = 0u;
      for (var d = u[0].y; d > 0u; d--) {
        let size = u[1u + (d - 1u) / 4u][(d - 1u) % 4u];
        let position = rest % size;
        rest /= size;
        at_a += position * u[3u + (d - 1u) / 4u][(d - 1u) % 4u];
        at_b += position * u[5u + (d - 1u) / 4u][(d - 1u) % 4u];
      }
      y[i] = value(a[at_a], b[at_b]);
    }
  }
}
