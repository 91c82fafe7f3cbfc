// y = op(a, b, c), by broadcasting; b and c may be numbers.
import package::tensor::index::{ PER_GROUP, THREADS, group_index, power, natural_log, is_finite, is_nan };

override op: u32 = 0u;

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read> c: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
// [0] n, rank, b as a number, c as a number; [1] whether b, c are numbers; [2..7] for each dimension its size, and the
// three strides; [8] where a, b, c, y start
@group(0) @binding(4) var<uniform> u: array<vec4u, 10>;

// v: a condition, or a gradient that flows back to the first of two operands (the second, where it says so)
fn value(v: f32, w: f32, z: f32) -> f32 {
  switch (op) {
    case 0u: { return select(z, w, v != 0.0); }
    // maximum and minimum: halves where both are equal, all where one is NaN, as in PyTorch
    case 1u: { return select(select(0.0, 0.5 * v, w == z), v, (w > z) | is_nan(w) | is_nan(z)); }
    case 2u: { return select(select(0.0, 0.5 * v, w == z), v, (w < z) | is_nan(w) | is_nan(z)); }
    // a / b, in b
    case 3u: { return -v * w / (z * z); }
    // a ^ b, in a
    case 4u: {
      if (z == 0.0) { return 0.0; }
      return v * z * power(w, z - 1.0);
    }
    // a ^ b, in b
    case 5u: {
      if (w == 0.0 && z >= 0.0) { return 0.0; }
      return v * power(w, z) * natural_log(w);
    }
    // a share v of w and the rest of z; at 0 and at 1 one of them, whatever the other is
    case 6u: {
      if (v <= 0.0 || w == z) { return z; }
      return select(v * w + (1.0 - v) * z, w, v >= 1.0);
    }
    // … in the share: what is not finite has no part in it
    case 7u: { return select(0.0, v * (w - z), v != 0.0 && is_finite(w - z)); }
    // w, but 0 where v leaves it out
    case 8u: { return select(w, z, v <= 0.0); }
    // atan2(a, b), in a; in b it is the same of (b, a), with the other sign
    case 9u: { return v * z / (w * w + z * z); }
    default: { return v; }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let base = group_index(id, groups) * PER_GROUP + local;
  for (var k = 0u; k < PER_GROUP; k += THREADS) {
    let i = base + k;
    if (i >= u[0].x) { return; }
    var rest = i;
    var at = u[8].xyz;
    for (var d = u[0].y; d > 0u; d--) {
      let dimension = u[d + 1u];
      at += (rest % dimension.x) * dimension.yzw;
      rest /= dimension.x;
    }
    let w = select(b[at.y], bitcast<f32>(u[0].z), u[1].x == 1u);
    let z = select(c[at.z], bitcast<f32>(u[0].w), u[1].y == 1u);
    y[i + u[8].w] = value(a[at.x], w, z);
  }
}
