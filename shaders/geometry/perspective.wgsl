// The projective map that takes four points to four points: from the first quadrangle to the unit square, and on to the second.
import package::lib::frame::Frame;
import package::lib::projective::{ from_square, from_square_backward, inverse };

struct Params { startPoints: array<f32, 8>, endPoints: array<f32, 8> }

fn matrix(p: Params, f: Frame) -> mat3x3f { return from_square(p.endPoints) * inverse(from_square(p.startPoints)); }

// M = E S⁻¹:  gE = g S⁻ᵀ,  gS = −S⁻ᵀ Eᵀ g S⁻ᵀ
fn backward(p: Params, f: Frame, gm: mat3x3f, gp: ptr<function, Params>) {
  let e = from_square(p.endPoints);
  let back = transpose(inverse(from_square(p.startPoints)));
  let ge = from_square_backward(p.endPoints, gm * back);
  let gs = from_square_backward(p.startPoints, back * transpose(e) * gm * back * -1.0);
  for (var i = 0; i < 8; i++) {
    (*gp).endPoints[i] += ge[i];
    (*gp).startPoints[i] += gs[i];
  }
}
