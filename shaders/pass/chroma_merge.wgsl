// From planes of luma and of chroma with half the sides to images: a thread for each sample of chroma, and its four pixels.
import package::lib::around::{ along, row_at };
import package::lib::cheap::within3;
import package::lib::chroma::{ around_of, planes, shape };
import package::lib::halves::{ halves_of, spot_of };
import package::lib::thread::LINE;
import package::lib::ycbcr::rgb_of;

@group(0) @binding(2) var<storage, read_write> y: array<f32>;
// Where a coin leaves samples alone: `coin` is its slot.
@if(coin) @group(0) @binding(3) var<storage, read> params: array<f32>;
@if(coin) @group(0) @binding(4) var<storage, read> x: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let p = spot_of(id.x + id.y * LINE, shape);
  if (p.n >= shape.samples) { return; }
  let h = halves_of(p.n, shape);
  if ((2u * p.j >= shape.height) | (2u * p.i >= shape.width)) { return; }
  let around = around_of(h, p);
  let pixels = shape.width * shape.height;
  @if(coin) let keeps = params[shape.coin * shape.samples + p.n] == 0.0;
  for (var t = 1u; t < 3u; t++) {
    let row = 2u * p.j + t - 1u;
    let line = row_at(t, around);
    for (var k = 1u; k < 3u; k++) {
      let column = 2u * p.i + k - 1u;
      if ((row >= shape.height) | (column >= shape.width)) { continue; }
      let at = p.n * 3u * pixels + row * shape.width + column;
      var rgb = within3(rgb_of(vec3f(planes[h.luma + row * h.width + column], along(k, line))), vec3f(0.0), vec3f(1.0));
      @if(coin) if (keeps) { rgb = vec3f(x[at], x[at + pixels], x[at + 2u * pixels]); }
      y[at] = rgb.x;
      y[at + pixels] = rgb.y;
      y[at + 2u * pixels] = rgb.z;
    }
  }
}
