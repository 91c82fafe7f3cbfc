// v = clip(x + addition);  y = v + s · (1 − 2v), s being 1 where v >= threshold, else 0
import package::lib::clip::{ clip, clip_backward };
import package::lib::nan::unless_nan;

struct Params { threshold: f32, addition: f32, clip: bool, estimator: f32, softness: f32 }

fn turned(v: vec3f, p: Params) -> vec3<bool> { return v >= vec3f(p.threshold); }

fn forward(x: vec3f, p: Params) -> vec3f {
  let v = clip(x + p.addition, p.clip);
  return unless_nan(select(v, 1.0 - v, turned(v, p)), p.threshold);
}

// The gradient of the step s, by estimator:
// straightThrough (0): ds / dthreshold = −1, and the image has the gradient beside the jump: gv = g · (1 − 2s)
// soft (1): that of s = sigmoid((v − threshold) / softness), in the image too: gv = g · (1 − 2s + (1 − 2v) · s')
// none (2): gv = g · (1 − 2s), and the threshold has none
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let moved = x + p.addition;
  let v = clip(moved, p.clip);
  let jump = gy * (1.0 - 2.0 * v);
  var gv = select(gy, -gy, turned(v, p));
  if (p.estimator == 0.0) {
    (*gp).threshold -= jump.x + jump.y + jump.z;
  } else if (p.estimator == 1.0) {
    let s = 1.0 / (1.0 + exp(-(v - p.threshold) / p.softness));
    let ds = jump * s * (1.0 - s) / p.softness;
    (*gp).threshold -= ds.x + ds.y + ds.z;
    gv = gy * (1.0 - 2.0 * s) + ds;
  }
  let gx = clip_backward(moved, gv, p.clip);
  (*gp).addition += gx.x + gx.y + gx.z;
  return gx;
}
