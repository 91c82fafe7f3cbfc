// One where u < p, else zero. `shape`: how many values, and how many components p has (1, or as many as a row of u).

@group(0) @binding(0) var<storage, read> u: array<f32>;
@group(0) @binding(1) var<storage, read> p: array<f32>;
@group(0) @binding(2) var<storage, read_write> side: array<f32>;
@group(0) @binding(3) var<uniform> shape: vec4u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var i = id.x; i < shape.x; i += groups.x * 64u) {
    side[i] = select(0.0, 1.0, u[i] < p[i % shape.y]);
  }
}
