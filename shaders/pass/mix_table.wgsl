// Who sees a sample of the batch besides itself: those whose partner it is, in order. Of sample i the places `table[i]` to
// `table[i + 1]` hold numbers j · sources + s: it is source s of sample j. So nothing has to scatter.
import package::lib::partner::partner_of;
import package::lib::thread::LINE;

// `partners` is the slot of the first partner in the block, `coin` that of 0 or 1 for what is applied, where there is one.
struct Shape { samples: u32, sources: u32, partners: u32, coin: u32, has_coin: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> params: array<f32>;
@group(0) @binding(2) var<storage, read_write> table: array<u32>;

// The sample that is source s of sample j, or none where the mix is not applied.
fn seen_by(j: u32, s: u32) -> u32 {
  if (shape.has_coin == 1u && params[shape.coin * shape.samples + j] == 0.0) { return shape.samples; }
  return partner_of(params[(shape.partners + s - 1u) * shape.samples + j], j, shape.samples);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  let samples = shape.samples;
  if (i >= samples) { return; }
  var before = 0u;
  for (var j = 0u; j < samples; j++) {
    for (var s = 1u; s < shape.sources; s++) { before += select(0u, 1u, seen_by(j, s) < i); }
  }
  var at = samples + 1u + before;
  table[i] = at;
  for (var j = 0u; j < samples; j++) {
    for (var s = 1u; s < shape.sources; s++) {
      if (seen_by(j, s) == i) {
        table[at] = j * shape.sources + s;
        at++;
      }
    }
  }
  if (i == samples - 1u) { table[samples] = at; }
}
