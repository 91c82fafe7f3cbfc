// Tiles of planes: each is read, worked on as a whole, and written.
import package::generated::tile::{ Block, HEIGHT, WIDTH };
import package::generated::transform::{ own_of, run, shape, x, y };
import package::lib::thread::LINE;
import package::lib::tile::{ Span, span_of };

fn load(b: ptr<function, Block>, s: Span) {
  for (var r = 0u; r < HEIGHT; r++) {
    let row = s.first + min(r, s.tile.rows - 1u) * s.stride;
    for (var c = 0u; c < WIDTH; c++) { (*b)[r * WIDTH + c] = x[row + min(c, s.tile.columns - 1u)]; }
  }
}

fn store(b: ptr<function, Block>, s: Span) {
  for (var r = 0u; r < s.tile.rows; r++) {
    let row = s.first + r * s.stride;
    for (var c = 0u; c < s.tile.columns; c++) { y[row + c] = (*b)[r * WIDTH + c]; }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let n = index / shape.threads;
  if (n >= shape.samples) { return; }
  let own = own_of(n);
  var k = index - n * shape.threads;
  var b: Block;
  loop {
    let s = span_of(n, k, shape);
    load(&b, s);
    run(&b, own, s.tile);
    store(&b, s);
    continuing {
      k += shape.threads;
      break if k >= shape.tiles;
    }
  }
}
