// The image is cut into tiles, and tile k, counted row by row, shows what was tile permutation[k]. What is left over beside the last
// column and below the last row stays.
import package::lib::cheap::whole;
import package::lib::frame::Frame;
import package::lib::pixel::Pixel;
import package::lib::table::{ entries, Table };
import package::lib::tap::{ NOTHING, Tap };

struct Params { permutation: Table, grid: vec2f }

fn tile_size(p: Params, f: Frame) -> vec2f { return floor((vec2f(f.width, f.height) + 0.5) / p.grid.yx); }

// The tile that a pixel is in. Half a pixel more keeps the first pixel of a tile on its side of the edge.
fn tile_of(at: Pixel, size: vec2f) -> vec2f { return floor((vec2f(at.x, at.y) + 0.5) / size); }
fn is_rest(tile: vec2f, p: Params) -> bool { return any(tile >= p.grid.yx); }
fn number_of(tile: vec2f, p: Params) -> u32 { return u32(whole(tile.y * p.grid.y + tile.x)); }
fn moved(source: u32, at: Pixel, own: vec2f, k: u32, size: vec2f, p: Params) -> Tap {
  let row = floor((f32(k) + 0.5) / p.grid.y);
  let to = vec2f(at.x, at.y) + (vec2f(f32(k) - row * p.grid.y, row) - own) * size;
  return Tap(source, Pixel(to.x, to.y), 1.0);
}

fn tap(i: u32, at: Pixel, p: Params, f: Frame) -> Tap {
  let size = tile_size(p, f);
  let tile = tile_of(at, size);
  if (is_rest(tile, p)) { return Tap(0u, at, 1.0); }
  let shown = entries(p.permutation, vec3u(number_of(tile, p))).x;
  return moved(0u, at, tile, u32(whole(shown)), size, p);
}

// Where a tile went: its place in the list. Every tile is in it once.
fn seen(i: u32, source: u32, at: Pixel, p: Params, f: Frame) -> Tap {
  let size = tile_size(p, f);
  let tile = tile_of(at, size);
  if (is_rest(tile, p)) { return Tap(select(NOTHING, 0u, source == 0u), at, 1.0); }
  let own = f32(number_of(tile, p));
  var k = 0u;
  loop {
    if (k + 1u >= p.permutation.length || entries(p.permutation, vec3u(k)).x == own) { break; }
    k += 1u;
  }
  return moved(select(NOTHING, 0u, source == 0u), at, tile, k, size, p);
}

fn backward(at: Pixel, p: Params, f: Frame, gs: array<f32, 1>, gp: ptr<function, Params>) {}
