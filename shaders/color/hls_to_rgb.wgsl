// (H in turns, L, S) to RGB: y = L − S · min(L, 1 − L) · (1 − 2r), r being the share that a channel has at the hue: 0 to 1
import package::lib::clip::unit;
import package::lib::hue::{ ramp_slopes, ramps };

struct Params { none: f32 }

fn forward(x: vec3f, p: Params) -> vec3f {
  let room = select(1.0 - x.y, x.y, x.y < 0.5);
  return x.y - x.z * room * (1.0 - 2.0 * unit(ramps(x.x)));
}

fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let dark = x.y < 0.5;
  let room = select(1.0 - x.y, x.y, dark);
  let away = dot(gy, 1.0 - 2.0 * unit(ramps(x.x)));
  let turn = 2.0 * x.z * room * dot(gy, ramp_slopes(x.x));
  return vec3f(turn, gy.x + gy.y + gy.z - select(-1.0, 1.0, dark) * x.z * away, -room * away);
}
