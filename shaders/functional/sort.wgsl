// Rows of numbers in order, each with its place in the row, by a bitonic network (Batcher 1968): rows are filled up to a power of two,
// and every dispatch compares pairs at one distance. Numbers are whole ones in the same order, so that NaN has a place: behind all.
import package::functional::ordered::key_of;
import package::tensor::index::THREADS;

// 0: the row as it is; 1: a step of the network
override op: u32 = 0u;

const NOTHING: u32 = 0xffffffffu;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> pairs: array<vec2u>;
// [0] rows, values of a row, those of a filled one; [1] the length of what is put in order, the distance of a pair
@group(0) @binding(2) var<uniform> u: array<vec4u, 2>;

fn put(thread: u32) {
  let row = thread / u[0].z;
  let at = thread - row * u[0].z;
  var pair = vec2u(NOTHING, at);
  if (at < u[0].y) { pair.x = key_of(x[row * u[0].y + at]); }
  pairs[thread] = pair;
}

// Places break ties, so that one order is right.
fn is_behind(a: vec2u, b: vec2u) -> bool { return a.x > b.x || (a.x == b.x && a.y > b.y); }

fn exchange(thread: u32) {
  let half = u[0].z / 2u;
  let row = thread / half;
  let pair = thread - row * half;
  let within = pair % u[1].y;
  let low = 2u * (pair - within) + within;
  let a = pairs[row * u[0].z + low];
  let b = pairs[row * u[0].z + low + u[1].y];
  let rises = (low & u[1].x) == 0u;
  if (is_behind(a, b) == rises) {
    pairs[row * u[0].z + low] = b;
    pairs[row * u[0].z + low + u[1].y] = a;
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let thread = global.x + global.y * groups.x * THREADS;
  if (op == 0u) {
    if (thread < u[0].x * u[0].z) { put(thread); }
  } else if (thread < u[0].x * (u[0].z / 2u)) {
    exchange(thread);
  }
}
