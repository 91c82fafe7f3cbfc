// Weights of a binomial across and down: row n of Pascal's triangle, over 2ⁿ, n + 1 being the size.
import package::lib::neighbour::Neighbour;

struct Params { none: f32 }

// Number t of the weights, counted from the middle, which lies left of it where the size is even.
fn binomial(t: f32, size: f32) -> f32 {
  let n = size - 1.0;
  let k = t + floor(0.5 * n);
  var share = exp2(-n);
  for (var i = 0.0; i < k; i += 1.0) { share *= (n - i) / (i + 1.0); }
  return share;
}

fn weight(at: Neighbour, p: Params) -> f32 { return binomial(at.x, at.width) * binomial(at.y, at.height); }
fn weight_backward(at: Neighbour, p: Params, gw: f32, gp: ptr<function, Params>) {}
