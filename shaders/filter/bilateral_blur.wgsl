// y = Σ w x / Σ w, w = exp(−tx²/2σx² − ty²/2σy² − d²/2σc²), where d is how far the neighbour's colour is from the pixel's own:
// the sum of the channels' distances (`colorDistance` 0), or the Euclidean one (1).
import package::lib::neighbour::Neighbour;

struct Params { sigmaColor: f32, sigmaX: f32, sigmaY: f32, colorDistance: f32 }
// Sums of weights, and of what they are multiplied with: the neighbour, and for the way back how far its colour is from the pixel's own,
// which way it lies (`toward`), and the two together. So the gradients, which are linear in what came in, need the neighbours once.
struct Sum {
  y: vec3f, w: f32,
  away: vec3f, toward: vec3f, by_x: vec3f, by_y: vec3f, by_z: vec3f,
  far: f32, across: f32, down: f32, by_far: vec3f, by_across: vec3f, by_down: vec3f,
}
// g is the gradient over Σ w, and gy its product with the result.
struct Back { g: vec3f, gy: f32 }

fn distance_squared(d: vec3f, p: Params) -> f32 {
  let sum = abs(d.x) + abs(d.y) + abs(d.z);
  return select(sum * sum, dot(d, d), p.colorDistance > 0.0);
}

// d w / d x = −w · toward / σc²
fn toward(d: vec3f, p: Params) -> vec3f {
  return select((abs(d.x) + abs(d.y) + abs(d.z)) * sign(d), d, p.colorDistance > 0.0);
}

fn weight(d: vec3f, at: Neighbour, p: Params) -> f32 {
  let u = vec2f(at.x / p.sigmaX, at.y / p.sigmaY);
  return exp(-0.5 * (dot(u, u) + distance_squared(d, p) / (p.sigmaColor * p.sigmaColor)));
}

fn take(sum: ptr<function, Sum>, x: vec3f, centre: vec3f, at: Neighbour, p: Params) {
  let d = x - centre;
  let w = weight(d, at, p);
  (*sum).y += w * x;
  (*sum).w += w;
  let wd = w * d;
  let way = toward(d, p);
  let far = distance_squared(d, p);
  (*sum).away += wd;
  (*sum).toward += w * way;
  (*sum).by_x += wd.x * way;
  (*sum).by_y += wd.y * way;
  (*sum).by_z += wd.z * way;
  (*sum).far += w * far;
  (*sum).across += w * (at.x * at.x);
  (*sum).down += w * (at.y * at.y);
  (*sum).by_far += wd * far;
  (*sum).by_across += wd * (at.x * at.x);
  (*sum).by_down += wd * (at.y * at.y);
}

// The pixel itself has a weight of 1, so that there is something to divide by.
fn result(sum: Sum, centre: vec3f, p: Params) -> vec3f { return sum.y / sum.w; }

// The gradient of a weight, times the weight, is s = w · (g · x − gy), summed over the neighbours with what the weight's logarithm has
// for a derivative. Differences to the pixel itself take the place of x and y: where colours are alike, sums of those would cancel.
fn back(sum: Sum, centre: vec3f, g: vec3f, p: Params, gp: ptr<function, Params>, gc: ptr<function, vec3f>) -> Back {
  let own = g / sum.w;
  let level = dot(own, sum.away / sum.w);
  let c = p.sigmaColor;
  *gc += (own.x * sum.by_x + own.y * sum.by_y + own.z * sum.by_z - level * sum.toward) / (c * c);
  (*gp).sigmaColor += (dot(own, sum.by_far) - level * sum.far) / (c * c * c);
  (*gp).sigmaX += (dot(own, sum.by_across) - level * sum.across) / (p.sigmaX * p.sigmaX * p.sigmaX);
  (*gp).sigmaY += (dot(own, sum.by_down) - level * sum.down) / (p.sigmaY * p.sigmaY * p.sigmaY);
  return Back(own, dot(own, sum.y / sum.w));
}

fn gather(b: Back, x: vec3f, centre: vec3f, at: Neighbour, p: Params) -> vec3f {
  let d = x - centre;
  let w = weight(d, at, p);
  let s = w * (dot(b.g, x) - b.gy);
  return w * b.g - s / (p.sigmaColor * p.sigmaColor) * toward(d, p);
}
