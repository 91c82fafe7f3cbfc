// y = Σ w x / Σ w, w = exp(−tx²/2σx² − ty²/2σy² − d²/2σc²), where d is how far the neighbour's colour is from the pixel's own:
// the sum of the channels' distances (`colorDistance` 0), or the Euclidean one (1).
import package::lib::neighbour::Neighbour;

struct Params { sigmaColor: f32, sigmaX: f32, sigmaY: f32, colorDistance: f32 }
struct Sum { y: vec3f, w: f32 }
// g is the gradient over Σ w, and gy its product with the result.
struct Back { g: vec3f, gy: f32 }

fn distance_squared(d: vec3f, p: Params) -> f32 {
  let sum = abs(d.x) + abs(d.y) + abs(d.z);
  return select(sum * sum, dot(d, d), p.colorDistance > 0.0);
}

fn weight(d: vec3f, at: Neighbour, p: Params) -> f32 {
  let u = vec2f(at.x / p.sigmaX, at.y / p.sigmaY);
  return exp(-0.5 * (dot(u, u) + distance_squared(d, p) / (p.sigmaColor * p.sigmaColor)));
}

fn take(sum: ptr<function, Sum>, x: vec3f, centre: vec3f, at: Neighbour, p: Params) {
  let w = weight(x - centre, at, p);
  (*sum).y += w * x;
  (*sum).w += w;
}

// The pixel itself has a weight of 1, so that there is something to divide by.
fn result(sum: Sum, centre: vec3f, p: Params) -> vec3f { return sum.y / sum.w; }

fn back(sum: Sum, centre: vec3f, g: vec3f, p: Params, gp: ptr<function, Params>, gc: ptr<function, vec3f>) -> Back {
  let own = g / sum.w;
  return Back(own, dot(own, sum.y / sum.w));
}

// d w / d x = −w · toward / σc²
fn toward(d: vec3f, p: Params) -> vec3f {
  return select((abs(d.x) + abs(d.y) + abs(d.z)) * sign(d), d, p.colorDistance > 0.0);
}

fn back_take(
  b: Back, x: vec3f, centre: vec3f, at: Neighbour, p: Params, gp: ptr<function, Params>, gc: ptr<function, vec3f>,
) {
  let d = x - centre;
  // The gradient of the weight, times the weight.
  let s = weight(d, at, p) * (dot(b.g, x) - b.gy);
  let c = p.sigmaColor;
  *gc += s / (c * c) * toward(d, p);
  (*gp).sigmaColor += s * distance_squared(d, p) / (c * c * c);
  (*gp).sigmaX += s * at.x * at.x / (p.sigmaX * p.sigmaX * p.sigmaX);
  (*gp).sigmaY += s * at.y * at.y / (p.sigmaY * p.sigmaY * p.sigmaY);
}

fn gather(b: Back, x: vec3f, centre: vec3f, at: Neighbour, p: Params) -> vec3f {
  let d = x - centre;
  let w = weight(d, at, p);
  let s = w * (dot(b.g, x) - b.gy);
  return w * b.g - s / (p.sigmaColor * p.sigmaColor) * toward(d, p);
}
