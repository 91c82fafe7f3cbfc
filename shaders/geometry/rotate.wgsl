// p' = R (p − c) + c, R turning counter-clockwise as seen
import package::lib::frame::Frame;
import package::lib::affine::{ about, about_backward, inner, rotation, rotation_slope };
import package::lib::math::{ cos_sin, RADIANS_PER_DEGREE };

struct Params { angle: f32, centerX: f32, centerY: f32 }

fn matrix(p: Params, f: Frame) -> mat3x3f {
  return about(rotation(cos_sin(p.angle)), vec2f(p.centerX, p.centerY), vec2f(0.0));
}

fn backward(p: Params, f: Frame, gm: mat3x3f, gp: ptr<function, Params>) {
  let cs = cos_sin(p.angle);
  let g = about_backward(rotation(cs), vec2f(p.centerX, p.centerY), gm);
  (*gp).angle += inner(g.l, rotation_slope(cs)) * RADIANS_PER_DEGREE;
  (*gp).centerX += g.center.x;
  (*gp).centerY += g.center.y;
}
