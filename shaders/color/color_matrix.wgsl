// y = clip(M · x + offset): row i of M makes channel i
import package::lib::clip::{ clip, clip_backward };

struct Params { matrix: array<f32, 9>, offset: vec3f, clip: bool }

fn red(p: Params) -> vec3f { return vec3f(p.matrix[0], p.matrix[1], p.matrix[2]); }
fn green(p: Params) -> vec3f { return vec3f(p.matrix[3], p.matrix[4], p.matrix[5]); }
fn blue(p: Params) -> vec3f { return vec3f(p.matrix[6], p.matrix[7], p.matrix[8]); }

fn raw(x: vec3f, p: Params) -> vec3f { return vec3f(dot(red(p), x), dot(green(p), x), dot(blue(p), x)) + p.offset; }

fn forward(x: vec3f, p: Params) -> vec3f { return clip(raw(x, p), p.clip); }

// gx = Mᵀ g;  dM = Σ g xᵀ;  doffset = Σ g
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let g = clip_backward(raw(x, p), gy, p.clip);
  (*gp).matrix[0] += g.x * x.x;
  (*gp).matrix[1] += g.x * x.y;
  (*gp).matrix[2] += g.x * x.z;
  (*gp).matrix[3] += g.y * x.x;
  (*gp).matrix[4] += g.y * x.y;
  (*gp).matrix[5] += g.y * x.z;
  (*gp).matrix[6] += g.z * x.x;
  (*gp).matrix[7] += g.z * x.y;
  (*gp).matrix[8] += g.z * x.z;
  (*gp).offset += g;
  return red(p) * g.x + green(p) * g.y + blue(p) * g.z;
}
