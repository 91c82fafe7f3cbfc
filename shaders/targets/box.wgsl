// Boxes in their formats, and as edges (x0, y0, x1, y1) in pixels. `scale` is what a unit is in pixels along (x, y, x, y): the image's
// size where boxes are in parts of it, else 1.

// The upper left corner and the size; the centre and the size. Else edges.
const CORNER = 1u;
const CENTRE = 2u;

fn edges_of(box: vec4f, format: u32, scale: vec4f) -> vec4f {
  let b = box * scale;
  if (format != CORNER && format != CENTRE) { return b; }
  let start = select(b.xy, b.xy - 0.5 * b.zw, format == CENTRE);
  return vec4f(start, start + b.zw);
}

// The gradient of the box from that of its edges.
fn edges_back(g: vec4f, format: u32, scale: vec4f) -> vec4f {
  if (format != CORNER && format != CENTRE) { return g * scale; }
  let start = g.xy + g.zw;
  return vec4f(start, select(g.zw, g.zw - 0.5 * start, format == CENTRE)) * scale;
}

fn box_of(edges: vec4f, format: u32, scale: vec4f) -> vec4f {
  if (format != CORNER && format != CENTRE) { return edges / scale; }
  let size = edges.zw - edges.xy;
  return vec4f(select(edges.xy, edges.xy + 0.5 * size, format == CENTRE), size) / scale;
}

// The gradient of the edges from that of the box.
fn box_back(gradient: vec4f, format: u32, scale: vec4f) -> vec4f {
  let g = gradient / scale;
  if (format != CORNER && format != CENTRE) { return g; }
  let size = select(g.zw, g.zw + 0.5 * g.xy, format == CENTRE);
  return vec4f(g.xy - size, size);
}
