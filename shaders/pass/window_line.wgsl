// One axis of a separable window: y[i] = Σ_t w[t] x[i + t]; then the points that follow.
import package::generated::block::{ BLOCK, correlate, save };
import package::lib::line::block_of;
import package::lib::tail::tail_of;
import package::lib::thread::LINE;
@if(coin) import package::generated::block::untouched;
@if(coin) import package::lib::window::is_left_alone;
import package::lib::window::line;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let block = block_of(id.x + id.y * LINE, BLOCK, line);
  if (block.count == 0u) { return; }
  let t = tail_of(block.start, line);
  @if(coin) if (is_left_alone(block)) {
    save(block, untouched(block, t), t);
    return;
  }
  save(block, correlate(block, block.table, t), t);
}
