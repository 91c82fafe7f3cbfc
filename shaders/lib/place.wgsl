// Where in the source an output pixel looks. Forward and backward ask here, in the same order of operations: where a place lies
// between two pixels, both decide alike.
import package::lib::cheap::within2;
import package::lib::nan::{ are_numbers, nan_from };
import package::lib::pixel::Pixel;

// Places farther out than this count as here: below 2²², so that they convert to integers.
const FAR: f32 = 4.0e6;

// The matrix that takes the output's pixels to the source. One that is no matrix of numbers (a parameter is not, or the map has
// no inverse) finds no places: its sample shows NaN, and has NaN for gradients.
// `sound` is 1 where it is a matrix, and NaN where not: a factor costs a pixel less than three selects.
struct Source { m: mat3x3f, lost: bool, sound: f32 }

fn source_of(m: mat3x3f) -> Source {
  if (are_numbers(m[0]) & are_numbers(m[1]) & are_numbers(m[2])) { return Source(m, false, 1.0); }
  return Source(mat3x3f(1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0), true, nan_from(m[0].x));
}

// What is seen through it.
fn through(source: Source, seen: vec3f) -> vec3f { return seen * source.sound; }

// A place, and what led there by division: 0 on the horizon, where there is no place and nothing to be seen.
struct Place { at: vec2f, w: f32 }

// The start of row y, and column x of it. With the third row (0, 0, 1) there is nothing to divide by.
@if(affine) alias Start = vec2f;
@if(!affine) alias Start = vec3f;

@if(affine) fn start_of(m: mat3x3f, y: f32) -> Start { return m[2].xy + m[1].xy * y; }
@if(!affine) fn start_of(m: mat3x3f, y: f32) -> Start { return m[2] + m[1] * y; }

@if(affine)
fn along(m: mat3x3f, start: Start, x: f32) -> Place { return Place(start + m[0].xy * x, 1.0); }
@if(!affine)
fn along(m: mat3x3f, start: Start, x: f32) -> Place {
  let h = start + m[0] * x;
  return Place(h.xy / select(h.z, 1.0, h.z == 0.0), h.z);
}

fn held(p: Place) -> Place { return Place(within2(p.at, vec2f(-FAR), vec2f(FAR)), p.w); }

fn place(m: mat3x3f, at: Pixel) -> Place { return held(along(m, start_of(m, at.y), at.x)); }

// The gradient of the matrix, summed over pixels. That of an affine one has no third row.
@if(affine) alias MatrixSum = mat3x2f;
@if(!affine) alias MatrixSum = mat3x3f;

@if(affine)
fn whole_sum(g: MatrixSum) -> mat3x3f { return mat3x3f(vec3f(g[0], 0.0), vec3f(g[1], 0.0), vec3f(g[2], 0.0)); }
@if(!affine)
fn whole_sum(g: MatrixSum) -> mat3x3f { return g; }

// The gradient of the homogeneous coordinates from that of the place. Where a place is held back, it does not move; zeros are the
// same there in any case.
@if(affine && pad_zeros)
fn place_backward(p: Place, g: vec2f) -> vec2f { return g; }
@if(affine && !pad_zeros)
fn place_backward(p: Place, g: vec2f) -> vec2f { return select(vec2f(0.0), g, abs(p.at) < vec2f(FAR)); }

@if(!affine)
fn place_backward(p: Place, g: vec2f) -> vec3f {
  let on_line = p.w == 0.0;
  let moved = select(vec2f(0.0), g, (abs(p.at) < vec2f(FAR)) & vec2<bool>(!on_line));
  return vec3f(moved, -dot(moved, p.at)) / select(p.w, 1.0, on_line);
}
