// The table that a transform makes of the histogram of each channel of each sample: a thread goes over the bins of one, in order.
import package::generated::entry::{ BINS, entry };
import package::lib::statistic::Tally;
import package::lib::thread::LINE;

struct Shape { planes: u32, first: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
@group(0) @binding(2) var<storage, read_write> statistics: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let plane = id.x + id.y * LINE;
  if (plane >= shape.planes) { return; }
  let base = plane * BINS;
  var total = 0u;
  var first = 0u;
  var last = 0u;
  for (var i = 0u; i < BINS; i++) {
    let own = counts[base + i];
    first = select(first, own, total == 0u);
    total += own;
    last = select(last, own, own > 0u);
  }
  var below = 0u;
  for (var i = 0u; i < BINS; i++) {
    let own = counts[base + i];
    statistics[shape.first + base + i] = entry(i, Tally(below, own, total, first, last));
    below += own;
  }
}
