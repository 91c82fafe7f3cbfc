// u = q · (1 + d^gamma), d = |q − c|: q the pixel and u its place, both in coordinates of −1..1 from the first pixel to the last
import package::lib::frame::Frame;
import package::lib::nan::is_nan;
import package::lib::pixel::Pixel;
import package::lib::unit::{ from_unit, to_unit, unit_slope };

struct Params { centerX: f32, centerY: f32, gamma: f32 }

// d^gamma, from d². 0⁰ is 1, and NaN stays NaN.
fn growth(d2: f32, gamma: f32) -> f32 {
  let away = pow(max(d2, 1e-37), 0.5 * gamma);
  let value = select(select(0.0, 1.0, gamma == 0.0), away, d2 > 0.0);
  return select(value, d2 + gamma, is_nan(d2 + gamma));
}

fn place(at: Pixel, p: Params, f: Frame) -> vec2f {
  let q = to_unit(vec2f(at.x, at.y), vec2f(f.out_width, f.out_height));
  let away = q - vec2f(p.centerX, p.centerY);
  return from_unit(q * (1.0 + growth(dot(away, away), p.gamma)), vec2f(f.width, f.height));
}

// h being the gradient of d^gamma, h = g_u · q:
// dgamma = h d^gamma ln d;  dc = −h gamma d^(gamma − 2) (q − c).  At the centre itself, where d has no slope, both are 0.
fn backward(at: Pixel, p: Params, f: Frame, g: vec2f, gp: ptr<function, Params>) {
  let q = to_unit(vec2f(at.x, at.y), vec2f(f.out_width, f.out_height));
  let away = q - vec2f(p.centerX, p.centerY);
  let d2 = dot(away, away);
  if (d2 == 0.0) { return; }
  let h = dot(g * unit_slope(vec2f(f.width, f.height)), q) * growth(d2, p.gamma);
  (*gp).gamma += 0.5 * h * log(max(d2, 1e-37));
  let along = h * p.gamma / d2;
  (*gp).centerX -= along * away.x;
  (*gp).centerY -= along * away.y;
}
