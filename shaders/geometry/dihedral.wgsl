// Mirrored, x' = W − 1 − x, or not; then quarter turns counter-clockwise
import package::lib::frame::Frame;
import package::lib::turn::{ quarter, turned };

struct Params { turns: f32, mirrored: bool }

fn matrix(p: Params, f: Frame) -> mat3x3f {
  let turn = turned(quarter(p.turns), f);
  let mirror = mat3x3f(vec3f(-1.0, 0.0, 0.0), vec3f(0.0, 1.0, 0.0), vec3f(f.width - 1.0, 0.0, 1.0));
  if (p.mirrored) { return turn * mirror; }
  return turn;
}

fn backward(p: Params, f: Frame, gm: mat3x3f, gp: ptr<function, Params>) { }
