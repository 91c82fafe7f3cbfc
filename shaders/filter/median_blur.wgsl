// The median of the neighbours, the lower one where there are two. The compiler selects it; its gradient goes back in equal parts to
// all neighbours that have the value.
import package::lib::neighbour::Neighbour;

struct Params { none: f32 }
// The value, and how many neighbours have it.
struct Sum { y: vec3f, ties: vec3f }
struct Back { g: vec3f, y: vec3f }

fn back(sum: Sum, g: vec3f, p: Params, gp: ptr<function, Params>) -> Back {
  return Back(g / select(sum.ties, vec3f(1.0), sum.ties == vec3f(0.0)), sum.y);
}

fn gather(b: Back, x: vec3f, at: Neighbour, p: Params) -> vec3f { return select(vec3f(0.0), b.g, x == b.y); }
