// The sums of `scatter_add` as floats. A sample that the field leaves alone has its gradient as it came in, bit for bit.
import package::lib::fixed::{ number_of, scale_of };
import package::lib::thread::LINE;

struct Shape { pixels: u32, end: u32, channels: u32, samples: u32, slot: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> extents: array<u32>;
@group(0) @binding(2) var<storage, read> low: array<i32>;
@group(0) @binding(3) var<storage, read> high: array<i32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@if(coin) @group(0) @binding(5) var<storage, read> params: array<f32>;
@if(coin) @group(0) @binding(6) var<storage, read> g: array<f32>;

@if(coin)
fn left_alone(plane: u32) -> bool { return params[shape.slot * shape.samples + plane / shape.channels] == 0.0; }

const EACH: u32 = 16u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let start = (id.x + id.y * LINE) * EACH;
  if (start >= shape.end) { return; }
  var plane = start / shape.pixels;
  var left = (plane + 1u) * shape.pixels - start;
  var s = scale_of(extents[plane]);
  @if(coin) var alone = left_alone(plane);
  let end = min(start + EACH, shape.end);
  var i = start;
  loop {
    if (left == 0u) {
      plane++;
      left = shape.pixels;
      s = scale_of(extents[plane]);
      @if(coin) alone = left_alone(plane);
    }
    @if(!coin) y[i] = number_of(high[i], low[i], s);
    @if(coin) y[i] = number_of(high[i], low[i], s);
    @if(coin) if (alone) { y[i] = g[i]; }
    continuing {
      i++;
      left--;
      break if i >= end;
    }
  }
}
