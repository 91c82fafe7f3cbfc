// Hue in turns of a colour, and the shares of a colour of full saturation: what HSV and HLS have in common.
import package::lib::cheap::at_least;
import package::lib::extremes::{ Extremes, LEAST, bottom, top };

// The place of the hue in sixths of a turn: which channel is largest, and the difference of the next two in parts of the spread.
struct Sixths { place: f32, ratio: f32 }

fn sixths(x: vec3f, e: Extremes) -> Sixths {
  let u = select(select(x.x - x.y, x.z - x.x, e.green), x.y - x.z, e.red);
  return Sixths(select(select(4.0, 2.0, e.green), 0.0, e.red), u / at_least(e.spread, LEAST));
}

// In [0, 1), 0 for grey: what rounds to a whole turn is none.
fn hue_of(x: vec3f, e: Extremes) -> f32 {
  let s = sixths(x, e);
  let h = (s.place + s.ratio) * (1.0 / 6.0);
  let turned = h - floor(h);
  return select(turned, 0.0, turned >= 1.0);
}

// With u / d the ratio, dh = (du − ratio · dd) / 6d. A grey pixel has no hue that its neighbours would agree on: 0.
fn hue_back(x: vec3f, e: Extremes, g: f32) -> vec3f {
  let s = sixths(x, e);
  let t = top(e);
  let b = bottom(x);
  let gx = (g / (6.0 * at_least(e.spread, LEAST))) * (t.zxy - t.yzx - s.ratio * (t - b));
  return select(vec3f(0.0), gx, e.spread > 0.0);
}

// What the three channels have of the spread at a hue in turns, before it is cut off at 0 and 1.
fn ramps(turns: f32) -> vec3f {
  let h = 6.0 * (turns - floor(turns));
  return vec3f(abs(h - 3.0) - 1.0, 2.0 - abs(h - 2.0), 2.0 - abs(h - 4.0));
}

// Slopes of the shares, by turns.
fn ramp_slopes(turns: f32) -> vec3f {
  let h = 6.0 * (turns - floor(turns));
  let r = ramps(turns);
  let slopes = select(vec3f(-6.0), vec3f(6.0), vec3<bool>(h > 3.0, h < 2.0, h < 4.0));
  return select(vec3f(0.0), slopes, (r > vec3f(0.0)) & (r < vec3f(1.0)));
}
