// y = op(a, b), by NumPy's broadcasting. From 32 on: the gradient a flows back through a function whose input or result is b.
import package::tensor::index::{
  V, PER_GROUP, THREADS, group_index, powers, safe_sin, safe_cos, logistic, greater_of, lesser_of, sign_of, is_nan, angle_of,
};

override op: u32 = 0u;
// 0: equal shapes; 1: b is a number; 2: a is a number; 3: b has one value; 4: a has one value; 5: broadcast
override mode: u32 = 0u;
// Broadcasting four at once: whether a (1), b (2) has one value for all four
override spread: u32 = 0u;

@group(0) @binding(0) var<storage, read> a: array<V>;
@group(0) @binding(1) var<storage, read> b: array<V>;
@group(0) @binding(2) var<storage, read_write> y: array<V>;
// [0] n, rank, number, number2; [1..6] for each dimension its size, stride of a, stride of b; [8] where a, b, y start, broadcasting
@group(0) @binding(3) var<uniform> u: array<vec4u, 9>;

fn value(v: V, w: V) -> V {
  switch (op) {
    case 0u: { return v + w; }
    case 1u: { return v - w; }
    case 2u: { return v * w; }
    case 3u: { return v / w; }
    case 4u: { return powers(v, w); }
    case 5u: { return greater_of(v, w); }
    case 6u: { return lesser_of(v, w); }
    case 7u: { return select(V(0.0), V(1.0), v > w); }
    case 8u: { return select(V(0.0), V(1.0), v >= w); }
    case 9u: { return select(V(0.0), V(1.0), v < w); }
    case 10u: { return select(V(0.0), V(1.0), v <= w); }
    case 11u: { return select(V(0.0), V(1.0), v == w); }
    case 12u: { return angle_of(v, w); }
    // of log and abs, sin, cos, relu, softplus, square, clamp, in their input
    case 32u: { return v / w; }
    case 33u: { return v * sign_of(w); }
    case 34u: { return v * safe_cos(w); }
    case 35u: { return -v * safe_sin(w); }
    case 36u: { return select(V(0.0), v, (w > V(0.0)) | is_nan(w)); }
    case 37u: { return v * logistic(w); }
    case 38u: { return 2.0 * v * w; }
    case 39u: { return select(select(V(0.0), v, w <= V(bitcast<f32>(u[0].w))), V(0.0), w < V(bitcast<f32>(u[0].z))); }
    // of sqrt, tanh, sigmoid, in their result
    case 48u: { return 0.5 * v / w; }
    case 49u: { return v * (1.0 - w * w); }
    case 50u: { return v * w * (1.0 - w); }
    default: { return v; }
  }
}

@if(wide) fn one(v: vec4f, i: u32) -> vec4f { return vec4f(v[i % 4u]); }
@if(!wide) fn one(v: f32, i: u32) -> f32 { return v; }

@if(wide) const WIDTH = 4u;
@if(!wide) const WIDTH = 1u;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let base = group_index(id, groups) * PER_GROUP + local;
  for (var k = 0u; k < PER_GROUP; k += THREADS) {
    let i = base + k;
    if (i >= u[0].x) { return; }
    if (mode == 0u) {
      y[i] = value(a[i], b[i]);
    } else if (mode == 1u) {
      y[i] = value(a[i], V(bitcast<f32>(u[0].z)));
    } else if (mode == 2u) {
      y[i] = value(V(bitcast<f32>(u[0].z)), b[i]);
    } else if (mode == 3u) {
      y[i] = value(a[i], one(b[0], 0u));
    } else if (mode == 4u) {
      y[i] = value(one(a[0], 0u), b[i]);
    } else {
      var rest = i * WIDTH;
      var at = u[8].xy;
      for (var d = u[0].y; d > 0u; d--) {
        let dimension = u[d];
        at += (rest % dimension.x) * dimension.yz;
        rest /= dimension.x;
      }
      var v = a[at.x / WIDTH];
      var w = b[at.y / WIDTH];
      if ((spread & 1u) != 0u) { v = one(v, at.x); }
      if ((spread & 2u) != 0u) { w = one(w, at.y); }
      y[i + u[8].z / WIDTH] = value(v, w);
    }
  }
}
