// x' + ½ = (x + ½ − a.x0) · (b.x1 − b.x0) / (a.x1 − a.x0) + b.x0: box a of the image becomes box b of the result.
import package::lib::boxes::{ box_back, box_matrix };
import package::lib::frame::Frame;

struct Params { srcBox: array<f32, 4>, dstBox: array<f32, 4> }

fn box_of(b: array<f32, 4>) -> vec4f { return vec4f(b[0], b[1], b[2], b[3]); }

fn matrix(p: Params, f: Frame) -> mat3x3f { return box_matrix(box_of(p.srcBox), box_of(p.dstBox)); }

fn backward(p: Params, f: Frame, gm: mat3x3f, gp: ptr<function, Params>) {
  let g = box_back(box_of(p.srcBox), box_of(p.dstBox), gm);
  for (var i = 0; i < 4; i++) {
    (*gp).srcBox[i] += g.a[i];
    (*gp).dstBox[i] += g.b[i];
  }
}
