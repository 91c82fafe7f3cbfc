// y = Σ w x(p + t) / Σ w: a thread for each pixel of three channels. The way back needs it again, and the sums of weights.
import package::lib::thread::LINE;
import package::program::bilateral::{ group_of, guide_at, line_of, measure, measured, place_of, shape, squared, weight, widths_of, x_at };

@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read_write> total: array<f32>;
@group(0) @binding(6) var<storage, read_write> kept: array<f32>;

// The result may be changed before the way back needs it.
fn store(i: u32, v: f32) {
  y[i] = v;
  kept[i] = v;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let pixels = shape.height * shape.width;
  let groups = (shape.channels + 2u) / 3u;
  let plane = index / pixels;
  let p = index - plane * pixels;
  let n = plane / groups;
  if (n >= shape.samples) { return; }
  let k = plane - n * groups;
  let size = vec2i(vec2u(shape.width, shape.height));
  let py = i32(p / shape.width);
  let px = i32(p) - py * size.x;
  let reach = vec2i(vec2u(shape.across, shape.down));
  let s = widths_of(n);
  let gx = group_of(n, k, shape.channels);
  @if(guide_few) let gd = group_of(n, 0u, shape.depth);
  @if(guide_few) let own = guide_at(gd, p);
  var sum = vec3f(0.0);
  var all = 0.0;
  var dy = -reach.y;
  loop {
    let line = line_of(py + dy, size);
    var dx = -reach.x;
    loop {
      let at = place_of(px + dx, line, size);
      @if(guide_few) let there = select(vec3f(0.0), guide_at(gd, at.i), at.seen);
      @if(guide_few) let m = measure(there - own);
      @if(!guide_few) let m = measured(n, p, at.i, at.seen);
      let w = weight(dx, dy, squared(m), s);
      @if(same) sum += w * there;
      @if(!same) sum += select(vec3f(0.0), w * x_at(gx, at.i), at.seen);
      all += w;
      continuing { dx++; break if dx > reach.x; }
    }
    continuing { dy++; break if dy > reach.y; }
  }
  // The pixel itself has a weight of 1, so that there is something to divide by.
  let made = sum / all;
  store(gx.first + p, made.x);
  if (gx.left > 1u) { store(gx.first + pixels + p, made.y); }
  if (gx.left > 2u) { store(gx.first + 2u * pixels + p, made.z); }
  if (k == 0u) { total[n * pixels + p] = all; }
}
