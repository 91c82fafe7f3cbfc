// The pull-back of `block_forward`: every tile by itself. What a tile repeats beyond its plane adds to the pixels that it repeats.
import package::generated::tile::{ Block, HEIGHT, WIDTH };
import package::generated::transform::{ Grads, gradient, image, own_of, pull, save_grads, shape, x };
import package::lib::thread::LINE;
import package::lib::tile::{ Span, span_of };

fn load(b: ptr<function, Block>, g: ptr<function, Block>, s: Span) {
  for (var r = 0u; r < HEIGHT; r++) {
    let row = s.first + min(r, s.tile.rows - 1u) * s.stride;
    for (var c = 0u; c < WIDTH; c++) {
      let at = row + min(c, s.tile.columns - 1u);
      (*b)[r * WIDTH + c] = x[at];
      (*g)[r * WIDTH + c] = select(0.0, gradient[at], (r < s.tile.rows) & (c < s.tile.columns));
    }
  }
}

@if(image_gradient)
fn fold(g: ptr<function, Block>, s: Span) {
  let last_row = s.tile.rows - 1u;
  let last = s.tile.columns - 1u;
  for (var r = s.tile.rows; r < HEIGHT; r++) {
    for (var c = 0u; c < WIDTH; c++) { (*g)[last_row * WIDTH + c] += (*g)[r * WIDTH + c]; }
  }
  for (var r = 0u; r < s.tile.rows; r++) {
    for (var c = s.tile.columns; c < WIDTH; c++) { (*g)[r * WIDTH + last] += (*g)[r * WIDTH + c]; }
  }
}

@if(image_gradient)
fn store(g: ptr<function, Block>, s: Span) {
  fold(g, s);
  for (var r = 0u; r < s.tile.rows; r++) {
    let row = s.first + r * s.stride;
    for (var c = 0u; c < s.tile.columns; c++) { image[row + c] = (*g)[r * WIDTH + c]; }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let n = index / shape.threads;
  if (n >= shape.samples) { return; }
  let slot = index - n * shape.threads;
  let own = own_of(n);
  var sums: Grads;
  var b: Block;
  var g: Block;
  var k = slot;
  loop {
    let s = span_of(n, k, shape);
    load(&b, &g, s);
    pull(&b, &g, own, s.tile, &sums);
    @if(image_gradient) store(&g, s);
    continuing {
      k += shape.threads;
      break if k >= shape.tiles;
    }
  }
  save_grads(&sums, n, slot);
}
