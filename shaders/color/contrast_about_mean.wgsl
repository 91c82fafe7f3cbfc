// y = clip(factor · x + (1 − factor) · m), m being the mean of the image's luma, or of all channels where there are not three
import package::lib::clip::{ clip, clip_backward };
import package::lib::gray::LUMA;

struct Params { factor: f32, clip: bool, channels: u32 }

fn weights(p: Params) -> vec3f { return select(vec3f(1.0 / f32(p.channels)), LUMA, p.channels == 3u); }

// The compiler takes the mean of this over the image, groups of three channels added up.
fn measure(x: vec3f, p: Params) -> f32 { return dot(x, weights(p)); }

fn measure_backward(x: vec3f, p: Params, gm: f32, gp: ptr<function, Params>) -> vec3f { return gm * weights(p); }

fn raw(x: vec3f, p: Params, mean: f32) -> vec3f { return p.factor * x + (1.0 - p.factor) * mean; }

fn forward(x: vec3f, p: Params, mean: f32) -> vec3f { return clip(raw(x, p, mean), p.clip); }

// gx = g · factor;  dfactor = Σ g · (x − m);  dm = Σ g · (1 − factor)
fn backward(x: vec3f, p: Params, mean: f32, gy: vec3f, gp: ptr<function, Params>, gm: ptr<function, f32>) -> vec3f {
  let g = clip_backward(raw(x, p, mean), gy, p.clip);
  (*gp).factor += dot(g, x - mean);
  *gm += (g.x + g.y + g.z) * (1.0 - p.factor);
  return g * p.factor;
}
