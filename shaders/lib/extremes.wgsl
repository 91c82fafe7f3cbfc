// The largest and the smallest channel, and which they are: one-hot, the first one where several are equal.
// Selects, not branches: neighbouring pixels would take different ones.
import package::lib::nan::is_nan;

// `spread` is high − low. Where a channel is NaN, both are: comparing says nothing then. `green` is asked after `red`.
struct Extremes { high: f32, low: f32, spread: f32, red: bool, green: bool }

// Where two channels differ by less, they have no hue: a divisor never gets smaller.
const LEAST: f32 = 1e-37;

// `&`, not `&&`, which would branch.
fn extremes(x: vec3f) -> Extremes {
  let red = (x.x >= x.y) & (x.x >= x.z);
  let green = x.y >= x.z;
  let sum = x.x + x.y + x.z;
  let high = select(select(select(x.z, x.y, green), x.x, red), sum, is_nan(sum));
  let least = select(x.x, x.y, x.y < x.x);
  let low = select(least, x.z, x.z < least);
  return Extremes(high, low, high - low, red, green);
}

// 1 in the place of the largest channel, the first one where several are equal.
fn top(e: Extremes) -> vec3f {
  return select(vec3f(0.0), vec3f(1.0), vec3<bool>(e.red, !e.red & e.green, !(e.red | e.green)));
}

// The same of the smallest one.
fn bottom(x: vec3f) -> vec3f {
  let red = (x.x <= x.y) & (x.x <= x.z);
  let green = x.y <= x.z;
  return select(vec3f(0.0), vec3f(1.0), vec3<bool>(red, !red & green, !(red | green)));
}

// A divisor that is not 0.
fn apart(v: f32) -> f32 { return select(v, LEAST, abs(v) < LEAST); }
