// y = x + amount · (m − x), m the mean of what a block has of the image
import package::generated::tile::{ Block, WIDTH };
import package::lib::tile::Tile;

struct Params { amount: f32 }

fn mean(b: ptr<function, Block>, at: Tile) -> f32 {
  var sum = 0.0;
  for (var r = 0u; r < at.rows; r++) {
    for (var c = 0u; c < at.columns; c++) { sum += (*b)[r * WIDTH + c]; }
  }
  return sum / f32(at.rows * at.columns);
}

fn forward(b: ptr<function, Block>, p: Params, at: Tile) {
  let m = mean(b, at);
  for (var r = 0u; r < at.rows; r++) {
    for (var c = 0u; c < at.columns; c++) {
      let k = r * WIDTH + c;
      (*b)[k] += p.amount * (m - (*b)[k]);
    }
  }
}

// gx = (1 − amount) · g + amount · mean(g);  damount = Σ g · (m − x)
fn backward(b: ptr<function, Block>, g: ptr<function, Block>, p: Params, at: Tile, gp: ptr<function, Params>) {
  let m = mean(b, at);
  let of_mean = mean(g, at);
  var sum = 0.0;
  for (var r = 0u; r < at.rows; r++) {
    for (var c = 0u; c < at.columns; c++) {
      let k = r * WIDTH + c;
      sum += (*g)[k] * (m - (*b)[k]);
      (*g)[k] += p.amount * (of_mean - (*g)[k]);
    }
  }
  (*gp).amount += sum;
}
