// The transpose, and the gradients of angle and direction. A place gathers from the outputs that saw it, by the line turned around; the same
// with the derivatives of the weights, times what is at the place, gives those of the parameters. Where padding shows pixels beyond the
// image, places go as far as a line reaches, and `motion_fold` adds up those of each pixel.
import package::lib::thread::LINE;
import package::program::motion::{
  STEP, Under, Values, is_there, nothing, row_at, shape, shown, slide, step_at, strip_of, table, table_of, three, way_of,
};

@group(0) @binding(3) var<storage, read> gradient: array<f32>;
@group(0) @binding(4) var<storage, read_write> gathered: array<f32>;
@group(0) @binding(5) var<storage, read_write> partial: array<f32>;

// Beyond the image nobody looks from: what is read in its place is not used. `left` of the pixels across are there, or none.
fn given(start: i32, left: u32, c: i32, across: i32) -> Under {
  let i0 = start + c * across;
  let i1 = i0 + across;
  let i2 = i1 + across;
  let i3 = i2 + across;
  let i4 = i3 + across;
  let i5 = i4 + across;
  let i6 = i5 + across;
  let i7 = i6 + across;
  let i8 = i7 + across;
  let i9 = i8 + across;
  return Under(
    select(0.0, gradient[u32(i0)], u32(c) < left),
    select(0.0, gradient[u32(i1)], u32(c + 1) < left),
    select(0.0, gradient[u32(i2)], u32(c + 2) < left),
    select(0.0, gradient[u32(i3)], u32(c + 3) < left),
    select(0.0, gradient[u32(i4)], u32(c + 4) < left),
    select(0.0, gradient[u32(i5)], u32(c + 5) < left),
    select(0.0, gradient[u32(i6)], u32(c + 6) < left),
    select(0.0, gradient[u32(i7)], u32(c + 7) < left),
    select(0.0, gradient[u32(i8)], u32(c + 8) < left),
    select(0.0, gradient[u32(i9)], u32(c + 9) < left),
  );
}

// Σ_i x[i] u[i + j], for the cells j from the last one on.
fn products(x: Values, v: Under) -> vec3f {
  return vec3f(
    dot(x.v0, vec4f(v.p2, v.p3, v.p4, v.p5)) + dot(x.v1, vec4f(v.p6, v.p7, v.p8, v.p9)),
    dot(x.v0, vec4f(v.p1, v.p2, v.p3, v.p4)) + dot(x.v1, vec4f(v.p5, v.p6, v.p7, v.p8)),
    dot(x.v0, vec4f(v.p0, v.p1, v.p2, v.p3)) + dot(x.v1, vec4f(v.p4, v.p5, v.p6, v.p7)),
  );
}
// What has no derivative is not seen.
fn weighed(d: vec3f, p: vec3f) -> f32 {
  let seen = select(d * p, vec3f(0.0), d == vec3f(0.0));
  return seen.x + seen.y + seen.z;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * LINE;
  let n = index / shape.threads;
  if (n >= shape.samples) { return; }
  let own = table_of(n);
  let along_x = table[own] > 0.0;
  let size = vec2i(vec2u(shape.width, shape.height));
  let radius = i32(shape.radius);
  let margin = i32(shape.margin);
  let canvas = size + 2 * margin;
  let way = way_of(along_x, size.x, size.y);
  let wide = way_of(along_x, canvas.x, canvas.y);
  @if(sums) var slopes = vec2f(0.0);
  var k = index - n * shape.threads;
  loop {
    let channel = k / shape.strips;
    let plane = i32(n * shape.channels + channel);
    let strip = strip_of(k - channel * shape.strips, along_x, wide);
    let own_start = plane * size.x * size.y;
    // How many of the places there are.
    let count = select(0, wide.breadth - strip.c, is_there(strip, wide));
    let m = strip.m - margin;
    let c = strip.c - margin;
    @if(sums) let row = row_at(own_start, m, way);
    @if(sums) let x = Values(
      vec4f(select(0.0, shown(row, c, way), count > 0), select(0.0, shown(row, c + 1, way), count > 1), select(0.0, shown(row, c + 2, way), count > 2), select(0.0, shown(row, c + 3, way), count > 3)),
      vec4f(select(0.0, shown(row, c + 4, way), count > 4), select(0.0, shown(row, c + 5, way), count > 5), select(0.0, shown(row, c + 6, way), count > 6), select(0.0, shown(row, c + 7, way), count > 7)),
    );
    var sum = nothing();
    var at = own + 1u;
    var i = -radius;
    loop {
      let step = step_at(at);
      let seer = m - i;
      let left = select(0u, u32(way.breadth), u32(seer) < u32(way.length));
      let start = own_start + seer * way.along;
      let f = c - step.first - 2;
      let v = given(start, left, f, way.across);
      @if(wants_image) sum = slide(sum, step.weights.zyx, v);
      @if(sums) {
        let p = products(x, v);
        slopes += vec2f(weighed(three(at + 4u), p), weighed(three(at + 7u), p));
      }
      at += STEP;
      continuing { i++; break if i > radius; }
    }
    @if(wants_image) {
      let to = plane * canvas.x * canvas.y + strip.m * wide.along + strip.c * wide.across;
      if (count > 0) { gathered[u32(to)] = sum.v0.x; }
      if (count > 1) { gathered[u32(to + wide.across)] = sum.v0.y; }
      if (count > 2) { gathered[u32(to + 2 * wide.across)] = sum.v0.z; }
      if (count > 3) { gathered[u32(to + 3 * wide.across)] = sum.v0.w; }
      if (count > 4) { gathered[u32(to + 4 * wide.across)] = sum.v1.x; }
      if (count > 5) { gathered[u32(to + 5 * wide.across)] = sum.v1.y; }
      if (count > 6) { gathered[u32(to + 6 * wide.across)] = sum.v1.z; }
      if (count > 7) { gathered[u32(to + 7 * wide.across)] = sum.v1.w; }
    }
    k += shape.threads;
    continuing { break if k >= shape.strips * shape.channels; }
  }
  @if(sums) {
    partial[index] = slopes.x;
    partial[shape.samples * shape.threads + index] = slopes.y;
  }
}
