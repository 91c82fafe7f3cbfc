// The table of a transform of blocks, `[sample][entry]`: one thread for each entry.
import package::generated::transform::{ TABLE, entry_of, shape, entries };
import package::lib::thread::LINE;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x + id.y * LINE;
  let n = i / TABLE;
  if (n < shape.samples) { entries[i] = entry_of(n, i - n * TABLE); }
}
