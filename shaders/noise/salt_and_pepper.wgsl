// y = x + m · (v − x), m being 1 with probability `amount`, v being 1 (salt) with probability `saltVsPepper`, else 0 (pepper)
import package::lib::draw::{ Draw, uniform_joint, uniform_own };
import package::lib::nan::unless_nan;

struct Params { amount: f32, saltVsPepper: f32, perChannel: bool, estimator: f32 }

// Which channels are hit, and what they become.
struct Hit { covers: vec3<bool>, value: vec3f }

fn hit(p: Params, whether: Draw, which: Draw) -> Hit {
  var u: vec3f;
  var v: vec3f;
  if (p.perChannel) {
    u = uniform_own(whether);
    v = uniform_own(which);
  } else {
    let pair = uniform_joint(whether);
    u = vec3f(pair.x);
    v = vec3f(pair.y);
  }
  let value = select(vec3f(0.0), vec3f(1.0), v < vec3f(p.saltVsPepper));
  return Hit(u < vec3f(p.amount), unless_nan(value, p.saltVsPepper));
}

fn forward(x: vec3f, p: Params, whether: Draw, which: Draw) -> vec3f {
  let h = hit(p, whether, which);
  return unless_nan(select(x, h.value, h.covers), p.amount);
}

// gx = g · (1 − m). With the estimator `straightThrough` (0), dm / damount = 1 and dv / dsaltVsPepper = 1:
// damount = Σ g · (v − x);  dsaltVsPepper = Σ g · m
fn backward(x: vec3f, p: Params, whether: Draw, which: Draw, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let h = hit(p, whether, which);
  let passes = select(0.0, 1.0, p.estimator == 0.0);
  (*gp).amount += passes * dot(gy, h.value - x);
  (*gp).saltVsPepper += passes * dot(select(vec3f(0.0), gy, h.covers), vec3f(1.0));
  return select(gy, vec3f(0.0), h.covers);
}
