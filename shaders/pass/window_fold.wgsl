// What mirrors add to `window_adjoint` near the border: an output that looked beyond it saw a pixel within. A pass of its own,
// as SwiftShader runs what is behind an `if` for every pixel; a thread has one block, and its images.
import package::generated::block::{ BLOCK, Sums, beyond, correlate, load_before, load_y, plus, product, save, turn_around };
import package::lib::line::{ Block, block_at };
import package::lib::tail::tail_of;
import package::lib::thread::LINE;
@if(coin) import package::lib::window::is_left_alone;
import package::lib::window::{ line, sums };

// Where the images of a block begin: the one that a block near the left end has, and that of one near the right end. Mirrors
// turn them around; in circles it is seen beyond the other end.
@if(pad_reflection)
fn images(last: i32, length: i32) -> vec2i { return vec2i(-last, 2 * (length - 1) - last); }
@if(pad_symmetric)
fn images(last: i32, length: i32) -> vec2i { return vec2i(-1 - last, 2 * length - 1 - last); }
@if(pad_circular)
fn images(last: i32, length: i32) -> vec2i { return vec2i(length, -length) + last - i32(BLOCK) + 1; }

fn as_block(s: Sums, first: i32) -> Sums {
  let outside = beyond(s, first, i32(line.length));
  @if(pad_circular) return outside;
  @if(!pad_circular) return turn_around(outside);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  // The blocks within a radius of either end of the line.
  let blocks = (line.length + BLOCK - 1u) / BLOCK;
  let left = min(line.radius / BLOCK + 1u, blocks);
  let right = blocks - max((line.length - 1u - line.radius) / BLOCK, left);
  let across = index / line.inner;
  let outer = across / (left + right);
  if (outer >= line.outer) { return; }
  let k = across - outer * (left + right);
  let block = block_at(outer, select(blocks + k - left - right, k, k < left), index - across * line.inner, BLOCK, line);
  @if(width_gradient) let n = outer / line.per_sample;
  @if(width_gradient) let slot = n * line.sums + line.first + index - n * line.per_sample * (left + right) * line.inner;
  @if(coin) if (is_left_alone(block)) {
    @if(width_gradient) sums[slot] = 0.0;
    return;
  }
  let first = images(block.i + i32(BLOCK) - 1, i32(line.length));
  let turned = block.table + line.places;
  let t = tail_of(block.start, line);
  // A block is near one end, or in a short line near both.
  @if(apart) let a = Block(block.start, select(first.y, first.x, k < left), BLOCK, block.table);
  @if(!apart) let a = Block(block.start, first.x, BLOCK, block.table);
  @if(!apart) let b = Block(block.start, first.y, BLOCK, block.table);
  @if(width_gradient) var da: Sums;
  @if(width_gradient) let sa = correlate(a, turned, t, turned + line.places, &da);
  @if(!width_gradient) let sa = correlate(a, turned, t);
  @if(width_gradient && !apart) var db: Sums;
  @if(width_gradient && !apart) let sb = correlate(b, turned, t, turned + line.places, &db);
  @if(!width_gradient && !apart) let sb = correlate(b, turned, t);
  @if(apart) let s = as_block(sa, a.i);
  @if(!apart) let s = plus(as_block(sa, a.i), as_block(sb, b.i));
  @if(line_gradient) save(block, plus(load_y(block), s), t);
  @if(width_gradient) {
    @if(apart) let d = as_block(da, a.i);
    @if(!apart) let d = plus(as_block(da, a.i), as_block(db, b.i));
    sums[slot] = product(d, load_before(block));
  }
}
