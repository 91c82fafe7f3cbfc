// One axis of a window backward. The transpose of `window_line`: each pixel gathers from the outputs that saw it at its own
// place, which is the same sum with the weights turned around. The same with the derivatives of the weights, times the image
// before that axis, is the gradient of the width: Σ_v z[v] Σ_i dw[v − i] g[i]. What the outputs saw beyond the border
// `window_fold` adds, or, where that is all over the line (`!folds`), this pass.
import package::generated::block::{ BLOCK, Sums, add, correlate, load_before, product, save };
import package::lib::line::block_of;
import package::lib::padding::resolve;
import package::lib::tail::{ Tail, pulled, tail_of };
import package::lib::thread::LINE;
@if(coin) import package::generated::block::untouched;
@if(coin) import package::lib::window::is_left_alone;
import package::lib::window::{ line, sums, table, x };

// What the outputs took from the place v, and would take with the derivatives: the output i saw it with the weight of v − i.
@if(!folds && !pad_zeros)
fn taken(start: u32, v: i32, turned: u32, tail: Tail) -> vec2f {
  let radius = i32(line.radius);
  var sum = vec2f(0.0);
  for (var i = max(v - radius, 0); i <= min(v + radius, i32(line.length) - 1); i++) {
    let t = u32(i - v + radius);
    let g = pulled(x[start + u32(i) * line.inner], i, tail);
    sum += vec2f(table[turned + t], table[turned + line.places + t]) * g;
  }
  return sum;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let n = index / line.threads;
  if (n >= line.outer / line.per_sample) { return; }
  let blocks = line.per_sample * line.inner * ((line.length + BLOCK - 1u) / BLOCK);
  let length = i32(line.length);
  var sum = 0.0;
  var b = index % line.threads;
  loop {
    let block = block_of(n * blocks + b, BLOCK, line);
    let turned = block.table + line.places;
    @if(width_gradient) var d: Sums;
    let t = tail_of(block.start, line);
    @if(coin) if (is_left_alone(block)) {
      @if(line_gradient) save(block, untouched(block, t), t);
      continue;
    }
    @if(width_gradient) var s = correlate(block, turned, t, turned + line.places, &d);
    @if(!width_gradient) var s = correlate(block, turned, t);
    @if(!folds && !pad_zeros)
    for (var k = 0; k < 2 * i32(line.radius); k++) {
      let v = select(length + k - i32(line.radius), k - i32(line.radius), k < i32(line.radius));
      let j = resolve(v, length) - block.i;
      if (j >= 0 && j < i32(BLOCK)) {
        let more = taken(block.start, v, turned, t);
        add(&s, j, more.x);
        @if(width_gradient) add(&d, j, more.y);
      }
    }
    @if(line_gradient) save(block, s, t);
    @if(width_gradient) sum += product(d, load_before(block));
    continuing { b += line.threads; break if b >= blocks; }
  }
  @if(width_gradient) sums[n * line.sums + line.first + index % line.threads] = sum;
}
