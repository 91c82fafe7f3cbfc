// What blocks of luma and of chroma with half the sides show: the planes merged and clipped, four pixels at a time. Neighbours share
// samples of chroma: four pixels of a row take eight, where each by itself takes four.
import package::generated::io::{ planes, shape };
@if(coin) import package::generated::io::{ load_x, param };
import package::generated::tile::{ HEIGHT, WIDTH };
@if(coin) import package::generated::tile::COIN;
import package::lib::cheap::within3;
import package::lib::halves::{ Halves, halves_at };
import package::lib::plane::Plane;
import package::lib::quad::{ Quad, join };
import package::lib::ycbcr::rgb_of;

struct Scene { h: Halves, columns: u32, applied: bool }

fn scene_of(n: u32, lane: u32) -> Scene {
  // Both in whole tiles of chroma.
  let width = (shape.width + 2u * WIDTH - 1u) / (2u * WIDTH) * (2u * WIDTH);
  let height = (shape.height + 2u * HEIGHT - 1u) / (2u * HEIGHT) * (2u * HEIGHT);
  @if(coin) return Scene(halves_at(n, width, height), shape.width, param(COIN, n) != 0.0);
  @if(!coin) return Scene(halves_at(n, width, height), shape.width, true);
}

// Of a line that is halved, the sample of a pixel and the next one, of which it sees a quarter; the border repeats its own.
struct Pair { own: u32, next: u32 }

fn pair_of(at: u32, samples: u32) -> Pair {
  let own = at / 2u;
  return Pair(own, select(own - min(own, 1u), min(own + 1u, samples - 1u), (at & 1u) == 1u));
}

// Where two rows of chroma begin, after the start of a plane.
fn rows_of(y: u32, h: Halves) -> Pair {
  let rows = pair_of(y, h.down);
  return Pair(rows.own * h.across, rows.next * h.across);
}

// Blue and red of a column, as a row of pixels sees them.
fn column_at(i: u32, rows: Pair, h: Halves) -> vec2f {
  let own = vec2f(planes[h.blue + rows.own + i], planes[h.red + rows.own + i]);
  let next = vec2f(planes[h.blue + rows.next + i], planes[h.red + rows.next + i]);
  return 0.75 * own + 0.25 * next;
}

fn shown(luma: u32, own: vec2f, next: vec2f) -> vec3f {
  return within3(rgb_of(vec3f(planes[luma], 0.75 * own + 0.25 * next)), vec3f(0.0), vec3f(1.0));
}

// The four lie in one row, and begin with the first pixel of a sample.
@if(whole_rows)
fn merged(i: u32, s: Scene) -> Quad {
  let h = s.h;
  let y = i / s.columns;
  let x = i - y * s.columns;
  let rows = rows_of(y, h);
  let k = x / 2u;
  let a = column_at(k - min(k, 1u), rows, h);
  let b = column_at(k, rows, h);
  let c = column_at(k + 1u, rows, h);
  let d = column_at(min(k + 2u, h.across - 1u), rows, h);
  let luma = h.luma + y * h.width + x;
  return join(shown(luma, b, a), shown(luma + 1u, b, c), shown(luma + 2u, c, b), shown(luma + 3u, c, d));
}

@if(!whole_rows)
fn one(i: u32, s: Scene) -> vec3f {
  let h = s.h;
  let y = i / s.columns;
  let x = i - y * s.columns;
  let rows = rows_of(y, h);
  let columns = pair_of(x, h.across);
  return shown(h.luma + y * h.width + x, column_at(columns.own, rows, h), column_at(columns.next, rows, h));
}

// Planes that are not whole quads are padded, so that what lies behind the last pixel is there.
@if(!whole_rows)
fn merged(i: u32, s: Scene) -> Quad { return join(one(i, s), one(i + 1u, s), one(i + 2u, s), one(i + 3u, s)); }

fn see_quad(plane: Plane, q: u32, s: Scene) -> Quad {
  @if(coin) if (!s.applied) { return load_x(plane, q); }
  return merged(4u * q, s);
}
