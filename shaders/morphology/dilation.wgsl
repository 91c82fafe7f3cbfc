// y = max over t of x(p − t) + element(t); the gradient goes in equal parts to all neighbours that reach the maximum.
import package::lib::nan::is_nan3;
import package::lib::neighbour::Neighbour;

struct Params { element: f32 }
// The largest value so far, and how many neighbours have it.
struct Sum { y: vec3f, ties: vec3f }
struct Back { g: vec3f, y: vec3f }

// NaN is larger than all.
fn take(sum: ptr<function, Sum>, x: vec3f, at: Neighbour, p: Params) {
  let v = x + p.element;
  let before = *sum;
  let more = ((v > before.y) | is_nan3(v) | (before.ties == vec3f(0.0))) & !is_nan3(before.y);
  (*sum).y = select(before.y, v, more);
  (*sum).ties = select(before.ties + select(vec3f(0.0), vec3f(1.0), v == before.y), vec3f(1.0), more);
}

// −∞ where no neighbour is in the image, of bits: WGSL has no literal for it.
fn result(sum: Sum, p: Params) -> vec3f {
  return select(sum.y, bitcast<vec3f>(bitcast<vec3u>(sum.ties) | vec3u(0xff800000u)), sum.ties == vec3f(0.0));
}

fn back(sum: Sum, g: vec3f, p: Params, gp: ptr<function, Params>) -> Back {
  return Back(g / select(sum.ties, vec3f(1.0), sum.ties == vec3f(0.0)), sum.y);
}

fn back_take(b: Back, x: vec3f, at: Neighbour, p: Params, gp: ptr<function, Params>) {
  let own = gather(b, x, at, p);
  (*gp).element += own.x + own.y + own.z;
}

fn gather(b: Back, x: vec3f, at: Neighbour, p: Params) -> vec3f {
  return select(vec3f(0.0), b.g, x + p.element == b.y);
}
