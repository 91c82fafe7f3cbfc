// Where in the source an output pixel looks.
import package::lib::pixel::Pixel;

// With the third row (0, 0, 1) there is nothing to divide by.
@if(affine)
fn place(m: mat3x3f, at: Pixel) -> vec2f { return m[0].xy * at.x + m[1].xy * at.y + m[2].xy; }

@if(!affine)
fn place(m: mat3x3f, at: Pixel) -> vec2f {
  let h = m[0] * at.x + m[1] * at.y + m[2];
  return h.xy / h.z;
}

// The gradient of the matrix, summed over pixels. That of an affine one has no third row.
@if(affine) alias MatrixSum = mat3x2f;
@if(!affine) alias MatrixSum = mat3x3f;

@if(affine)
fn whole_sum(g: MatrixSum) -> mat3x3f { return mat3x3f(vec3f(g[0], 0.0), vec3f(g[1], 0.0), vec3f(g[2], 0.0)); }
@if(!affine)
fn whole_sum(g: MatrixSum) -> mat3x3f { return g; }

// The gradient of the homogeneous coordinates from that of the place.
@if(affine)
fn place_backward(m: mat3x3f, at: Pixel, place: vec2f, g: vec2f) -> vec2f { return g; }

@if(!affine)
fn place_backward(m: mat3x3f, at: Pixel, place: vec2f, g: vec2f) -> vec3f {
  let w = m[0].z * at.x + m[1].z * at.y + m[2].z;
  return vec3f(g, -dot(g, place)) / w;
}
