// The projective map that takes four points to four points: from the first quadrangle to the unit square, and on to the second. With
// `relative`, points are in parts of width and height, before and after: 0 and 1 are the edges.
import package::lib::frame::Frame;
import package::lib::projective::{ from_square, from_square_backward, inverse };

struct Params { startPoints: array<f32, 8>, endPoints: array<f32, 8>, relative: bool }

fn in_pixels(points: array<f32, 8>, size: vec2f, relative: bool) -> array<f32, 8> {
  var q = points;
  if (relative) {
    for (var i = 0; i < 8; i += 2) {
      q[i] = q[i] * size.x - 0.5;
      q[i + 1] = q[i + 1] * size.y - 0.5;
    }
  }
  return q;
}

fn starts(p: Params, f: Frame) -> mat3x3f {
  return from_square(in_pixels(p.startPoints, vec2f(f.width, f.height), p.relative));
}

fn matrix(p: Params, f: Frame) -> mat3x3f {
  return from_square(in_pixels(p.endPoints, vec2f(f.out_width, f.out_height), p.relative)) * inverse(starts(p, f));
}

// M = E S⁻¹:  gE = g S⁻ᵀ,  gS = −S⁻ᵀ Eᵀ g S⁻ᵀ
fn backward(p: Params, f: Frame, gm: mat3x3f, gp: ptr<function, Params>) {
  let before = vec2f(f.width, f.height);
  let after = vec2f(f.out_width, f.out_height);
  let end = in_pixels(p.endPoints, after, p.relative);
  let back = transpose(inverse(starts(p, f)));
  let ge = from_square_backward(end, gm * back);
  let start = in_pixels(p.startPoints, before, p.relative);
  let gs = from_square_backward(start, back * transpose(from_square(end)) * gm * back * -1.0);
  let e = select(vec2f(1.0), after, p.relative);
  let s = select(vec2f(1.0), before, p.relative);
  for (var i = 0; i < 8; i += 2) {
    (*gp).endPoints[i] += ge[i] * e.x;
    (*gp).endPoints[i + 1] += ge[i + 1] * e.y;
    (*gp).startPoints[i] += gs[i] * s.x;
    (*gp).startPoints[i + 1] += gs[i + 1] * s.y;
  }
}
