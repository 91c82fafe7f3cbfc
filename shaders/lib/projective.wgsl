// Projective maps of the plane as 3 × 3 matrices, and the gradients of what is done with them.

// M⁻¹ · det M; the rows are the cross products of the columns.
fn adjugate(m: mat3x3f) -> mat3x3f {
  return transpose(mat3x3f(cross(m[1], m[2]), cross(m[2], m[0]), cross(m[0], m[1])));
}

// The pull-back of c = a × b is ga = b × gc and gb = gc × a.
fn adjugate_backward(m: mat3x3f, ga: mat3x3f) -> mat3x3f {
  let g = transpose(ga);
  return mat3x3f(
    cross(g[1], m[2]) + cross(m[1], g[2]),
    cross(m[2], g[0]) + cross(g[2], m[0]),
    cross(g[0], m[1]) + cross(m[0], g[1]),
  );
}

// M⁻¹, exactly the matrix of integers where the determinant is ±1.
fn inverse(m: mat3x3f) -> mat3x3f {
  let det = dot(m[0], cross(m[1], m[2]));
  return adjugate(m) * (1.0 / det);
}

// The unit square's corners (0,0), (1,0), (1,1), (0,1) to four points (Heckbert 1989), last element 1.
fn from_square(q: array<f32, 8>) -> mat3x3f {
  let p0 = vec2f(q[0], q[1]);
  let d1 = vec2f(q[2] - q[4], q[3] - q[5]);
  let d2 = vec2f(q[6] - q[4], q[7] - q[5]);
  let s = vec2f(q[0] - q[2] + q[4] - q[6], q[1] - q[3] + q[5] - q[7]);
  let det = d1.x * d2.y - d2.x * d1.y;
  let g = (s.x * d2.y - d2.x * s.y) / det;
  let h = (d1.x * s.y - s.x * d1.y) / det;
  let p1 = vec2f(q[2], q[3]);
  let p3 = vec2f(q[6], q[7]);
  return mat3x3f(vec3f(p1 - p0 + g * p1, g), vec3f(p3 - p0 + h * p3, h), vec3f(p0, 1.0));
}

fn from_square_backward(q: array<f32, 8>, gm: mat3x3f) -> array<f32, 8> {
  let d1 = vec2f(q[2] - q[4], q[3] - q[5]);
  let d2 = vec2f(q[6] - q[4], q[7] - q[5]);
  let s = vec2f(q[0] - q[2] + q[4] - q[6], q[1] - q[3] + q[5] - q[7]);
  let det = d1.x * d2.y - d2.x * d1.y;
  let g = (s.x * d2.y - d2.x * s.y) / det;
  let h = (d1.x * s.y - s.x * d1.y) / det;
  let p1 = vec2f(q[2], q[3]);
  let p3 = vec2f(q[6], q[7]);
  // Through the matrix to p0, p1, p3, g and h …
  let g0 = gm[2].xy - gm[0].xy - gm[1].xy;
  let g1 = gm[0].xy * (1.0 + g);
  let g3 = gm[1].xy * (1.0 + h);
  let gg = (gm[0].z + dot(gm[0].xy, p1)) / det;
  let gh = (gm[1].z + dot(gm[1].xy, p3)) / det;
  // … and through g and h to s, d1 and d2.
  let gdet = -(gg * g + gh * h);
  let gs = vec2f(gg * d2.y - gh * d1.y, gh * d1.x - gg * d2.x);
  let gd1 = vec2f(gh * s.y + gdet * d2.y, -gh * s.x - gdet * d2.x);
  let gd2 = vec2f(-gg * s.y - gdet * d1.y, gg * s.x + gdet * d1.x);
  let a = g0 + gs;
  let b = g1 - gs + gd1;
  let c = gs - gd1 - gd2;
  let d = g3 - gs + gd2;
  return array<f32, 8>(a.x, a.y, b.x, b.y, c.x, c.y, d.x, d.y);
}
