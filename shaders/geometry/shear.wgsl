// p' = [[1, tan x], [tan y, 1]] (p − c) + c
import package::lib::frame::Frame;
import package::lib::affine::{ about, about_backward };
import package::lib::math::{ tan_degrees, RADIANS_PER_DEGREE };

struct Params { x: f32, y: f32, centerX: f32, centerY: f32 }

fn linear(p: Params) -> mat2x2f { return mat2x2f(vec2f(1.0, tan_degrees(p.y)), vec2f(tan_degrees(p.x), 1.0)); }

fn matrix(p: Params, f: Frame) -> mat3x3f { return about(linear(p), vec2f(p.centerX, p.centerY), vec2f(0.0)); }

// d tan / d angle = 1 + tan²
fn backward(p: Params, f: Frame, gm: mat3x3f, gp: ptr<function, Params>) {
  let l = linear(p);
  let g = about_backward(l, vec2f(p.centerX, p.centerY), gm);
  (*gp).x += g.l[1].x * (1.0 + l[1].x * l[1].x) * RADIANS_PER_DEGREE;
  (*gp).y += g.l[0].y * (1.0 + l[0].y * l[0].y) * RADIANS_PER_DEGREE;
  (*gp).centerX += g.center.x;
  (*gp).centerY += g.center.y;
}
