// The projective map that takes four points to four points: from the first quadrangle to the unit square, and on to the second. With
// `normalized`, points are −1..1 from the first pixel to the last, before and after.
import package::lib::frame::Frame;
import package::lib::projective::{ from_square, from_square_backward, inverse };
import package::lib::unit::{ from_unit, unit_slope };

struct Params { startPoints: array<f32, 8>, endPoints: array<f32, 8>, normalized: bool }

fn in_pixels(points: array<f32, 8>, size: vec2f, normalized: bool) -> array<f32, 8> {
  var q = points;
  if (normalized) {
    for (var i = 0; i < 8; i += 2) {
      let at = from_unit(vec2f(q[i], q[i + 1]), size);
      q[i] = at.x;
      q[i + 1] = at.y;
    }
  }
  return q;
}

fn starts(p: Params, f: Frame) -> mat3x3f {
  return from_square(in_pixels(p.startPoints, vec2f(f.width, f.height), p.normalized));
}

fn matrix(p: Params, f: Frame) -> mat3x3f {
  return from_square(in_pixels(p.endPoints, vec2f(f.out_width, f.out_height), p.normalized)) * inverse(starts(p, f));
}

// M = E S⁻¹:  gE = g S⁻ᵀ,  gS = −S⁻ᵀ Eᵀ g S⁻ᵀ
fn backward(p: Params, f: Frame, gm: mat3x3f, gp: ptr<function, Params>) {
  let before = vec2f(f.width, f.height);
  let after = vec2f(f.out_width, f.out_height);
  let end = in_pixels(p.endPoints, after, p.normalized);
  let back = transpose(inverse(starts(p, f)));
  let ge = from_square_backward(end, gm * back);
  let start = in_pixels(p.startPoints, before, p.normalized);
  let gs = from_square_backward(start, back * transpose(from_square(end)) * gm * back * -1.0);
  let e = select(vec2f(1.0), unit_slope(after), p.normalized);
  let s = select(vec2f(1.0), unit_slope(before), p.normalized);
  for (var i = 0; i < 8; i += 2) {
    (*gp).endPoints[i] += ge[i] * e.x;
    (*gp).endPoints[i + 1] += ge[i + 1] * e.y;
    (*gp).startPoints[i] += gs[i] * s.x;
    (*gp).startPoints[i + 1] += gs[i + 1] * s.y;
  }
}
