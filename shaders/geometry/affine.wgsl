// p' = L (p − c) + c + (x, y),  L = R(angle) [[1, tan shearX], [tan shearY, 1]] diag(scaleX, scaleY)
// With `relative`, x and y are parts of the width and the height. Where the result has another size, the centre of the source goes to the centre of the result.
import package::lib::frame::Frame;
import package::lib::affine::{ about, about_backward, inner, rotation, rotation_slope };
import package::lib::math::{ cos_sin, tan_degrees, RADIANS_PER_DEGREE };

struct Params {
  angle: f32, x: f32, y: f32, scaleX: f32, scaleY: f32, shearX: f32, shearY: f32, centerX: f32, centerY: f32, relative: bool,
}

fn shear(p: Params) -> mat2x2f { return mat2x2f(vec2f(1.0, tan_degrees(p.shearY)), vec2f(tan_degrees(p.shearX), 1.0)); }

fn scale(p: Params) -> mat2x2f { return mat2x2f(vec2f(p.scaleX, 0.0), vec2f(0.0, p.scaleY)); }

fn unit_of(p: Params, f: Frame) -> vec2f { return select(vec2f(1.0), vec2f(f.width, f.height), p.relative); }

fn matrix(p: Params, f: Frame) -> mat3x3f {
  let l = rotation(cos_sin(p.angle)) * shear(p) * scale(p);
  let recentred = 0.5 * vec2f(f.out_width - f.width, f.out_height - f.height);
  return about(l, vec2f(p.centerX, p.centerY), vec2f(p.x, p.y) * unit_of(p, f) + recentred);
}

fn backward(p: Params, f: Frame, gm: mat3x3f, gp: ptr<function, Params>) {
  let cs = cos_sin(p.angle);
  let r = rotation(cs);
  let sh = shear(p);
  let g = about_backward(r * sh * scale(p), vec2f(p.centerX, p.centerY), gm);
  (*gp).angle += inner(g.l, rotation_slope(cs) * sh * scale(p)) * RADIANS_PER_DEGREE;
  let gshear = transpose(r) * g.l * scale(p);
  (*gp).shearX += gshear[1].x * (1.0 + sh[1].x * sh[1].x) * RADIANS_PER_DEGREE;
  (*gp).shearY += gshear[0].y * (1.0 + sh[0].y * sh[0].y) * RADIANS_PER_DEGREE;
  let gscale = transpose(r * sh) * g.l;
  (*gp).scaleX += gscale[0].x;
  (*gp).scaleY += gscale[1].y;
  (*gp).x += g.shift.x * unit_of(p, f).x;
  (*gp).y += g.shift.y * unit_of(p, f).y;
  (*gp).centerX += g.center.x;
  (*gp).centerY += g.center.y;
}
