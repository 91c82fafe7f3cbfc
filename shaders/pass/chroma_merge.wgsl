// From planes of luma and of chroma with half the sides to images: a thread for each sample of chroma, and its four pixels.
import package::lib::around::{ Around, Three, along, row_at };
import package::lib::cheap::within3;
import package::lib::halves::{ Halves, halves_of };
import package::lib::thread::LINE;
import package::lib::tile::{ Shape, luma_of };
import package::lib::ycbcr::rgb_of;

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> planes: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
// Where a coin leaves samples alone: `coin` is its slot.
@if(coin) @group(0) @binding(3) var<storage, read> params: array<f32>;
@if(coin) @group(0) @binding(4) var<storage, read> x: array<f32>;

fn pair(h: Halves, row: u32, column: u32) -> vec2f {
  let at = row * h.across + column;
  return vec2f(planes[h.blue + at], planes[h.red + at]);
}
fn three(h: Halves, row: u32, i: u32) -> Three {
  return Three(pair(h, row, i - min(i, 1u)), pair(h, row, i), pair(h, row, min(i + 1u, h.across - 1u)));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let each = luma_of(shape) / 4u;
  let n = index / each;
  if (n >= shape.samples) { return; }
  let h = halves_of(n, shape);
  let own = index - n * each;
  let j = own / h.across;
  let i = own - j * h.across;
  if ((2u * j >= shape.height) | (2u * i >= shape.width)) { return; }
  let around = Around(three(h, j - min(j, 1u), i), three(h, j, i), three(h, min(j + 1u, h.down - 1u), i));
  let pixels = shape.width * shape.height;
  @if(coin) let keeps = params[shape.coin * shape.samples + n] == 0.0;
  for (var t = 1u; t < 3u; t++) {
    let row = 2u * j + t - 1u;
    let line = row_at(t, around);
    for (var k = 1u; k < 3u; k++) {
      let column = 2u * i + k - 1u;
      if ((row >= shape.height) | (column >= shape.width)) { continue; }
      let at = n * 3u * pixels + row * shape.width + column;
      var rgb = within3(rgb_of(vec3f(planes[h.luma + row * h.width + column], along(k, line))), vec3f(0.0), vec3f(1.0));
      @if(coin) if (keeps) { rgb = vec3f(x[at], x[at + pixels], x[at + 2u * pixels]); }
      y[at] = rgb.x;
      y[at + pixels] = rgb.y;
      y[at + 2u * pixels] = rgb.z;
    }
  }
}
