// The inverses of a batch of matrices, by Gauss and Jordan with complete pivoting: a workgroup for each matrix, whose threads own
// every 64th column. What is left when all that remains is next to nothing has no part in the result: the inverse is then one of
// those that a singular matrix has, and finite. A matrix with NaN or infinity in it has an inverse of NaN.
import package::lib::nan::nan_from;
import package::tensor::index::{ THREADS };

@group(0) @binding(0) var<storage, read> a: array<f32>;
// For each matrix: m rows of 2 m, the matrix and what becomes of the unit matrix beside it; its inverse; for each column one more than
// the row of its pivot; for each row whether it has one.
@group(0) @binding(1) var<storage, read_write> work: array<f32>;
// matrices, m, values of `work` for each
@group(0) @binding(2) var<uniform> u: vec4u;

var<workgroup> largest: array<f32, 64>;
var<workgroup> places: array<u32, 64>;

// Of the largest value: what is smaller is what rounding leaves of 0.
const NOTHING: f32 = 2e-6;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let matrix = group.x + group.y * groups.x;
  if (matrix >= u.x) { return; }
  let m = u.y;
  let wide = 2u * m;
  let first = matrix * u.z;
  let columns = first + 3u * m * m;
  let rows = columns + m;
  places[thread] = load(thread, m, first, matrix * m * m);
  for (var i = thread; i < wide; i += THREADS) { work[columns + i] = 0.0; }
  storageBarrier();
  workgroupBarrier();
  var lost = 0u;
  for (var i = 0u; i < THREADS; i++) { lost |= places[i]; }
  workgroupBarrier();
  var least = 0.0;
  for (var step = 0u; step < m; step++) {
    var top = 0.0;
    var at = 0u;
    for (var c = thread; c < m; c += THREADS) {
      if (work[columns + c] == 0.0) {
        for (var r = 0u; r < m; r++) {
          let v = abs(work[first + r * wide + c]);
          if (v > top && work[rows + r] == 0.0) {
            top = v;
            at = r * m + c;
          }
        }
      }
    }
    largest[thread] = top;
    places[thread] = at;
    workgroupBarrier();
    top = 0.0;
    for (var i = 0u; i < THREADS; i++) {
      if (largest[i] > top) {
        top = largest[i];
        at = places[i];
      }
    }
    if (step == 0u) { least = NOTHING * top; }
    let row = at / m;
    let column = at - row * m;
    let found = top > least;
    if (found) {
      let pivot = 1.0 / work[first + row * wide + column];
      for (var c = thread; c < wide; c += THREADS) {
        if (c != column && (c >= m || work[columns + c % m] == 0.0)) {
          let v = work[first + row * wide + c] * pivot;
          for (var r = 0u; r < m; r++) {
            let i = first + r * wide;
            work[i + c] = select(work[i + c] - work[i + column] * v, v, r == row);
          }
        }
      }
    }
    storageBarrier();
    workgroupBarrier();
    if (found && thread == 0u) {
      work[columns + column] = f32(row + 1u);
      work[rows + row] = 1.0;
    }
    storageBarrier();
    workgroupBarrier();
  }
  for (var c = thread; c < m; c += THREADS) {
    for (var i = 0u; i < m; i++) {
      let row = u32(work[columns + i]);
      let value = work[first + (select(row, 1u, row == 0u) - 1u) * wide + m + c];
      let known = select(0.0, value, row > 0u);
      work[first + wide * m + i * m + c] = select(known, nan_from(known), lost > 0u);
    }
  }
}

// Lays out a thread's columns of a matrix and of the unit matrix; 1 where it has a value that is no number.
fn load(thread: u32, m: u32, first: u32, start: u32) -> u32 {
  var lost = 0u;
  for (var c = thread; c < m; c += THREADS) {
    for (var r = 0u; r < m; r++) {
      let v = a[start + r * m + c];
      lost |= u32((bitcast<u32>(v) & 0x7fffffffu) >= 0x7f800000u);
      work[first + r * 2u * m + c] = v;
      work[first + r * 2u * m + m + c] = f32(r == c);
    }
  }
  return lost;
}
