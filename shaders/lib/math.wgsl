// Functions with defined values where WGSL's own are undefined or differ between devices.
import package::lib::nan::is_nan3;

// g · v, and 0 where g is 0, even where v is infinite.
fn weighted(g: vec3f, v: vec3f) -> vec3f { return select(g * v, vec3f(0.0), g == vec3f(0.0)); }

// max(x, 0)^e, with 0^e = 0 for e > 0 and 0^0 = 1. NaN stays NaN.
fn safe_pow(x: vec3f, e: f32) -> vec3f {
  let positive = pow(max(x, vec3f(1e-37)), vec3f(e));
  let at_zero = select(0.0, 1.0, e == 0.0);
  let value = select(vec3f(at_zero), positive, x > vec3f(0.0));
  return select(value, x + e, is_nan3(x + e));
}

// ln x, and 0 where x <= 0: it is always multiplied by a power of x that vanishes there.
fn safe_log(x: vec3f) -> vec3f { return select(vec3f(0.0), log(max(x, vec3f(1e-37))), x > vec3f(0.0)); }

// Cosine and sine of an angle in degrees, exact at multiples of 90. The reduction leaves |r| <= 45 degrees,
// where the two polynomials are good to a unit in the last place.
fn cos_sin(degrees: f32) -> vec2f {
  let quarter = round(degrees / 90.0);
  let r = (degrees - quarter * 90.0) * 0.017453292519943295;
  let r2 = r * r;
  let s = r + r * r2 * (-0.16666666641626524 + r2 * (0.008333329385889463 + r2 * (-0.00019839334836096632 + r2 * 2.718311493989822e-6)));
  let c = 1.0 + r2 * (-0.49999999725108224 + r2 * (0.041666623324344516 + r2 * (-0.001388676377460993 + r2 * 2.439044879627741e-5)));
  let turn = i32(quarter) & 3;
  let odd = (turn & 1) == 1;
  let swapped = select(vec2f(c, s), vec2f(s, c), odd);
  return select(vec2f(1.0), vec2f(-1.0), vec2<bool>(turn == 1 || turn == 2, turn >= 2)) * swapped;
}

const RADIANS_PER_DEGREE: f32 = 0.017453292519943295;

// Tangent of an angle in degrees.
fn tan_degrees(degrees: f32) -> f32 {
  let cs = cos_sin(degrees);
  return cs.y / cs.x;
}
