// y[i] = op(x[i]); `number` and `number2` are the bounds of clamp.
import package::tensor::index::{
  V, PER_GROUP, THREADS, group_index, natural_log, safe_sin, safe_cos, logistic, is_nan, exp_less_1, log_plus_1,
};

override op: u32 = 0u;

@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read_write> y: array<V>;
// n, -, number, number2
@group(0) @binding(2) var<uniform> u: vec4u;

fn value(v: V) -> V {
  switch (op) {
    case 0u: { return -v; }
    case 1u: { return exp(v); }
    case 2u: { return natural_log(v); }
    case 3u: { return sqrt(v); }
    case 4u: { return v * v; }
    case 5u: { return abs(v); }
    case 6u: { return safe_sin(v); }
    case 7u: { return safe_cos(v); }
    case 8u: { return tanh(clamp(v, V(-15.0), V(15.0))); }
    case 9u: { return logistic(v); }
    case 10u: { return max(v, V(0.0)); }
    case 11u: { return max(v, V(0.0)) + log(1.0 + exp(-abs(v))); }
    case 12u: { return min(max(v, V(bitcast<f32>(u.z))), V(bitcast<f32>(u.w))); }
    case 13u: { return sign(v); }
    case 14u: { return exp_less_1(v); }
    case 15u: { return log_plus_1(v); }
    case 16u: { return floor(v); }
    default: { return v; }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let base = group_index(id, groups) * PER_GROUP + local;
  for (var k = 0u; k < PER_GROUP; k += THREADS) {
    let i = base + k;
    if (i >= u.x) { return; }
    let v = x[i];
    // What exp, max and others make of NaN is left to the device: exp gives infinity on SwiftShader.
    y[i] = select(value(v), v, is_nan(v));
  }
}
