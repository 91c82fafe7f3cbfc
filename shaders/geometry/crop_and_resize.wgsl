// x' + ½ = (x + ½ − x0) · W' / (x1 − x0): the box becomes the whole result.
import package::lib::boxes::{ box_back, box_matrix };
import package::lib::frame::Frame;

struct Params { box: array<f32, 4> }

fn box_of(p: Params) -> vec4f { return vec4f(p.box[0], p.box[1], p.box[2], p.box[3]); }
fn whole_of(f: Frame) -> vec4f { return vec4f(0.0, 0.0, f.out_width, f.out_height); }

fn matrix(p: Params, f: Frame) -> mat3x3f { return box_matrix(box_of(p), whole_of(f)); }

fn backward(p: Params, f: Frame, gm: mat3x3f, gp: ptr<function, Params>) {
  let g = box_back(box_of(p), whole_of(f), gm).a;
  (*gp).box[0] += g.x;
  (*gp).box[1] += g.y;
  (*gp).box[2] += g.z;
  (*gp).box[3] += g.w;
}
