// Of an image in HSV: S <- clip(factor · S); H and V kept.
import package::lib::cheap::within;

struct Params { factor: f32 }

fn forward(x: vec3f, p: Params) -> vec3f { return vec3f(x.x, within(p.factor * x.y, 0.0, 1.0), x.z); }

// gS = g · factor, dfactor = Σ g · S, where nothing is clipped
fn backward(x: vec3f, p: Params, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  let s = p.factor * x.y;
  let g = select(0.0, gy.y, (s >= 0.0) & (s <= 1.0));
  (*gp).factor += g * x.y;
  return vec3f(gy.x, g * p.factor, gy.z);
}
