// Looking between the pixels of the source.  `fetch` reads three channels of one pixel; the compiler generates it.
import package::generated::io::fetch;
import package::lib::padding::resolve;
import package::lib::kernel::{ TAPS, FIRST, weights, slopes, base };

// What is seen at a place, and how much of it lies beyond the image.
struct Seen { value: vec3f, outside: f32 }

// The same, with the derivatives along x and y.
struct Slope { value: vec3f, dx: vec3f, dy: vec3f, outside: f32, outside_dx: f32, outside_dy: f32 }

// Positions beyond this are as far away as this; it keeps the conversion to integers defined.
const FAR: f32 = 4.0e6;

fn look(n: u32, lane: u32, place: vec2f, size: vec2i) -> Seen {
  let pos = clamp(place, vec2f(-FAR), vec2f(FAR));
  let start = base(pos);
  let f = pos - start;
  let first = vec2i(start) + FIRST;
  let wx = weights(f.x);
  let wy = weights(f.y);
  var seen = Seen(vec3f(0.0), 0.0);
  if (all(first >= vec2i(0)) && all(first + TAPS <= size)) {
    for (var j = 0; j < TAPS; j++) {
      let at = u32((first.y + j) * size.x + first.x);
      var row = vec3f(0.0);
      for (var i = 0; i < TAPS; i++) { row += wx[i] * fetch(n, lane, at + u32(i)); }
      seen.value += wy[j] * row;
    }
    return seen;
  }
  var covered = 0.0;
  for (var j = 0; j < TAPS; j++) {
    let y = resolve(first.y + j, size.y);
    if (y < 0) { continue; }
    for (var i = 0; i < TAPS; i++) {
      let x = resolve(first.x + i, size.x);
      if (x < 0) { continue; }
      let w = wx[i] * wy[j];
      covered += w;
      seen.value += w * fetch(n, lane, u32(y * size.x + x));
    }
  }
  seen.outside = 1.0 - covered;
  return seen;
}

fn look_slope(n: u32, lane: u32, place: vec2f, size: vec2i) -> Slope {
  let pos = clamp(place, vec2f(-FAR), vec2f(FAR));
  let start = base(pos);
  let f = pos - start;
  let first = vec2i(start) + FIRST;
  let wx = weights(f.x);
  let wy = weights(f.y);
  // Nearest has no slope of its own: it borrows that of bilinear (straight-through), whose first tap may be another.
  @if(nearest) let soft = vec2i(floor(pos));
  @if(!nearest) let soft = first;
  let sx = slopes(f.x);
  let sy = slopes(f.y);
  var s = Slope(vec3f(0.0), vec3f(0.0), vec3f(0.0), 0.0, 0.0, 0.0);
  var covered = vec3f(0.0);
  @if(nearest) {
    let y = resolve(first.y, size.y);
    let x = resolve(first.x, size.x);
    if (x >= 0 && y >= 0) { s.value = fetch(n, lane, u32(y * size.x + x)); covered.x = 1.0; }
    let g = pos - floor(pos);
    let lx = vec4f(1.0 - g.x, g.x, 0.0, 0.0);
    let ly = vec4f(1.0 - g.y, g.y, 0.0, 0.0);
    for (var j = 0; j < 2; j++) {
      let ty = resolve(soft.y + j, size.y);
      if (ty < 0) { continue; }
      for (var i = 0; i < 2; i++) {
        let tx = resolve(soft.x + i, size.x);
        if (tx < 0) { continue; }
        let v = fetch(n, lane, u32(ty * size.x + tx));
        s.dx += sx[i] * ly[j] * v;
        s.dy += lx[i] * sy[j] * v;
        covered.y += sx[i] * ly[j];
        covered.z += lx[i] * sy[j];
      }
    }
  }
  @if(!nearest) {
    let within = all(first >= vec2i(0)) && all(first + TAPS <= size);
    for (var j = 0; j < TAPS; j++) {
      var y = first.y + j;
      if (!within) { y = resolve(y, size.y); }
      if (y < 0) { continue; }
      var row = vec3f(0.0);
      var row_slope = vec3f(0.0);
      var row_covered = vec2f(0.0);
      for (var i = 0; i < TAPS; i++) {
        var x = first.x + i;
        if (!within) { x = resolve(x, size.x); }
        if (x < 0) { continue; }
        let v = fetch(n, lane, u32(y * size.x + x));
        row += wx[i] * v;
        row_slope += sx[i] * v;
        row_covered += vec2f(wx[i], sx[i]);
      }
      s.value += wy[j] * row;
      s.dx += wy[j] * row_slope;
      s.dy += sy[j] * row;
      covered += vec3f(wy[j] * row_covered.x, wy[j] * row_covered.y, sy[j] * row_covered.x);
    }
  }
  s.outside = 1.0 - covered.x;
  s.outside_dx = -covered.y;
  s.outside_dy = -covered.z;
  return s;
}
