// y: the quantile of a beta distribution, or the logarithm of the density there, and its derivatives in a and b; one thread each.
//
// I_x(a, b) = xᵃ (1 − x)ᵇ S / (a B(a, b)) with a continued fraction S (DLMF 8.17.22), which converges fast up to
// x = (a + 1) / (a + b + 2); beyond, it is 1 − I_{1−x}(b, a). Newton's steps in w = ln x solve ln I = ln u, whose slope is a / ((1 − x) S).
// dx / da = −x (∂ ln I / ∂a) / slope, and so in b; those of S are taken along with it.
import package::lib::logarithm::{ log_beside_one, precise_log };
import package::lib::nan::is_nan;
import package::tensor::index::{ THREADS, not_a_number };

// The density: where the quantile stays what it is.
override density: bool = false;

@group(0) @binding(0) var<storage, read> below: array<f32>;
@group(0) @binding(1) var<storage, read> above: array<f32>;
@group(0) @binding(2) var<storage, read> first: array<f32>;
@group(0) @binding(3) var<storage, read> second: array<f32>;
// [3][n]
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
// [0] n, components; [1] 1 for each of a and b that has a value for each component
@group(0) @binding(5) var<uniform> u: array<vec4u, 2>;

const LEAST = 1e-2;
const MOST = 1e4;

// 1 − eʷ, w ≤ 0, to the last bits near 0.
fn one_less_exp(w: f32) -> f32 {
  if (w < -0.4) { return 1.0 - exp(w); }
  return -w * (1.0 + w * (0.5 + w * (0.16666667 + w * (0.041666668 + w * (0.0083333338 + w * (0.0013888889 + w * 1.9841270e-4))))));
}

// What Stirling's formula lacks of ln Γ(z), z ≥ 8.
fn correction(z: f32) -> f32 {
  let r = 1.0 / (z * z);
  return (0.083333336 + r * (-0.0027777778 + r * 7.9365080e-4)) / z;
}

// ln Γ(z + s) − ln Γ(z), in proportion to s where that is small.
fn log_rise(z: f32, s: f32) -> f32 {
  var shift = 0.0;
  var start = z;
  for (; start < 8.0; start += 1.0) { shift += log_beside_one(s / start); }
  let end = start + s;
  return (start - 0.5) * log_beside_one(s / start) + s * log(end) - s + correction(end) - correction(start) - shift;
}

// ψ(z) − ln z, ψ being the digamma function, for z ≥ 8.
fn digamma_rest(z: f32) -> f32 {
  let r = 1.0 / (z * z);
  return -0.5 / z - r * (0.083333336 - r * (0.0083333338 - r * 0.0039682540));
}

fn digamma(z: f32) -> f32 {
  var shift = 0.0;
  var at = z;
  for (; at < 8.0; at += 1.0) { shift += 1.0 / at; }
  return precise_log(at) + digamma_rest(at) - shift;
}

struct Shares { a: f32, b: f32, constant: f32, most: f32 }

// constant: ln(a B(a, b)), which is in proportion to a where that is small.
fn shares_of(a: f32, b: f32) -> Shares {
  let s = min(a, b);
  let l = max(a, b);
  return Shares(a, b, log_rise(1.0, s) - log_rise(l, s) + precise_log(a / s), precise_log((a + 1.0) / (a + b + 2.0)));
}

fn both_large(at: Shares) -> bool { return min(at.a, at.b) >= 8.0; }

// ln x and ln(1 − x), less those of the means a / (a + b) and b / (a + b).
fn logs_beside_means(at: Shares, w: f32) -> vec2f {
  let over = exp(w) * at.b - one_less_exp(w) * at.a;
  return vec2f(log_beside_one(over / at.a), log_beside_one(-over / at.b));
}

// ln(xᵃ (1 − x)ᵇ / (a B(a, b))). Where both are large, the logarithms are those of x and 1 − x over their means: the rest is small.
fn log_front(at: Shares, w: f32) -> f32 {
  let a = at.a;
  let b = at.b;
  if (!both_large(at)) { return a * w + b * precise_log(one_less_exp(w)) - at.constant; }
  let c = a + b;
  let rest = 0.5 * precise_log(b / c / a / 6.283185307179586) - (correction(a) + correction(b) - correction(c));
  return dot(vec2f(a, b), logs_beside_means(at, w)) + rest;
}

fn levels(at: Shares) -> f32 { return 10.0 + ceil(2.0 * sqrt(max(at.a, at.b))); }

fn fraction(at: Shares, x: f32) -> f32 {
  let a = at.a;
  let b = at.b;
  var rest = 1.0;
  for (var m = levels(at); m > 0.0; m -= 1.0) {
    let i = a + 2.0 * (m - 1.0);
    let j = i + 1.0;
    let k = i + 2.0;
    rest = 1.0 + m / j * ((b - m) / k) * x / rest;
    rest = 1.0 - (a + (m - 1.0)) / i * ((a + b + (m - 1.0)) / j) * x / rest;
  }
  return 1.0 / rest;
}

// The derivatives of ln S in a and b.
fn fraction_slopes(at: Shares, x: f32) -> vec2f {
  let a = at.a;
  let b = at.b;
  var rest = 1.0;
  var slopes = vec2f(0.0);
  for (var m = levels(at); m > 0.0; m -= 1.0) {
    let i = a + 2.0 * (m - 1.0);
    let j = i + 1.0;
    let k = i + 2.0;
    let even = m / j * ((b - m) / k) * x;
    let by_even = vec2f(-even * (1.0 / j + 1.0 / k), m / j / k * x);
    slopes = (by_even - even / rest * slopes) / rest;
    rest = 1.0 + even / rest;
    let sum = a + b + (m - 1.0);
    let odd = -(a + (m - 1.0)) / i * (sum / j) * x;
    let by_odd = vec2f(
      -x * (sum / j * ((m - 1.0) / i) / i + (a + (m - 1.0)) / i * ((j - sum) / j) / j),
      -(a + (m - 1.0)) / i / j * x,
    );
    slopes = (by_odd - odd / rest * slopes) / rest;
    rest = 1.0 + odd / rest;
  }
  return -slopes / rest;
}

fn log_share(at: Shares, w: f32, sum: f32) -> f32 { return log_front(at, w) + precise_log(sum); }

// w with I_x(a, b) = p, and the slope of ln I there.
fn solve(at: Shares, p: f32) -> vec2f {
  let goal = precise_log(p);
  var w = at.most;
  var slope = 1.0;
  for (var i = 0u; i < 24u; i++) {
    let sum = fraction(at, exp(w));
    slope = at.a / (one_less_exp(w) * sum);
    let next = min(w + (goal - log_share(at, w, sum)) / slope, at.most);
    let still = abs(next - w) <= 1e-7 * abs(w);
    w = next;
    if (still) { break; }
  }
  return vec2f(w, slope);
}

// The derivatives of ln(xᵃ (1 − x)ᵇ / B(a, b)) in a and b.
fn front_slopes(at: Shares, w: f32) -> vec2f {
  let c = at.a + at.b;
  if (both_large(at)) {
    return logs_beside_means(at, w) + digamma_rest(c) - vec2f(digamma_rest(at.a), digamma_rest(at.b));
  }
  let own = digamma(at.a + 1.0) - 1.0 / at.a;
  return vec2f(w, precise_log(one_less_exp(w))) + digamma(c) - vec2f(own, digamma(at.b));
}

// x with I_x(a, b) = p, and its derivatives in a and b.
fn quantile(at: Shares, p: f32) -> vec3f {
  let found = solve(at, p);
  let x = exp(found.x);
  let by = front_slopes(at, found.x) - vec2f(1.0 / at.a, 0.0) + fraction_slopes(at, x);
  return vec3f(x, -by * x / found.y);
}

// The logarithm of the density there, and its derivatives in a and b.
fn log_density(at: Shares, p: f32) -> vec3f {
  let w = solve(at, p).x;
  let value = log_front(at, w) + precise_log(at.a) - w - precise_log(one_less_exp(w));
  return vec3f(value, front_slopes(at, w));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = global.x + global.y * groups.x * THREADS;
  let n = u[0].x;
  if (i >= n) { return; }
  let own = (i % u[0].y) * u[1].xy;
  let given = vec2f(first[own.x], second[own.y]);
  if (is_nan(given.x) || is_nan(given.y)) {
    for (var k = 0u; k < 3u; k++) { y[k * n + i] = not_a_number(); }
    return;
  }
  let shapes = clamp(given, vec2f(LEAST), vec2f(MOST));
  let lower = shares_of(shapes.x, shapes.y);
  let middle = exp(lower.most);
  let share = exp(log_share(lower, lower.most, fraction(lower, middle)));
  let up = below[i] > share;
  var at = lower;
  if (up) { at = shares_of(shapes.y, shapes.x); }
  let p = select(below[i], above[i], up);
  var found: vec3f;
  if (density) { found = log_density(at, p); } else { found = quantile(at, p); }
  if (up) {
    found = found.xzy;
    if (!density) { found = vec3f(1.0 - found.x, -found.yz); }
  }
  y[i] = found.x;
  y[n + i] = found.y;
  y[2u * n + i] = found.z;
}
