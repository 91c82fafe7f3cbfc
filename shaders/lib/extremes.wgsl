// The largest and the smallest channel, and which they are: one-hot, the first one where several are equal.
// Selects, not branches: neighbouring pixels would take different ones.
import package::lib::nan::is_nan;

// `spread` is high − low. Where a channel is NaN, both are: comparing says nothing then.
struct Extremes { high: f32, low: f32, spread: f32, top: vec3<bool>, bottom: vec3<bool> }

// Where two channels differ by less, they have no hue: a divisor never gets smaller.
const LEAST: f32 = 1e-37;

// `&`, not `&&`, which would branch.
fn extremes(x: vec3f) -> Extremes {
  let red = (x.x >= x.y) & (x.x >= x.z);
  let green = !red & (x.y >= x.z);
  let red_low = (x.x <= x.y) & (x.x <= x.z);
  let green_low = !red_low & (x.y <= x.z);
  let sum = x.x + x.y + x.z;
  let high = select(select(select(x.z, x.y, green), x.x, red), sum, is_nan(sum));
  let low = select(select(x.z, x.y, green_low), x.x, red_low);
  return Extremes(
    high,
    low,
    high - low,
    vec3<bool>(red, green, !(red | green)),
    vec3<bool>(red_low, green_low, !(red_low | green_low)),
  );
}

// A divisor that is not 0.
fn apart(v: f32) -> f32 { return select(v, LEAST, abs(v) < LEAST); }
