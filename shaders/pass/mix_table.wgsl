// Who sees a sample of the batch besides itself: those whose partner it is, in order, as a list. Number j · sources + s says that
// it is source s of sample j: `table[i]` is the first one of sample i, and behind these stand for each number the one that follows
// it. So nothing has to scatter. A thread owns a stretch of the samples, and goes through all partners once, from the last to the
// first: that takes time in proportion to the batch.
import package::lib::partner::partner_of;

// `partners` is the slot of the first partner in the block, `coin` that of 0 or 1 for what is applied, where there is one.
struct Shape { samples: u32, sources: u32, partners: u32, coin: u32, has_coin: u32, each: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> params: array<f32>;
@group(0) @binding(2) var<storage, read_write> table: array<u32>;

const NOBODY: u32 = 0xffffffffu;

// The sample that is source s of sample j, or none where the mix is not applied.
fn seen_by(j: u32, s: u32) -> u32 {
  if (shape.has_coin == 1u && params[shape.coin * shape.samples + j] == 0.0) { return NOBODY; }
  return partner_of(params[(shape.partners + s - 1u) * shape.samples + j], j, shape.samples);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let samples = shape.samples;
  let first = id.x * shape.each;
  let end = min(first + shape.each, samples);
  if (first >= samples) { return; }
  for (var i = first; i < end; i++) { table[i] = NOBODY; }
  for (var left = samples; left > 0u; left--) {
    let j = left - 1u;
    for (var s = shape.sources - 1u; s > 0u; s--) {
      let i = seen_by(j, s);
      if (i >= first && i < end) {
        table[samples + j * (shape.sources - 1u) + s - 1u] = table[i];
        table[i] = j * shape.sources + s;
      }
    }
  }
}
