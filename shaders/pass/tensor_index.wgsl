// What the tensor kernels share. A workgroup of 64 threads owns 256 values; groups lie in two dimensions when there are many.

const PER_GROUP = 256u;
const THREADS = 64u;

fn group_index(id: vec3u, count: vec3u) -> u32 { return id.x + id.y * count.x; }

fn infinity() -> f32 {
  var bits = 0x7f800000u;
  return bitcast<f32>(bits);
}

fn not_a_number() -> f32 {
  var bits = 0x7fc00000u;
  return bitcast<f32>(bits);
}

// A negative base is fine where the exponent is whole, as in NumPy.
fn power(a: f32, b: f32) -> f32 {
  if (b == 0.0) { return 1.0; }
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

// WGSL promises precision only within one turn.
fn within_turn(x: f32) -> f32 {
  let turns = round(x * 0.15915494);
  return fma(turns, 1.7484556e-7, fma(-turns, 6.2831855, x));
}

fn safe_sin(x: f32) -> f32 { return sin(within_turn(x)); }
fn safe_cos(x: f32) -> f32 { return cos(within_turn(x)); }

fn logistic(x: f32) -> f32 {
  let e = exp(-abs(x));
  return select(e, 1.0, x >= 0.0) / (1.0 + e);
}

fn natural_log(x: f32) -> f32 {
  if (x > 0.0) { return log(x); }
  return select(not_a_number(), -infinity(), x == 0.0);
}
