// Affine maps about a centre, as 3 × 3 matrices: p' = L (p − c) + c + t.  WGSL's matrices are lists of columns.

fn about(l: mat2x2f, center: vec2f, shift: vec2f) -> mat3x3f {
  return mat3x3f(vec3f(l[0], 0.0), vec3f(l[1], 0.0), vec3f(center - l * center + shift, 1.0));
}

// The gradient of the matrix, split up.
struct About { l: mat2x2f, center: vec2f, shift: vec2f }

fn about_backward(l: mat2x2f, center: vec2f, gm: mat3x3f) -> About {
  let t = gm[2].xy;
  let gl = mat2x2f(gm[0].xy - t * center.x, gm[1].xy - t * center.y);
  return About(gl, t - t * l, t);
}

// Turns counter-clockwise as seen; y points down.
fn rotation(cs: vec2f) -> mat2x2f { return mat2x2f(vec2f(cs.x, -cs.y), vec2f(cs.y, cs.x)); }

// Derivative of the rotation by its angle in radians.
fn rotation_slope(cs: vec2f) -> mat2x2f { return mat2x2f(vec2f(-cs.y, -cs.x), vec2f(cs.x, -cs.y)); }

// Sum of the products of all elements.
fn inner(a: mat2x2f, b: mat2x2f) -> f32 { return dot(a[0], b[0]) + dot(a[1], b[1]); }
