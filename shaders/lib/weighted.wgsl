// A stencil that is a sum with weights: what the kernels of stencils do where a transform only says the weights.
import package::lib::neighbour::Neighbour;

struct Params { weight: f32 }
struct Sum { y: vec3f }
struct Back { g: vec3f }

// What has no weight is not seen, whatever it is: 0 times NaN is NaN. A weight that is NaN is one; told by its bits.
fn part(w: f32, v: vec3f) -> vec3f { return select(w * v, vec3f(0.0), (bitcast<u32>(w) & 0x7fffffffu) == 0u); }

fn take(sum: ptr<function, Sum>, x: vec3f, at: Neighbour, p: Params) { (*sum).y += part(p.weight, x); }
fn result(sum: Sum, p: Params) -> vec3f { return sum.y; }
fn back(sum: Sum, g: vec3f, p: Params, gp: ptr<function, Params>) -> Back { return Back(g); }
fn back_take(b: Back, x: vec3f, at: Neighbour, p: Params, gp: ptr<function, Params>) { (*gp).weight += dot(b.g, x); }
fn gather(b: Back, x: vec3f, at: Neighbour, p: Params) -> vec3f { return part(p.weight, b.g); }
