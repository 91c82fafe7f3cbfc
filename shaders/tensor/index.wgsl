// What the tensor kernels share. A workgroup of 64 threads owns 256 values; groups lie in two dimensions when there are many.
import package::lib::nan::is_nan as is_nan_one;

// With `wide` a value is four neighbours at once.
@if(wide) alias V = vec4f;
@if(!wide) alias V = f32;
@if(wide) alias Truth = vec4<bool>;
@if(!wide) alias Truth = bool;

const PER_GROUP = 256u;
const THREADS = 64u;

fn group_index(id: vec3u, count: vec3u) -> u32 { return id.x + id.y * count.x; }

fn infinity() -> f32 {
  var bits = 0x7f800000u;
  return bitcast<f32>(bits);
}

// By bits, as is_nan.
fn is_finite(v: f32) -> bool { return (bitcast<u32>(v) & 0x7f800000u) != 0x7f800000u; }

fn not_a_number() -> f32 {
  var bits = 0x7fc00000u;
  return bitcast<f32>(bits);
}

// By its bits: a compiler may take for granted that there is no NaN, and drop `v != v`.
@if(wide) fn is_nan(v: vec4f) -> Truth { return (bitcast<vec4u>(v) & vec4u(0x7fffffffu)) > vec4u(0x7f800000u); }
@if(!wide) fn is_nan(v: f32) -> Truth { return is_nan_one(v); }

// What max() and min() make of NaN is left to the device; here it stays NaN.
fn greater_of(v: V, w: V) -> V { return select(max(v, w), V(not_a_number()), is_nan(v) | is_nan(w)); }
fn lesser_of(v: V, w: V) -> V { return select(min(v, w), V(not_a_number()), is_nan(v) | is_nan(w)); }
fn sign_of(v: V) -> V { return select(sign(v), v, is_nan(v)); }

// A negative base is fine where the exponent is whole, as in NumPy.
fn power(a: f32, b: f32) -> f32 {
  if (b == 0.0) { return 1.0; }
  if (is_nan_one(a) || is_nan_one(b)) { return not_a_number(); }
  if (b == 1.0) { return a; }
  if (b == 2.0) { return a * a; }
  if (b == 3.0) { return a * a * a; }
  if (b == -1.0) { return 1.0 / a; }
  if (a == 0.0) { return select(infinity(), 0.0, b > 0.0); }
  let size = pow(abs(a), b);
  if (a > 0.0) { return size; }
  if (b != floor(b)) { return not_a_number(); }
  return select(size, -size, abs(b) % 2.0 == 1.0);
}

// The angle of (x, y) in radians, −π to π; 0 of (0, 0). WGSL's own may be wrong by 5e-4; this is right to 3e-7 (Cephes, atanf).
fn angle_of(y: V, x: V) -> V {
  let across = abs(x);
  let down = abs(y);
  let most = max(across, down);
  let t = select(min(across, down) / most, V(0.0), most == V(0.0));
  let far = t > V(0.41421357);
  let r = select(t, (t - 1.0) / (t + 1.0), far);
  let z = r * r;
  let near = ((((8.0537445e-2 * z) - 0.13877685) * z + 0.1997771) * z - 0.3333295) * z * r + r;
  let eighth = select(near, near + 0.78539816, far);
  let quarter = select(eighth, 1.5707964 - eighth, down > across);
  let half = select(quarter, 3.1415927 - quarter, x < V(0.0));
  return select(select(half, -half, y < V(0.0)), x + y, is_nan(x) | is_nan(y));
}

// sin(x + turns · 90 degrees). WGSL's own may be wrong by 5e-4; this is right to 1e-7 for |x| up to some thousands.
fn precise_sin(x: V, turns: f32) -> V {
  let quarter = round(x * 0.63661977);
  let r = ((x - quarter * 1.5703125) - quarter * 4.8375129e-4) - quarter * 7.5497899e-8;
  let z = r * r;
  let sine = r + r * z * (z * (z * -1.9515296e-4 + 8.3321609e-3) - 0.16666655);
  let cosine = 1.0 - 0.5 * z + z * z * (z * (z * 2.4433157e-5 - 1.3887316e-3) + 4.1666646e-2);
  let at = quarter + turns;
  let odd = at - 2.0 * floor(at * 0.5);
  let half = floor(at * 0.5) - 2.0 * floor(at * 0.25);
  return select(sine, cosine, odd > V(0.5)) * (1.0 - 2.0 * half);
}

fn safe_sin(x: V) -> V { return precise_sin(x, 0.0); }
fn safe_cos(x: V) -> V { return precise_sin(x, 1.0); }

@if(wide) fn powers(a: vec4f, b: vec4f) -> vec4f {
  return vec4f(power(a.x, b.x), power(a.y, b.y), power(a.z, b.z), power(a.w, b.w));
}
@if(!wide) fn powers(a: f32, b: f32) -> f32 { return power(a, b); }

fn logistic(x: V) -> V {
  let e = exp(-abs(x));
  return select(select(e, V(1.0), x >= V(0.0)) / (1.0 + e), x, is_nan(x));
}

fn natural_log(x: V) -> V {
  let outside = select(V(not_a_number()), V(-infinity()), x == V(0.0));
  return select(outside, log(x), x > V(0.0));
}

// e^x − 1. Near 0 by its series: of the difference little would be left.
fn exp_less_1(x: V) -> V {
  let tail = 1.0 + x / 5.0 * (1.0 + x / 6.0 * (1.0 + x / 7.0 * (1.0 + x / 8.0)));
  let series = x * (1.0 + x * 0.5 * (1.0 + x / 3.0 * (1.0 + x * 0.25 * tail)));
  return select(exp(x) - 1.0, series, abs(x) < V(0.5));
}

// ln(1 + x). Near 0 by the series of 2 artanh s, s = x / (2 + x): 1 + x has lost most of x.
fn log_plus_1(x: V) -> V {
  let s = x / (2.0 + x);
  let z = s * s;
  let tail = 1.0 / 7.0 + z * (1.0 / 9.0 + z * (1.0 / 11.0 + z * (1.0 / 13.0)));
  let series = 2.0 * s * (1.0 + z * (1.0 / 3.0 + z * (0.2 + z * tail)));
  return select(natural_log(1.0 + x), series, (x > V(-0.5)) & (x < V(1.0)));
}

// An index along an axis, or its size where the number is none: NaN, not whole, or outside.
fn place_of(v: f32, size: u32) -> u32 {
  if (is_nan_one(v) || v < 0.0 || v >= f32(size) || floor(v) != v) { return size; }
  return u32(v);
}
