// Cross entropy of rows of logits: loss = -sum over k of t_k log p_k, with p = softmax(x) and targets t that sum to any total.
// A thread owns a row. The greatest logit is taken off before exp, so that nothing overflows.
import package::tensor::index::{ THREADS, place_of, not_a_number, is_finite, greater_of };

// 0: the loss; 1: its gradient in x, g (p_k sum(t) - t_k); 2: its gradient in soft targets, -g (1 - smoothing) log p_k
override op: u32 = 0u;
// Whether targets are shares of every class, not the index of one
override soft: bool = false;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> targets: array<f32>;
@group(0) @binding(2) var<storage, read> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
// [0] rows, classes, values from one class to the next, 1 where g has a value for each row; [1] smoothing, factor of g
@group(0) @binding(4) var<uniform> u: array<vec4u, 2>;

// The target of class k, smoothed.
fn share(k: u32, label: u32, at: u32) -> f32 {
  let smoothing = bitcast<f32>(u[1].x);
  var t = select(0.0, 1.0, k == label);
  if (soft) { t = targets[at]; }
  return (1.0 - smoothing) * t + smoothing / f32(u[0].y);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = global.x + global.y * groups.x * THREADS;
  if (row >= u[0].x) { return; }
  let classes = u[0].y;
  let step = u[0].z;
  let start = (row / step) * classes * step + row % step;
  let end = start + classes * step;
  var label = classes;
  if (!soft) { label = place_of(targets[row], classes); }
  var greatest = x[start];
  for (var at = start + step; at < end; at += step) { greatest = greater_of(greatest, x[at]); }
  let wrong = !is_finite(greatest) || (!soft && label == classes);
  var powers = 0.0;
  for (var at = start; at < end; at += step) { powers += exp(x[at] - greatest); }
  let log_powers = log(powers);

  var loss = 0.0;
  var total = 0.0;
  for (var k = 0u; k < classes; k++) {
    let at = start + k * step;
    let t = share(k, label, at);
    total += t;
    // A class of share 0 counts nothing, even where its logit is -infinity.
    if (t != 0.0) { loss -= t * (x[at] - greatest - log_powers); }
  }
  if (op == 0u) {
    y[row] = select(loss, not_a_number(), wrong);
    return;
  }
  let flowing = g[row * u[0].w] * bitcast<f32>(u[1].y);
  for (var k = 0u; k < classes; k++) {
    let at = start + k * step;
    let log_p = x[at] - greatest - log_powers;
    var gradient = flowing * (exp(log_p) * total - share(k, label, at));
    if (op == 2u) { gradient = -flowing * (1.0 - bitcast<f32>(u[1].x)) * log_p; }
    y[at] = select(gradient, not_a_number(), wrong);
  }
}
