// Marks the pixels under drops. Every thread has every `marks`-th drop of a mask; whoever comes last to a pixel, it is marked.
import package::lib::draw::{ bits_at, stream_of, upper, word_of };
import package::lib::thread::LINE;
import package::program::rain::{ Shape, along, points_of, whole_number };

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read_write> mask: array<atomic<u32>>;
@group(0) @binding(2) var<storage, read> params: array<f32>;

fn param(row: u32, n: u32) -> f32 { return params[row * shape.samples + n]; }

@if(drawn)
fn word(k: u32, n: u32) -> u32 {
  return word_of(param(shape.seed_row + 2u * k, n), param(shape.seed_row + 2u * k + 1u, n));
}

// A place from which a side, or its mirror where it is negative, lies within the image if it can.
@if(drawn)
fn start(bits: u32, size: u32, side: i32) -> i32 {
  let room = max(i32(size) - abs(side), 1);
  return min(i32(upper(bits) * f32(room)), room - 1) + max(-side, 0);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let plane = index / shape.marks;
  let n = plane / shape.fields;
  if (n >= shape.samples) { return; }
  let down = whole_number(param(shape.height_row, n), 1000.0);
  let across = whole_number(param(shape.width_row, n), 1000.0);
  let size = points_of(down, across, shape.gaps == 1u);
  let given = u32(max(whole_number(param(shape.drops_row, n), 10000.0), 0));
  @if(drawn) let key = stream_of(vec2u(word(0u, n), word(1u, n)), word(2u, n), 0u, 0u).own;
  @if(drawn) let drops = given;
  @if(!drawn) let drops = min(given, min(shape.x_length, shape.y_length));
  @if(!drawn) let field = plane - n * shape.fields;
  @if(!drawn) let xs = shape.x_row + min(field, shape.x_lists - 1u) * shape.x_length;
  @if(!drawn) let ys = shape.y_row + min(field, shape.y_lists - 1u) * shape.y_length;
  for (var d = index - plane * shape.marks; d < drops; d += shape.marks) {
    @if(drawn) let bits = bits_at(key, vec2u(d, 0u));
    @if(drawn) let x = start(bits.x, shape.width, across);
    @if(drawn) let y = start(bits.y, shape.height, down);
    @if(!drawn) let x = whole_number(param(xs + d, n), 1e6);
    @if(!drawn) let y = whole_number(param(ys + d, n), 1e6);
    for (var i = 0; i < size; i++) {
      let row = y + along(i, down, size);
      let column = x + along(i, across, size);
      if ((row >= 0) & (row < i32(shape.height)) & (column >= 0) & (column < i32(shape.width))) {
        atomicStore(&mask[(plane * shape.height + u32(row)) * shape.width + u32(column)], 1u);
      }
    }
  }
}
