// The tiles of a batch's planes, each of which a thread works on as a whole.
import package::generated::tile::{ HEIGHT, WIDTH };

// Sizes are those of an image; `columns` and `rows` count its tiles, `tiles` those of all planes of a sample; `coin` is the slot of a coin.
struct Shape { samples: u32, threads: u32, tiles: u32, planes: u32, width: u32, height: u32, columns: u32, rows: u32, coin: u32 }

// A tile of sample `n`: where it begins on its plane, and how much of it lies on the plane. Beyond, it repeats the last pixels.
struct Tile { n: u32, plane: u32, x: u32, y: u32, columns: u32, rows: u32 }

// Where a tile lies in memory.
struct Span { tile: Tile, first: u32, stride: u32 }

// Floats of a sample's planes: luma, and two of chroma with half of its sides. All of them are whole tiles.
@if(halved)
fn floats_of(s: Shape) -> u32 { return luma_of(s) / 2u * 3u; }
@if(halved)
fn luma_of(s: Shape) -> u32 { return s.columns * WIDTH * s.rows * HEIGHT; }

@if(halved)
fn span_of(n: u32, k: u32, s: Shape) -> Span {
  let luma = s.columns * s.rows;
  let chroma = luma / 4u;
  let plane = select(1u + (k - min(k, luma)) / chroma, 0u, k < luma);
  let columns = select(s.columns / 2u, s.columns, plane == 0u);
  let own = select(k - min(k, luma) - (plane - min(plane, 1u)) * chroma, k, plane == 0u);
  let row = own / columns;
  let tile = Tile(n, plane, (own - row * columns) * WIDTH, row * HEIGHT, WIDTH, HEIGHT);
  let stride = columns * WIDTH;
  let start = n * floats_of(s) + select(luma_of(s) / 4u * (3u + plane), 0u, plane == 0u);
  return Span(tile, start + tile.y * stride + tile.x, stride);
}

@if(!halved)
fn span_of(n: u32, k: u32, s: Shape) -> Span {
  let plane = k / (s.columns * s.rows);
  let own = k - plane * s.columns * s.rows;
  let row = own / s.columns;
  let x = (own - row * s.columns) * WIDTH;
  let y = row * HEIGHT;
  let tile = Tile(n, plane, x, y, min(WIDTH, s.width - x), min(HEIGHT, s.height - y));
  return Span(tile, ((n * s.planes + plane) * s.height + y) * s.width + x, s.width);
}
