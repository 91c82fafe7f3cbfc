// y = s + factor · (x − s), s being x smoothed: the neighbours count once, the pixel itself five times, over 13, clipped to 0..1. Pixels of the
// border, which lack neighbours, stay as they are. What is more than a blend of the two is clipped, too.
import package::lib::clip::{ clip, clip_backward };
import package::lib::neighbour::Neighbour;

struct Params { factor: f32 }
struct Sum { y: vec3f, count: f32 }
struct Back { g: vec3f }

fn weight(at: Neighbour) -> f32 { return select(1.0, 5.0, at.x == 0.0 && at.y == 0.0) / 13.0; }

fn take(sum: ptr<function, Sum>, x: vec3f, centre: vec3f, at: Neighbour, p: Params) {
  (*sum).y += weight(at) * x;
  (*sum).count += 1.0;
}

fn is_inner(sum: Sum) -> bool { return sum.count == 9.0; }
fn goes_beyond(p: Params) -> bool { return p.factor < 0.0 || p.factor > 1.0; }
fn blended(smooth_x: vec3f, centre: vec3f, p: Params) -> vec3f { return select(smooth_x + p.factor * (centre - smooth_x), centre, p.factor == 1.0); }

fn result(sum: Sum, centre: vec3f, p: Params) -> vec3f {
  let y = clip(blended(clip(sum.y, true), centre, p), goes_beyond(p));
  return select(centre, y, is_inner(sum));
}

fn back(sum: Sum, centre: vec3f, g: vec3f, p: Params, gp: ptr<function, Params>, gc: ptr<function, vec3f>) -> Back {
  let smooth_x = clip(sum.y, true);
  let gy = clip_backward(blended(smooth_x, centre, p), g, goes_beyond(p));
  let d = gy * (centre - smooth_x);
  (*gp).factor += select(0.0, d.x + d.y + d.z, is_inner(sum));
  *gc += select(g, p.factor * gy, is_inner(sum));
  return Back(select(vec3f(0.0), clip_backward(sum.y, (1.0 - p.factor) * gy, true), is_inner(sum)));
}

fn gather(b: Back, x: vec3f, centre: vec3f, at: Neighbour, p: Params) -> vec3f { return weight(at) * b.g; }
