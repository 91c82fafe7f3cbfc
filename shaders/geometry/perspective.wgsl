// The projective map that takes four points to four points: from the first quadrangle to the unit square, and on to the second.
import package::lib::frame::Frame;
import package::lib::projective::{ adjugate, adjugate_backward, from_square, from_square_backward };

struct Params { startPoints: array<f32, 8>, endPoints: array<f32, 8> }

// The adjugate stands for the inverse: a homography's scale does not matter, and the last element is set to 1.
fn matrix(p: Params, f: Frame) -> mat3x3f {
  let m = from_square(p.endPoints) * adjugate(from_square(p.startPoints));
  return m * (1.0 / m[2].z);
}

fn backward(p: Params, f: Frame, gm: mat3x3f, gp: ptr<function, Params>) {
  let e = from_square(p.endPoints);
  let s = from_square(p.startPoints);
  let a = adjugate(s);
  let m = e * a;
  let k = 1.0 / m[2].z;
  // M / m22: its own last element takes part in every other.
  var g = gm * k;
  g[2].z -= k * k * (dot(gm[0], m[0]) + dot(gm[1], m[1]) + dot(gm[2], m[2]));
  let ge = from_square_backward(p.endPoints, g * transpose(a));
  let gs = from_square_backward(p.startPoints, adjugate_backward(s, transpose(e) * g));
  for (var i = 0; i < 8; i++) {
    (*gp).endPoints[i] += ge[i];
    (*gp).startPoints[i] += gs[i];
  }
}
