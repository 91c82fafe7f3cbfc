// The same as `sum_rows` with a thread for each row: for rows of few sums, and where a barrier costs more than a loop.
import package::lib::thread::LINE;

struct Shape { rows: u32, length: u32, first: u32, scale: f32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> partial: array<f32>;
@group(0) @binding(2) var<storage, read_write> total: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x + id.y * LINE;
  if (row >= shape.rows) { return; }
  let start = row * shape.length;
  let whole = shape.length / 4u * 4u;
  var sum = vec4f(0.0);
  for (var i = 0u; i < whole; i += 4u) {
    let at = start + i;
    sum += vec4f(partial[at], partial[at + 1u], partial[at + 2u], partial[at + 3u]);
  }
  for (var i = whole; i < shape.length; i++) { sum[i - whole] += partial[start + i]; }
  total[shape.first + row] = (sum.x + sum.y + sum.z + sum.w) * shape.scale;
}
