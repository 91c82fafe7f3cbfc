// y = Σ w x(p + t) along the line: a thread for neighbours across it.
import package::lib::thread::LINE;
import package::program::motion::{ STEP, is_there, nothing, row_at, shape, shown, slide, step_at, strip_of, table, table_of, way_of, under };

@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let n = index / shape.threads;
  if (n >= shape.samples) { return; }
  let own = table_of(n);
  let along_x = table[own] > 0.0;
  let way = way_of(along_x, i32(shape.width), i32(shape.height));
  let radius = i32(shape.radius);
  var k = index - n * shape.threads;
  loop {
    let channel = k / shape.strips;
    let strip = strip_of(k - channel * shape.strips, along_x, way);
    let start = i32((n * shape.channels + channel) * shape.width * shape.height);
    var sum = nothing();
    var at = own + 1u;
    var i = -radius;
    loop {
      let step = step_at(at);
      let row = row_at(start, strip.m + i, way);
      let c = strip.c + step.first;
      let v = under(row, c, way);
      sum = slide(sum, step.weights, v);
      at += STEP;
      continuing { i++; break if i > radius; }
    }
    let left = select(0, way.breadth - strip.c, is_there(strip, way));
    let to = start + strip.m * way.along + strip.c * way.across;
    if (left > 0) { y[u32(to)] = sum.v0.x; }
    if (left > 1) { y[u32(to + way.across)] = sum.v0.y; }
    if (left > 2) { y[u32(to + 2 * way.across)] = sum.v0.z; }
    if (left > 3) { y[u32(to + 3 * way.across)] = sum.v0.w; }
    if (left > 4) { y[u32(to + 4 * way.across)] = sum.v1.x; }
    if (left > 5) { y[u32(to + 5 * way.across)] = sum.v1.y; }
    if (left > 6) { y[u32(to + 6 * way.across)] = sum.v1.z; }
    if (left > 7) { y[u32(to + 7 * way.across)] = sum.v1.w; }
    k += shape.threads;
    continuing { break if k >= shape.strips * shape.channels; }
  }
}
