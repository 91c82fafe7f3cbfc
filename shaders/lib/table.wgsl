// A list of values among the parameters, of any length: a handle to where it lies, and the gradient of what a pixel took from it.
import package::generated::io::param;

// Where the list of each of a thread's channels begins in the block of sample `n`, and its length. As a gradient: what goes to the
// entries `at` and to those behind them.
struct Table { first: vec3u, length: u32, n: u32, at: vec3u, low: vec3f, high: vec3f }

// Each channel's own entry.
fn entries(t: Table, i: vec3u) -> vec3f {
  return vec3f(param(t.first.x + i.x, t.n), param(t.first.y + i.y, t.n), param(t.first.z + i.z, t.n));
}
