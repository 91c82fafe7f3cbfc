// 1 all around, and in the middle what makes the sum 0.
import package::lib::neighbour::Neighbour;

struct Params { none: f32 }

fn weight(at: Neighbour, p: Params) -> f32 {
  return select(1.0, 1.0 - at.width * at.height, at.x == 0.0 && at.y == 0.0);
}
fn weight_backward(at: Neighbour, p: Params, gw: f32, gp: ptr<function, Params>) {}
