// Projective maps of the plane as 3 × 3 matrices, and the gradients of what is done with them.

// M⁻¹ · det M; the rows are the cross products of the columns.
fn adjugate(m: mat3x3f) -> mat3x3f {
  return transpose(mat3x3f(cross(m[1], m[2]), cross(m[2], m[0]), cross(m[0], m[1])));
}

// M⁻¹, exactly the matrix of integers where the determinant is ±1.
fn inverse(m: mat3x3f) -> mat3x3f {
  let det = dot(m[0], cross(m[1], m[2]));
  return adjugate(m) * (1.0 / det);
}

// A quadrangle as Heckbert (1989) takes it: what the edges at its third corner have to do with the last row (g, h, 1).
struct Quadrangle { d1: vec2f, d2: vec2f, s: vec2f, det: f32, g: f32, h: f32 }

fn quadrangle(q: array<f32, 8>) -> Quadrangle {
  let d1 = vec2f(q[2] - q[4], q[3] - q[5]);
  let d2 = vec2f(q[6] - q[4], q[7] - q[5]);
  let s = vec2f(q[0] - q[2] + q[4] - q[6], q[1] - q[3] + q[5] - q[7]);
  let det = d1.x * d2.y - d2.x * d1.y;
  return Quadrangle(d1, d2, s, det, (s.x * d2.y - d2.x * s.y) / det, (d1.x * s.y - s.x * d1.y) / det);
}

// The unit square's corners (0,0), (1,0), (1,1), (0,1) to four points, last element 1.
fn from_square(q: array<f32, 8>) -> mat3x3f {
  let k = quadrangle(q);
  let p0 = vec2f(q[0], q[1]);
  let p1 = vec2f(q[2], q[3]);
  let p3 = vec2f(q[6], q[7]);
  return mat3x3f(vec3f(p1 - p0 + k.g * p1, k.g), vec3f(p3 - p0 + k.h * p3, k.h), vec3f(p0, 1.0));
}

fn from_square_backward(q: array<f32, 8>, gm: mat3x3f) -> array<f32, 8> {
  let k = quadrangle(q);
  // Through the matrix to p0, p1, p3, g and h …
  let g0 = gm[2].xy - gm[0].xy - gm[1].xy;
  let g1 = gm[0].xy * (1.0 + k.g);
  let g3 = gm[1].xy * (1.0 + k.h);
  let gg = (gm[0].z + dot(gm[0].xy, vec2f(q[2], q[3]))) / k.det;
  let gh = (gm[1].z + dot(gm[1].xy, vec2f(q[6], q[7]))) / k.det;
  // … and through g and h to s, d1 and d2.
  let gdet = -(gg * k.g + gh * k.h);
  let gs = vec2f(gg * k.d2.y - gh * k.d1.y, gh * k.d1.x - gg * k.d2.x);
  let gd1 = vec2f(gh * k.s.y + gdet * k.d2.y, -gh * k.s.x - gdet * k.d2.x);
  let gd2 = vec2f(-gg * k.s.y - gdet * k.d1.y, gg * k.s.x + gdet * k.d1.x);
  let a = g0 + gs;
  let b = g1 - gs + gd1;
  let c = gs - gd1 - gd2;
  let d = g3 - gs + gd2;
  return array<f32, 8>(a.x, a.y, b.x, b.y, c.x, c.y, d.x, d.y);
}
