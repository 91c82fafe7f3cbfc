// p' = p + (x, y); with `relative`, x and y are parts of the width and the height.
import package::lib::frame::Frame;

struct Params { x: f32, y: f32, relative: bool }

fn unit_of(p: Params, f: Frame) -> vec2f { return select(vec2f(1.0), vec2f(f.width, f.height), p.relative); }

fn matrix(p: Params, f: Frame) -> mat3x3f {
  return mat3x3f(vec3f(1.0, 0.0, 0.0), vec3f(0.0, 1.0, 0.0), vec3f(vec2f(p.x, p.y) * unit_of(p, f), 1.0));
}

fn backward(p: Params, f: Frame, gm: mat3x3f, gp: ptr<function, Params>) {
  let g = gm[2].xy * unit_of(p, f);
  (*gp).x += g.x;
  (*gp).y += g.y;
}
