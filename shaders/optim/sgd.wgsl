// v = momentum v + sign g;  x = x - rate v. rates: rate, momentum, sign (-1 to maximise)

@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> velocity: array<f32>;
@group(0) @binding(3) var<storage, read> rates: array<f32>;
@group(0) @binding(4) var<uniform> count: vec4u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var i = id.x; i < count.x; i += groups.x * 64u) {
    let v = rates[1] * velocity[i] + rates[2] * gradient[i];
    velocity[i] = v;
    x[i] = x[i] - rates[0] * v;
  }
}
