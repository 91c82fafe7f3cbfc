// y: the quantile of a normal distribution that is cut off, or the logarithm of the density there, and its derivatives in mean, std, lo
// and hi; one thread each.
//
// By a reflection the place lies at z = max(lo, 0) + d on the right, d ≥ 0. M being Mills' ratio, d solves
// −d (a + d / 2) + ln M(a + d) / M(a) = ln Q(z) / Q(a), a = max(lo, 0): Q itself would underflow. With u below and v = 1 − u above,
// F(z; lo, hi) = u gives dz / dlo = v φ(lo) / φ(z) and dz / dhi = u φ(hi) / φ(z).
//
// The density is exp(−z² / 2) over its integral I between the ends; with means over what is drawn, d ln / dmean = (z − E z) / std and
// d ln / dstd = (z² − E z²) / std. All are taken from the end a, or from 0 where that lies between: so narrow ranges keep their digits.
import package::lib::logarithm::precise_log;
import package::lib::nan::is_nan;
import package::tensor::index::{ THREADS, not_a_number };

// The density: where the quantile stays what it is.
override density: bool = false;

@group(0) @binding(0) var<storage, read> below: array<f32>;
@group(0) @binding(1) var<storage, read> above: array<f32>;
@group(0) @binding(2) var<storage, read> means: array<f32>;
@group(0) @binding(3) var<storage, read> stds: array<f32>;
@group(0) @binding(4) var<storage, read> los: array<f32>;
@group(0) @binding(5) var<storage, read> his: array<f32>;
// [5][n]
@group(0) @binding(6) var<storage, read_write> y: array<f32>;
// [0] n, components; [1] 1 for each bound that has a value for each component
@group(0) @binding(7) var<uniform> u: array<vec4u, 2>;

// What lies above z ≥ 0 over the density there: a polynomial, good to 1e-8, then Laplace's continued fraction.
fn mills(z: f32) -> f32 {
  if (z < 1.0) {
    let far = -0.06631440669298172 + z * (0.025265129283070564 + z * (-0.008226492442190647 + z * (0.0019837438594549894 - z * 0.0002521963615436107)));
    return 1.2533141374588013 + z * (-0.9999999403953552 + z * (0.6266559958457947 + z * (-0.33331966400146484 + z * (0.15657323598861694 + z * far))));
  }
  var rest = z;
  for (var n = 8.0 + ceil(80.0 / (z * z)); n > 0.0; n -= 1.0) { rest = z + n / rest; }
  return 1.0 / rest;
}

// The share above z, of which there is next to nothing far out.
fn share_above(z: f32) -> f32 {
  let size = abs(z);
  let tail = mills(size) * exp(-0.5 * size * size) * 0.3989422804014327;
  return select(tail, 1.0 - tail, z < 0.0);
}

// Newton's steps from beyond, where the left is concave.
fn solve(a: f32, goal: f32) -> f32 {
  let start = mills(a);
  var d = min(-2.0 * goal / max(a + sqrt(a * a - 2.0 * goal), 1e-30), -goal * start);
  for (var i = 0u; i < 8u; i++) {
    let m = mills(a + d);
    d = max(d + m * (precise_log(m / start) - d * (a + 0.5 * d) - goal), 0.0);
  }
  return d;
}

// Nodes and weights of Gauss and Legendre's rule of 16 on −1..1: those on the right.
const NODES = array<vec2f, 8>(
  vec2f(0.095012509837637441, 0.18945061045506864),
  vec2f(0.28160355077925892, 0.18260341504492364),
  vec2f(0.45801677765722737, 0.16915651939500265),
  vec2f(0.61787624440264377, 0.14959598881657671),
  vec2f(0.755404408355003, 0.12462897125553407),
  vec2f(0.86563120238783176, 0.095158511682492605),
  vec2f(0.9445750230732326, 0.062253523938647456),
  vec2f(0.98940093499164994, 0.027152459411754176),
);

// The integrals of e, t e and (t² + 2 s t) e over 0..w, e = exp(−s t − t² / 2), s ≥ 0; beyond exp(−20) nothing counts.
fn moments(s: f32, w: f32) -> vec3f {
  let half = 0.5 * min(w, 40.0 / (s + sqrt(s * s + 40.0)));
  var sum = vec3f(0.0);
  for (var k = 0u; k < 8u; k++) {
    let node = NODES[k];
    for (var side = -1.0; side < 2.0; side += 2.0) {
      let t = half * (1.0 + side * node.x);
      let power = t * (s + 0.5 * t);
      sum += node.y * exp(-power) * vec3f(1.0, t, 2.0 * power);
    }
  }
  return half * sum;
}

// The same between both ends, where a lies at `start`, or at 0 where that is between them.
fn all_moments(start: f32, end: f32, wide: f32) -> vec3f {
  if (start >= 0.0) { return moments(start, wide); }
  return moments(0.0, end) + vec3f(1.0, -1.0, 1.0) * moments(0.0, -start);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = global.x + global.y * groups.x * THREADS;
  let n = u[0].x;
  if (i >= n) { return; }
  let at = (i % u[0].y) * u[1];
  let mean = means[at.x];
  let given = stds[at.y];
  let ends = vec2f(los[at.z], his[at.w]);
  if (is_nan(mean + given + ends.x + ends.y)) {
    for (var k = 0u; k < 5u; k++) { y[k * n + i] = not_a_number(); }
    return;
  }
  // Ends that changed places, and the left of the curve seen start behind.
  let crossed = ends.x > ends.y;
  let lo = min(ends.x, ends.y);
  let hi = max(ends.x, ends.y);
  let reach = max(abs(lo - mean), abs(hi - mean));
  let deviation = max(abs(given), max(1e-6 * reach, 1e-30));
  var p = select(below[i], above[i], crossed);
  var q = select(above[i], below[i], crossed);
  var start = (lo - mean) / deviation;
  var end = (hi - mean) / deviation;
  var right = q * share_above(start) + p * share_above(end);
  let left = q * share_above(-start) + p * share_above(-end);
  let behind = left < right;
  if (behind) {
    let swapped = vec2f(-end, -start);
    start = swapped.x;
    end = swapped.y;
    right = left;
    let turned = vec2f(q, p);
    p = turned.x;
    q = turned.y;
  }
  let wide = (hi - lo) / deviation;
  let a = max(start, 0.0);
  var goal = precise_log(2.0 * right);
  if (start > 0.0) { goal = precise_log(q + p * exp(-0.5 * wide * (end + start)) * mills(end) / mills(start)); }
  let d = solve(a, min(goal, 0.0));
  let z = a + d;
  let outward = select(1.0, -1.0, behind);
  let upright = select(1.0, -1.0, given < 0.0);
  if (density) {
    let all = all_moments(start, end, wide);
    let power = d * (a + 0.5 * d);
    y[i] = -power - precise_log(deviation) - precise_log(all.x);
    y[n + i] = outward * (d - all.y / all.x) / deviation;
    y[2u * n + i] = upright * (2.0 * power - all.z / all.x) / deviation;
    // Where the ends move, that is not all.
    y[3u * n + i] = not_a_number();
    y[4u * n + i] = not_a_number();
    return;
  }
  let edge = select(lo, hi, behind);
  let place = select(mean + outward * deviation * z, edge + outward * deviation * d, start > 0.0);
  // Powers of e: half the squares of z less those of the ends.
  let near = select(0.5 * (z - start) * (z + start), d * (a + 0.5 * d), start > 0.0);
  let beyond = select(z - end, d - wide, start > 0.0);
  let of_near = q * exp(near);
  let of_far = p * exp(0.5 * beyond * (z + end));
  let of_lo = select(of_near, of_far, behind);
  let of_hi = select(of_far, of_near, behind);
  y[i] = clamp(place, lo, hi);
  y[n + i] = 1.0 - of_lo - of_hi;
  y[2u * n + i] = outward * (z - start * of_near - end * of_far) * upright;
  y[3u * n + i] = select(of_lo, of_hi, crossed);
  y[4u * n + i] = select(of_hi, of_lo, crossed);
}
