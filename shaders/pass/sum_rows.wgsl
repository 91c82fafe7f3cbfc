// Adds up rows of partial sums in a fixed order: equal inputs give equal bits. One workgroup per row and one barrier,
// the only one in augrad: by then there are few sums left.
struct Shape { rows: u32, length: u32, first: u32, scale: f32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> partial: array<f32>;
@group(0) @binding(2) var<storage, read_write> total: array<f32>;

var<workgroup> lanes: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x + group.y * 65535u;
  var sum = 0.0;
  if (row < shape.rows) {
    for (var i = lane; i < shape.length; i += 64u) { sum += partial[row * shape.length + i]; }
  }
  lanes[lane] = sum;
  workgroupBarrier();
  if (lane == 0u && row < shape.rows) {
    var all = vec4f(0.0);
    for (var i = 0u; i < 64u; i += 4u) { all += vec4f(lanes[i], lanes[i + 1u], lanes[i + 2u], lanes[i + 3u]); }
    total[shape.first + row] = (all.x + all.y + all.z + all.w) * shape.scale;
  }
}
