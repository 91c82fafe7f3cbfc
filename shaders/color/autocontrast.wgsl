// y = (x − low) / (high − low), low and high being the extremes of the channel; a flat channel stays as it is
import package::lib::clip::unit;
import package::lib::statistic::Range;

struct Params { none: f32 }

// Where two extremes differ by less, there is nothing to stretch.
const LEAST: f32 = 1e-37;

fn measure(x: vec3f, p: Params) -> vec3f { return x; }

fn measure_backward(x: vec3f, p: Params, gm: vec3f, gp: ptr<function, Params>) -> vec3f { return gm; }

fn has_spread(s: Range) -> vec3<bool> { return s.high - s.low > vec3f(LEAST); }

fn spread(s: Range) -> vec3f { return select(vec3f(1.0), s.high - s.low, has_spread(s)); }

fn forward(x: vec3f, p: Params, s: Range) -> vec3f { return select(x, unit((x - s.low) / spread(s)), has_spread(s)); }

// With d the spread:  gx = g / d;  dlow = Σ g (y − 1) / d;  dhigh = −Σ g y / d
fn backward(x: vec3f, p: Params, s: Range, gy: vec3f, gp: ptr<function, Params>, gm: ptr<function, Range>) -> vec3f {
  let stretches = has_spread(s);
  let d = spread(s);
  let y = (x - s.low) / d;
  let g = gy / d;
  (*gm).low += select(vec3f(0.0), g * (y - 1.0), stretches);
  (*gm).high -= select(vec3f(0.0), g * y, stretches);
  return g;
}
