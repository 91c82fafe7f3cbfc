// y = low + s · (high − low), s being 1 where x > threshold, else 0. By mode, low and high are
// binary (0): 0, max;  binaryInv (1): max, 0;  trunc (2): x, threshold;  tozero (3): 0, x;  tozeroInv (4): x, 0
import package::lib::cheap::within3;
import package::lib::nan::{ is_nan3, unless_nan };

struct Params { threshold: f32, max: f32, mode: f32, estimator: f32, softness: f32 }

fn low(x: vec3f, p: Params) -> vec3f {
  return select(select(vec3f(0.0), vec3f(p.max), p.mode == 1.0), x, (p.mode == 2.0) | (p.mode == 4.0));
}

fn high(x: vec3f, p: Params) -> vec3f {
  let constant = select(select(0.0, p.max, p.mode == 0.0), p.threshold, p.mode == 2.0);
  return select(vec3f(constant), x, p.mode == 3.0);
}

fn forward(x: vec3f, p: Params) -> vec3f {
  let y = select(low(x, p), high(x, p), x > vec3f(p.threshold));
  return unless_nan(select(y, x, is_nan3(x)), p.threshold);
}

// The gradient of the step s, by estimator:
// straightThrough (0): ds / dthreshold = −1; the image has the gradient beside the jump, and where that is 0, ds / dx = 1
// soft (1): that of s = sigmoid((x − threshold) / softness), in the image too
// none (2): 0
// trunc has no jump: its own gradient with each.
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let hard = select(vec3f(0.0), vec3f(1.0), x > vec3f(p.threshold));
  let u = within3((x - p.threshold) / p.softness, vec3f(-80.0), vec3f(80.0));
  let sigmoid = 1.0 / (1.0 + exp(-u));
  let jumps = p.mode != 2.0;
  let soft = jumps & (p.estimator == 1.0);
  let straight = jumps & (p.estimator == 0.0);
  let s = select(hard, sigmoid, soft);
  let jump = gy * (high(x, p) - low(x, p));
  let ds = select(select(vec3f(0.0), jump, straight), jump * s * (1.0 - s) / p.softness, soft);
  let moved = select(vec3f(0.0), gy * hard, !jumps) - ds;
  (*gp).threshold += moved.x + moved.y + moved.z;
  let of_max = gy * select(select(vec3f(0.0), 1.0 - s, p.mode == 1.0), s, p.mode == 0.0);
  (*gp).max += of_max.x + of_max.y + of_max.z;
  let beside = select(select(vec3f(0.0), 1.0 - s, (p.mode == 2.0) | (p.mode == 4.0)), s, p.mode == 3.0);
  let through = soft | (straight & (p.mode < 1.5));
  return gy * beside + select(vec3f(0.0), ds, through);
}
