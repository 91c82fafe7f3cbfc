// Looks every pixel up.
import package::lib::nan::is_nan;
import package::lib::thread::LINE;
import package::program::clahe::bin_of;
import package::program::clahe_seen::{ place_of, seen, shape };

@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  if (i >= shape.samples * shape.channels * shape.height * shape.width) { return; }
  let v = x[i];
  @if(opencv && !soft) let shown = round(seen(place_of(i), bin_of(v)));
  @if(!opencv || soft) let shown = seen(place_of(i), bin_of(v));
  y[i] = select(shown / 255.0, v, is_nan(v));
}
