// m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;  x = x - rate (m / c1) / (sqrt(v / c2) + epsilon)
// rates: rate / c1, b1, 1 - b1, b2, 1 - b2, 1 / sqrt(c2), epsilon, with the corrections c1 = 1 - b1^t and c2 = 1 - b2^t.
// To maximise, g has the other sign: 1 - b1 is negative then.
// moments: m of every value, then v of every value.

@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> moments: array<f32>;
@group(0) @binding(3) var<storage, read> rates: array<f32>;
@group(0) @binding(4) var<uniform> count: vec4u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var i = id.x; i < count.x; i += groups.x * 64u) {
    let g = gradient[i];
    let m = rates[1] * moments[i] + rates[2] * g;
    let v = rates[3] * moments[count.x + i] + rates[4] * g * g;
    moments[i] = m;
    moments[count.x + i] = v;
    x[i] = x[i] - rates[0] * m / (sqrt(v) * rates[5] + rates[6]);
  }
}
