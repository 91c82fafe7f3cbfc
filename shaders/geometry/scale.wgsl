// p' = diag(x, y) (p − c) + c
import package::lib::frame::Frame;
import package::lib::affine::{ about, about_backward };

struct Params { x: f32, y: f32, centerX: f32, centerY: f32 }

fn linear(p: Params) -> mat2x2f { return mat2x2f(vec2f(p.x, 0.0), vec2f(0.0, p.y)); }

fn matrix(p: Params, f: Frame) -> mat3x3f { return about(linear(p), vec2f(p.centerX, p.centerY), vec2f(0.0)); }

fn backward(p: Params, f: Frame, gm: mat3x3f, gp: ptr<function, Params>) {
  let g = about_backward(linear(p), vec2f(p.centerX, p.centerY), gm);
  (*gp).x += g.l[0].x;
  (*gp).y += g.l[1].y;
  (*gp).centerX += g.center.x;
  (*gp).centerY += g.center.y;
}
