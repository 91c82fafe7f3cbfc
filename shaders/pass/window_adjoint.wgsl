// One axis of a window backward. The transpose of `window_line`: each pixel gathers from the outputs that saw it, at its own
// place and, near the border, at the places beyond it where padding shows the pixel again. The same with the derivatives of
// the weights, times the image before that axis, is the gradient of the width: Σ_v z[v] Σ_i dw[v − i] g[i].
import package::generated::correlate::correlate;
import package::lib::line::{ BLOCK, Block, block_of, blocks_in };
import package::lib::padding::resolve;
import package::lib::thread::LINE;
import package::lib::window::{ Sums, line, save, table, x };

@if(width_gradient) @group(0) @binding(4) var<storage, read> z: array<f32>;
@if(width_gradient) @group(0) @binding(5) var<storage, read_write> sums: array<f32>;

// What the outputs took from the place v, and would take with the derivatives: the output i saw it with the weight of v − i.
fn taken(start: u32, v: i32, turned: u32, derivatives: u32) -> vec2f {
  let radius = i32(line.radius);
  var sum = vec2f(0.0);
  for (var i = max(v - radius, 0); i <= min(v + radius, i32(line.length) - 1); i++) {
    let t = u32(i - v + radius);
    let g = x[start + u32(i) * line.inner];
    sum.x += table[turned + t] * g;
    @if(width_gradient) sum.y += table[derivatives + t] * g;
  }
  return sum;
}

fn add(s: ptr<function, Sums>, j: i32, value: f32) {
  (*s).a += select(vec4f(0.0), vec4f(value), vec4i(j) == vec4i(0, 1, 2, 3));
  (*s).b += select(vec4f(0.0), vec4f(value), vec4i(j) == vec4i(4, 5, 6, 7));
}

@if(width_gradient)
fn of_z(block: Block) -> Sums {
  let inner = line.inner;
  let at = block.start + u32(block.i) * inner;
  if (block.count == BLOCK) {
    return Sums(
      vec4f(z[at], z[at + inner], z[at + 2u * inner], z[at + 3u * inner]),
      vec4f(z[at + 4u * inner], z[at + 5u * inner], z[at + 6u * inner], z[at + 7u * inner]),
    );
  }
  var s = Sums(vec4f(0.0), vec4f(0.0));
  for (var k = 0u; k < block.count; k++) { add(&s, i32(k), z[at + k * inner]); }
  return s;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let n = index / line.threads;
  if (n >= line.outer / line.per_sample) { return; }
  let blocks = blocks_in(line, line.per_sample);
  let radius = i32(line.radius);
  let length = i32(line.length);
  var sum = 0.0;
  var b = index % line.threads;
  loop {
    let block = block_of(n * blocks + b, line);
    let turned = block.table + line.taps;
    let derivatives = turned + line.taps;
    // Inside, the transpose is the same sum with the weights turned around.
    @if(width_gradient) var d: Sums;
    @if(width_gradient) var s = correlate(block, turned, derivatives, &d);
    @if(!width_gradient) var s = correlate(block, turned);
    @if(!pad_zeros)
    if (block.i <= radius || block.i + i32(BLOCK) >= length - radius) {
      for (var k = 0; k < 2 * radius; k++) {
        let v = select(length + k - radius, k - radius, k < radius);
        let j = resolve(v, length) - block.i;
        if (j >= 0 && j < i32(BLOCK)) {
          let more = taken(block.start, v, turned, derivatives);
          add(&s, j, more.x);
          @if(width_gradient) add(&d, j, more.y);
        }
      }
    }
    @if(line_gradient) save(block, s);
    @if(width_gradient) let there = of_z(block);
    @if(width_gradient) sum += dot(d.a, there.a) + dot(d.b, there.b);
    continuing { b += line.threads; break if b >= blocks; }
  }
  @if(width_gradient) sums[index] = sum;
}
