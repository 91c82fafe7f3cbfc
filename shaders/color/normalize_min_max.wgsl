// y = min + (max − min) · (x − low) / (high − low + 10⁻⁶), low and high being the extremes of the channel
import package::lib::statistic::Range;

struct Params { min: f32, max: f32 }

const LITTLE: f32 = 1e-6;

fn measure(x: vec3f, p: Params) -> vec3f { return x; }

fn measure_backward(x: vec3f, p: Params, gm: vec3f, gp: ptr<function, Params>) -> vec3f { return gm; }

fn forward(x: vec3f, p: Params, s: Range) -> vec3f {
  return p.min + (p.max - p.min) * ((x - s.low) / (s.high - s.low + LITTLE));
}

// With t = (x − low) / d and a = (max − min) / d:  gx = g a;  dlow = Σ g a (t − 1);  dhigh = −Σ g a t;  dmin = Σ g (1 − t);  dmax = Σ g t
fn backward(x: vec3f, p: Params, s: Range, gy: vec3f, gp: ptr<function, Params>, gm: ptr<function, Range>) -> vec3f {
  let d = s.high - s.low + LITTLE;
  let t = (x - s.low) / d;
  let g = gy * ((p.max - p.min) / d);
  (*gm).low += g * (t - 1.0);
  (*gm).high -= g * t;
  (*gp).min += dot(gy, 1.0 - t);
  (*gp).max += dot(gy, t);
  return g;
}
