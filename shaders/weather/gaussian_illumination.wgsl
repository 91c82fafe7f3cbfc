// y = clip(x + sign · gain · light), light being a Gaussian bell brought to 0 at its least pixel and 1 at its largest.
// With u the exponent of a pixel less that of the pixel nearest to the middle, and d that of the farthest one less the same,
// light = (e⁻ᵘ − e⁻ᵈ) / (1 − e⁻ᵈ) = 1 − (1 − e⁻ᵘ) / (1 − e⁻ᵈ), which stays exact however wide the bell is.
import package::lib::cheap::{ at_most, within };
import package::lib::clip::{ clip, clip_backward };
import package::lib::decay::decay;
import package::lib::frame::Frame;
import package::lib::pixel::Pixel;

struct Params { gain: f32, sign: f32, centerX: f32, centerY: f32, sigmaX: f32, sigmaY: f32, clip: bool }

// What one axis adds to u and d, and their slopes by the middle and the width, in parts of the image.
struct Axis { u: f32, d: f32, u_center: f32, d_center: f32, u_sigma: f32, d_sigma: f32 }

fn axis_of(at: f32, size: f32, center: f32, sigma: f32) -> Axis {
  let c = center * size - 0.5;
  let s = sigma * size;
  let near = within(round(c), 0.0, size - 1.0);
  let far = select(size - 1.0, 0.0, c > 0.5 * (size - 1.0));
  let k = 0.5 / (s * s);
  let u = (at - near) * (at + near - 2.0 * c) * k;
  let d = (far - near) * (far + near - 2.0 * c) * k;
  let by_center = -2.0 * k * size;
  let by_sigma = -2.0 / sigma;
  return Axis(u, d, (at - near) * by_center, (far - near) * by_center, u * by_sigma, d * by_sigma);
}

fn light_of(u: f32, d: f32) -> f32 { return select(1.0 - decay(u) / decay(d), 0.0, d <= 0.0); }

fn forward(x: vec3f, p: Params, at: Pixel, f: Frame) -> vec3f {
  let h = axis_of(at.x, f.width, p.centerX, p.sigmaX);
  let v = axis_of(at.y, f.height, p.centerY, p.sigmaY);
  return clip(x + p.sign * p.gain * light_of(h.u + v.u, h.d + v.d), p.clip);
}

// With q(t) = 1 − e⁻ᵗ: dlight / du = −e⁻ᵘ / q(d);  dlight / dd = q(u) e⁻ᵈ / q(d)²
fn backward(x: vec3f, p: Params, at: Pixel, f: Frame, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let h = axis_of(at.x, f.width, p.centerX, p.sigmaX);
  let v = axis_of(at.y, f.height, p.centerY, p.sigmaY);
  let u = h.u + v.u;
  let d = h.d + v.d;
  let light = light_of(u, d);
  let gx = clip_backward(x + p.sign * p.gain * light, gy, p.clip);
  let g = gx.x + gx.y + gx.z;
  (*gp).gain += g * p.sign * light;
  (*gp).sign += g * p.gain * light;
  let gl = g * p.sign * p.gain / select(decay(d), 1.0, d <= 0.0);
  let gu = select(-gl * exp(-at_most(u, 80.0)), 0.0, d <= 0.0);
  let gd = select(gl * (1.0 - light) * exp(-at_most(d, 80.0)), 0.0, d <= 0.0);
  (*gp).centerX += gu * h.u_center + gd * h.d_center;
  (*gp).centerY += gu * v.u_center + gd * v.d_center;
  (*gp).sigmaX += gu * h.u_sigma + gd * h.d_sigma;
  (*gp).sigmaY += gu * v.u_sigma + gd * v.d_sigma;
  return gx;
}
