// Histogram matching of rows: a value that is the c-th of P, with its equals, becomes what stands at r = c · Q / P among the Q values of
// the template: its values at how many are not above them, and straight lines between. NaN counts nowhere.
import package::functional::ordered::{ key_of, number_of };
import package::lib::nan::nan_from;
import package::tensor::index::THREADS;

// 0: the result; 1: what goes to each value of the template, in order, from the first of its equals; 2: the template's gradient of that
override op: u32 = 0u;

const NOTHING: u32 = 0xffffffffu;

// Values: of the source for the result, else of the template
@group(0) @binding(0) var<storage, read> x: array<f32>;
// Keys in order, with their places: of the source, and of the template
@group(0) @binding(1) var<storage, read> source: array<vec2u>;
@group(0) @binding(2) var<storage, read> other: array<vec2u>;
@group(0) @binding(3) var<storage, read> g: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
// [0] threads, values of a row of the source, those of a filled one; [1] the same of the template
@group(0) @binding(5) var<uniform> u: array<vec4u, 2>;

// How many values of a row lie below a key.
fn source_below(row: u32, key: u32) -> u32 {
  var start = 0u;
  var end = u[0].y;
  loop {
    if (start >= end) { break; }
    let middle = (start + end) / 2u;
    if (source[row * u[0].z + middle].x < key) { start = middle + 1u; } else { end = middle; }
  }
  return start;
}
fn other_below(row: u32, key: u32) -> u32 {
  var start = 0u;
  var end = u[1].y;
  loop {
    if (start >= end) { break; }
    let middle = (start + end) / 2u;
    if (other[row * u[1].z + middle].x < key) { start = middle + 1u; } else { end = middle; }
  }
  return start;
}

fn rank_of(row: u32, key: u32, values: u32, others: u32) -> f32 {
  let count = f32(source_below(row, key + 1u));
  return min(count * (f32(others) / f32(values)), f32(others));
}

// How much of the way from one count to another.
fn way(r: f32, start: u32, end: u32) -> f32 { return (r - f32(start)) / f32(end - start); }

fn result(thread: u32) {
  let row = thread / u[0].y;
  let v = x[thread];
  let key = key_of(v);
  let values = source_below(row, NOTHING);
  let others = other_below(row, NOTHING);
  y[thread] = nan_from(v);
  if (key == NOTHING || others == 0u) { return; }
  let r = rank_of(row, key, values, others);
  let above = other[row * u[1].z + min(max(u32(ceil(r)), 1u), others) - 1u].x;
  let low = other_below(row, above);
  let share = way(r, low, other_below(row, above + 1u));
  let high = number_of(above);
  y[thread] = high;
  if (low == 0u || share >= 1.0) { return; }
  let under = number_of(other[row * u[1].z + low - 1u].x);
  y[thread] = under + share * (high - under);
}

// The first place of the source, in order, whose rank is above a count.
fn first_above(row: u32, count: u32, values: u32, others: u32) -> u32 {
  var start = 0u;
  var end = values;
  loop {
    if (start >= end) { break; }
    let middle = (start + end) / 2u;
    if (rank_of(row, source[row * u[0].z + middle].x, values, others) > f32(count)) { end = middle; } else { start = middle + 1u; }
  }
  return start;
}

// Those whose rank lies up to the count of a value see a part of it, and those up to the next value's the rest.
fn given(thread: u32) {
  let row = thread / u[1].y;
  let at = thread - row * u[1].y;
  let key = other[row * u[1].z + at].x;
  y[thread] = 0.0;
  if (key == NOTHING || (at > 0u && other[row * u[1].z + max(at, 1u) - 1u].x == key)) { return; }
  let values = source_below(row, NOTHING);
  let others = other_below(row, NOTHING);
  let high = other_below(row, key + 1u);
  var last = high;
  if (high < others) { last = other_below(row, other[row * u[1].z + high].x + 1u); }
  var sum = 0.0;
  var before = NOTHING;
  var weight = 0.0;
  var p = 0u;
  if (at > 0u) { p = first_above(row, at, values, others); }
  loop {
    if (p >= values) { break; }
    let pair = source[row * u[0].z + p];
    if (pair.x != before) {
      before = pair.x;
      let r = rank_of(row, pair.x, values, others);
      if (r > f32(last)) { break; }
      weight = 1.0;
      if (r > f32(high)) { weight = 1.0 - way(r, high, last); } else if (at > 0u) { weight = way(r, at, high); }
    }
    if (weight != 0.0) { sum += weight * g[row * u[0].y + pair.y]; }
    p += 1u;
  }
  y[thread] = sum;
}

// Equal values have equal shares.
fn shared_out(thread: u32) {
  let row = thread / u[1].y;
  let key = key_of(x[thread]);
  y[thread] = 0.0;
  if (key == NOTHING) { return; }
  let low = other_below(row, key);
  y[thread] = g[row * u[1].y + low] / f32(other_below(row, key + 1u) - low);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = global.x + global.y * groups.x * THREADS;
  if (thread >= u[0].x) { return; }
  switch (op) {
    case 0u: { result(thread); }
    case 1u: { given(thread); }
    default: { shared_out(thread); }
  }
}
