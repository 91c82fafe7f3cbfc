// y = ⌊255 x / s⌋ · s / 255, s being 2^(8 − bits): the upper `bits` of eight are kept; 8 keep the image, 0 make it black
import package::lib::nan::unless_nan;

struct Params { bits: f32, estimator: f32, softness: f32 }

// 255 x / s. What was stored in eight bits is a whole number but for rounding: a little more keeps it on its level.
fn level(x: vec3f, p: Params) -> vec3f { return (255.0 * x + 6.103515625e-5) * exact_power(p.bits - 8.0); }

// 2ᵉ for whole numbers e, from its bits: exp2() is not exact.
fn exact_power(e: f32) -> f32 { return bitcast<f32>((i32(e) + 127) << 23u); }

fn forward(x: vec3f, p: Params) -> vec3f {
  let kept = floor(level(x, p)) * (exact_power(8.0 - p.bits) / 255.0);
  return unless_nan(select(select(kept, vec3f(0.0), p.bits < 0.5), x, p.bits > 7.5), p.bits);
}

// The gradient of ⌊t⌋, t being the level, by estimator:
// straightThrough (0): 1
// soft (1): that of n − ½ + tanh((t − n) / 2k) / (2 tanh(1 / 4k)), n being the whole number next to t, k the softness
// none (2): 0
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  var slope = vec3f(1.0);
  if (p.estimator == 1.0) {
    let t = level(x, p);
    let h = tanh((t - round(t)) / (2.0 * p.softness));
    slope = (1.0 - h * h) / (4.0 * p.softness * tanh(0.25 / p.softness));
  } else if (p.estimator == 2.0) {
    slope = vec3f(0.0);
  }
  return select(select(gy * slope, vec3f(0.0), p.bits < 0.5), gy, p.bits > 7.5);
}
