// One axis of a separable window: y[i] = Σ_t w[t] x[i + t].
import package::generated::correlate::correlate;
import package::lib::line::block_of;
import package::lib::thread::LINE;
import package::lib::window::{ line, save };

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let block = block_of(id.x + id.y * LINE, line);
  if (block.count == 0u) { return; }
  let s = correlate(block, block.table);
  save(block, s);
}
