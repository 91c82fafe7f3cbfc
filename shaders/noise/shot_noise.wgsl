// y = k / scale, k being a count of the mean scale · x, as photons have it: by Poisson's distribution up to a mean of 16, and beyond, where
// it is nearly normal, the nearest whole number to m + √m z + (z² − 1) / 6. Where x < 0 nothing is counted.
import package::lib::cheap::within3;
import package::lib::draw::{ Draw, normal_own, uniform_own };
import package::lib::nan::{ is_nan3, unless_nan };

struct Params { scale: f32, estimator: f32 }

const FEW: f32 = 16.0;
// A count of the mean 16 is larger once in 10⁸ times; a uniform number has 21 bits.
const MOST: f32 = 48.0;

// The first k at which the sum of e⁻ᵐ mⁱ / i! up to i = k is larger than u, for three channels.
fn counted(m: vec3f, u: vec3f) -> vec3f {
  let mean = within3(m, vec3f(0.0), vec3f(FEW));
  var part = exp(-mean);
  var sum = part;
  var k = vec3f(0.0);
  var i = 0.0;
  loop {
    k += select(vec3f(0.0), vec3f(1.0), u >= sum);
    i += 1.0;
    part *= mean / i;
    sum += part;
    continuing { break if i >= MOST || !any(u >= sum); }
  }
  return k;
}

fn forward(x: vec3f, p: Params, few: Draw, many: Draw) -> vec3f {
  let m = p.scale * x;
  let z = normal_own(many);
  let large = within3(m, vec3f(FEW), vec3f(1e30));
  let normal = floor(large + sqrt(large) * z + (z * z - 1.0) * (1.0 / 6.0) + 0.5);
  let k = select(counted(m, uniform_own(few)), normal, m > vec3f(FEW));
  let y = k / p.scale;
  return unless_nan(select(y, x, is_nan3(x)), p.scale);
}

// By the estimator `straightThrough` (0): the mean of y is x, and its distance from there goes with 1 / √scale, so that gx = g and
// dscale = −Σ g · (y − x) / (2 scale).
fn backward(x: vec3f, p: Params, few: Draw, many: Draw, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let passes = p.estimator == 0.0;
  let away = select(forward(x, p, few, many) - x, vec3f(0.0), x < vec3f(0.0));
  (*gp).scale -= select(0.0, dot(gy, away) * 0.5 / p.scale, passes);
  return select(vec3f(0.0), gy, vec3<bool>(passes) & !(x < vec3f(0.0)));
}
