// The first grid of every field, and the key of its random numbers.
import package::lib::draw::{ bits_at, stream_of, upper, word_of };
import package::lib::thread::LINE;

struct First { samples: u32, fields: u32, rows: u32, columns: u32, seed: u32 }

@group(0) @binding(0) var<uniform> shape: First;
@group(0) @binding(1) var<storage, read> params: array<f32>;
@group(0) @binding(2) var<storage, read_write> keys: array<vec2u>;
@group(0) @binding(3) var<storage, read_write> grid: array<f32>;

fn word(k: u32, n: u32) -> u32 {
  let row = shape.seed + 2u * k;
  return word_of(params[row * shape.samples + n], params[(row + 1u) * shape.samples + n]);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let plane = id.x + id.y * LINE;
  let n = plane / shape.fields;
  if (n >= shape.samples) { return; }
  let key = stream_of(vec2u(word(0u, n), word(1u, n)), word(2u, n), 0u, plane - n * shape.fields).own;
  keys[plane] = key;
  let points = shape.rows * shape.columns;
  for (var i = 0u; i < points; i++) {
    let row = i / shape.columns;
    grid[plane * points + i] = upper(bits_at(key, vec2u(i - row * shape.columns, row)).x);
    @if(tangent) grid[(shape.samples * shape.fields + plane) * points + i] = 0.0;
  }
}
