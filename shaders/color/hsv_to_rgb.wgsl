// (H in turns, S, V) to RGB: y = V · (1 − S · (1 − r)), r being the share that a channel has at the hue: 0 to 1
import package::lib::clip::unit;
import package::lib::hue::{ ramp_slopes, ramps };

struct Params { none: f32 }

fn forward(x: vec3f, p: Params) -> vec3f { return x.z * (1.0 - x.y * (1.0 - unit(ramps(x.x)))); }

fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let away = 1.0 - unit(ramps(x.x));
  let turn = x.z * x.y * dot(gy, ramp_slopes(x.x));
  return vec3f(turn, -x.z * dot(gy, away), dot(gy, 1.0 - x.y * away));
}
