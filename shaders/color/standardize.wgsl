// y = (x − mean) / √(variance + 10⁻⁵), of each channel
import package::lib::statistic::Moments;

struct Params { none: f32 }

const LITTLE: f32 = 1e-5;

fn measure(x: vec3f, p: Params) -> vec3f { return x; }

fn measure_backward(x: vec3f, p: Params, gm: vec3f, gp: ptr<function, Params>) -> vec3f { return gm; }

fn forward(x: vec3f, p: Params, s: Moments) -> vec3f { return (x - s.mean) / sqrt(s.variance + LITTLE); }

// With d the root:  gx = g / d;  dmean = −Σ g / d;  dvariance = −½ Σ g (x − mean) / d³
fn backward(x: vec3f, p: Params, s: Moments, gy: vec3f, gp: ptr<function, Params>, gm: ptr<function, Moments>) -> vec3f {
  let d = sqrt(s.variance + LITTLE);
  let g = gy / d;
  (*gm).mean -= g;
  (*gm).variance -= 0.5 * g * ((x - s.mean) / (d * d));
  return g;
}
