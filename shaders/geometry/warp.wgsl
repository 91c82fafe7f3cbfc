// p' ~ M p, the matrix given row by row
import package::lib::frame::Frame;

struct Params { matrix: array<f32, 9> }

fn matrix(p: Params, f: Frame) -> mat3x3f {
  let m = p.matrix;
  return mat3x3f(vec3f(m[0], m[3], m[6]), vec3f(m[1], m[4], m[7]), vec3f(m[2], m[5], m[8]));
}

fn backward(p: Params, f: Frame, gm: mat3x3f, gp: ptr<function, Params>) {
  (*gp).matrix[0] += gm[0].x;
  (*gp).matrix[1] += gm[1].x;
  (*gp).matrix[2] += gm[2].x;
  (*gp).matrix[3] += gm[0].y;
  (*gp).matrix[4] += gm[1].y;
  (*gp).matrix[5] += gm[2].y;
  (*gp).matrix[6] += gm[0].z;
  (*gp).matrix[7] += gm[1].z;
  (*gp).matrix[8] += gm[2].z;
}
