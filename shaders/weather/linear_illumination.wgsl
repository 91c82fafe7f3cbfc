// y = clip(x + sign · gain · light), light being a ramp along `angle`, which is measured counter-clockwise from the right in parts of the
// image's sides
import package::lib::clip::{ clip, clip_backward };
import package::lib::frame::Frame;
import package::lib::math::{ cos_sin, RADIANS_PER_DEGREE };
import package::lib::pixel::Pixel;
import package::lib::ramp::{ parts_of, ramp_of, span_of };

struct Params { gain: f32, sign: f32, angle: f32, clip: bool }

fn along_of(p: Params) -> vec2f { return cos_sin(p.angle) * vec2f(1.0, -1.0); }

fn forward(x: vec3f, p: Params, at: Pixel, f: Frame) -> vec3f {
  return clip(x + p.sign * p.gain * ramp_of(parts_of(at, f), along_of(p)), p.clip);
}

// light = a · s / r + 1/2, r = |a|:  dlight = (da · s − (light − 1/2) dr) / r, a turning by da = (a.y, −a.x) per radian
fn backward(x: vec3f, p: Params, at: Pixel, f: Frame, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let along = along_of(p);
  let s = parts_of(at, f);
  let light = ramp_of(s, along);
  let gx = clip_backward(x + p.sign * p.gain * light, gy, p.clip);
  let g = gx.x + gx.y + gx.z;
  (*gp).gain += g * p.sign * light;
  (*gp).sign += g * p.gain * light;
  let turned = vec2f(along.y, -along.x);
  let span = span_of(s, along);
  let grown = sign(along.x) * turned.x * s.wide + sign(along.y) * turned.y * s.high;
  let slope = (turned.x * s.x + turned.y * s.y - (light - 0.5) * grown) / span;
  (*gp).angle += select(g * p.sign * p.gain * slope * RADIANS_PER_DEGREE, 0.0, span == 0.0);
  return gx;
}
