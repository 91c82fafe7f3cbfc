// Turns the rows and columns of a symmetric matrix in place, or the columns alone. A thread has the entries of two pairs, or of one row
// and a pair, to itself.
import package::tensor::index::THREADS;
import package::tensor::jacobi::{ Round, pair_of };

override both: bool = true;

@group(0) @binding(0) var<storage, read> turns: array<f32>;
@group(0) @binding(1) var<storage, read_write> a: array<f32>;
@group(0) @binding(2) var<uniform> r: Round;

fn entry(row: u32, column: u32) -> f32 {
  let there = (row < r.size) & (column < r.size);
  return select(0.0, a[min(row * r.size + column, r.size * r.size - 1u)], there);
}

fn put(row: u32, column: u32, v: f32) {
  if ((row < r.size) & (column < r.size)) { a[row * r.size + column] = v; }
}

// (v.x, v.y) turned.
fn turned(v: vec2f, turn: vec2f) -> vec2f { return vec2f(turn.x * v.x - turn.y * v.y, turn.y * v.x + turn.x * v.y); }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = global.x + global.y * groups.x * THREADS;
  let pairs = r.players / 2u;
  let first = thread / pairs;
  let k = thread % pairs;
  if (first >= select(r.size, pairs, both)) { return; }
  let across = pair_of(k, r);
  let turn = vec2f(turns[2u * k], turns[2u * k + 1u]);
  if (both) {
    let down = pair_of(first, r);
    let other = vec2f(turns[2u * first], turns[2u * first + 1u]);
    let top = turned(vec2f(entry(down.x, across.x), entry(down.x, across.y)), turn);
    let low = turned(vec2f(entry(down.y, across.x), entry(down.y, across.y)), turn);
    let left = turned(vec2f(top.x, low.x), other);
    let right = turned(vec2f(top.y, low.y), other);
    let own = first == k;
    put(down.x, across.x, left.x);
    put(down.x, across.y, select(right.x, 0.0, own));
    put(down.y, across.x, select(left.y, 0.0, own));
    put(down.y, across.y, right.y);
  } else {
    let v = turned(vec2f(entry(first, across.x), entry(first, across.y)), turn);
    put(first, across.x, v.x);
    put(first, across.y, v.y);
  }
}
