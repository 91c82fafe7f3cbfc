// The sums of `scatter_add` as floats. A sample that the field leaves alone has its gradient as it came in, bit for bit.
import package::lib::fixed::{ Unit, number_of, unit_of };
@if(near) import package::lib::near::{ Near, is_near };
import package::lib::thread::LINE;

struct Shape { planes: u32, threads: u32, pixels: u32, channels: u32, samples: u32, slot: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> extents: array<u32>;
@group(0) @binding(2) var<storage, read> low: array<i32>;
@group(0) @binding(3) var<storage, read> high: array<i32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@if(coin) @group(0) @binding(5) var<storage, read> params: array<f32>;
@if(coin) @group(0) @binding(6) var<storage, read> g: array<f32>;
@if(near && !coin) @group(0) @binding(5) var<storage, read> reach: array<Near>;
@if(near && coin) @group(0) @binding(7) var<storage, read> reach: array<Near>;

// A thread owns every `threads`-th pixel of a plane. There is always a first.
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let threads = shape.threads;
  let plane = index / threads;
  if (plane >= shape.planes) { return; }
  let unit = unit_of(extents[plane]);
  @if(coin) let alone = params[shape.slot * shape.samples + plane / shape.channels] == 0.0;
  @if(!coin) let alone = false;
  // Samples that are near are gathered.
  @if(near) let gathered = is_near(reach[plane / shape.channels]) & !alone;
  @if(near) if (gathered) { return; }
  let end = (plane + 1u) * shape.pixels;
  var i = plane * shape.pixels + (index - plane * threads);
  loop {
    let v = number_of(high[i], low[i], unit);
    @if(!coin) y[i] = v;
    @if(coin) y[i] = select(v, g[i], alone);
    continuing { i += threads; break if i >= end; }
  }
}
