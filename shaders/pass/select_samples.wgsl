// Of each sample, what it gets where its coin shows 1, and where it shows 0: another batch, or nothing.
import package::lib::thread::LINE;

// Values of a sample, and the slot of the coin.
struct Shape { samples: u32, values: u32, coin: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> params: array<f32>;
@group(0) @binding(2) var<storage, read> applied: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;
@if(other) @group(0) @binding(4) var<storage, read> other: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  if (i >= shape.samples * shape.values) { return; }
  // Rows of one value per sample, or samples of many values.
  @if(rows) let n = i % shape.samples;
  @if(!rows) let n = i / shape.values;
  @if(other) let left = other[i];
  @if(!other) let left = 0.0;
  result[i] = select(left, applied[i], params[shape.coin * shape.samples + n] != 0.0);
}
