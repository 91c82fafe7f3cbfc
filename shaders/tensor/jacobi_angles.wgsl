// Cosine and sine of the turn that makes the entry of each pair 0.
import package::tensor::index::THREADS;
import package::tensor::jacobi::{ Round, pair_of };

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read_write> turns: array<f32>;
@group(0) @binding(2) var<uniform> r: Round;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let k = global.x + global.y * groups.x * THREADS;
  if (k >= r.players / 2u) { return; }
  let pair = pair_of(k, r);
  let q = min(pair.y, r.size - 1u);
  let beside = select(0.0, a[pair.x * r.size + q], pair.y < r.size);
  let tau = 0.5 * (a[q * r.size + q] - a[pair.x * r.size + pair.x]) / beside;
  let size = 1.0 / (abs(tau) + sqrt(1.0 + tau * tau));
  // What is next to nothing is left alone: tau would be infinite.
  let t = select(select(size, -size, tau < 0.0), 0.0, abs(beside) < 1e-30);
  let c = 1.0 / sqrt(1.0 + t * t);
  turns[2u * k] = c;
  turns[2u * k + 1u] = t * c;
}
