// y = clip(x + sign · gain · light), light being a ramp to one corner: 0 lower right, 1 lower left, 2 upper right, 3 upper left
import package::lib::clip::{ clip, clip_backward };
import package::lib::frame::Frame;
import package::lib::pixel::Pixel;
import package::lib::ramp::{ parts_of, ramp_of };

struct Params { gain: f32, sign: f32, corner: f32, clip: bool }

// The corner is compared with: where it is NaN, so is the light.
fn light_of(p: Params, at: Pixel, f: Frame) -> f32 {
  let left = (p.corner == 1.0) | (p.corner == 3.0);
  let along = vec2f(select(1.0, -1.0, left), select(1.0, -1.0, p.corner > 1.5));
  return ramp_of(parts_of(at, f), along) + (p.corner - p.corner);
}

fn forward(x: vec3f, p: Params, at: Pixel, f: Frame) -> vec3f {
  return clip(x + p.sign * p.gain * light_of(p, at, f), p.clip);
}

fn backward(x: vec3f, p: Params, at: Pixel, f: Frame, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let light = light_of(p, at, f);
  let gx = clip_backward(x + p.sign * p.gain * light, gy, p.clip);
  let g = gx.x + gx.y + gx.z;
  (*gp).gain += g * p.sign * light;
  (*gp).sign += g * p.gain * light;
  return gx;
}
