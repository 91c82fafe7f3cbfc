// p' = L p + t, the matrix [L | t] given row by row
import package::lib::frame::Frame;

struct Params { matrix: array<f32, 6> }

fn matrix(p: Params, f: Frame) -> mat3x3f {
  let m = p.matrix;
  return mat3x3f(vec3f(m[0], m[3], 0.0), vec3f(m[1], m[4], 0.0), vec3f(m[2], m[5], 1.0));
}

fn backward(p: Params, f: Frame, gm: mat3x3f, gp: ptr<function, Params>) {
  (*gp).matrix[0] += gm[0].x;
  (*gp).matrix[1] += gm[1].x;
  (*gp).matrix[2] += gm[2].x;
  (*gp).matrix[3] += gm[0].y;
  (*gp).matrix[4] += gm[1].y;
  (*gp).matrix[5] += gm[2].y;
}
