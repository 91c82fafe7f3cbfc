// What the kernels of a window share: bindings, and one value of the line, wherever it is.
import package::lib::line::{ BLOCK, Block, Line };
import package::lib::padding::{ resolve, resolve_near };

@group(0) @binding(0) var<uniform> line: Line;
@group(0) @binding(1) var<storage, read> table: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

// Eight sums, one for each pixel of a block.
struct Sums { a: vec4f, b: vec4f }

// Beyond the line padding decides …
@if(!adjoint)
fn tap(start: u32, i: i32) -> f32 {
  @if(near) let j = resolve_near(i, i32(line.length));
  @if(!near) let j = resolve(i, i32(line.length));
  return select(0.0, x[start + u32(max(j, 0)) * line.inner], j >= 0);
}

// … but there is no gradient.
@if(adjoint)
fn tap(start: u32, i: i32) -> f32 {
  let there = u32(i) < line.length;
  return select(0.0, x[start + select(0u, u32(i), there) * line.inner], there);
}

fn save(block: Block, s: Sums) {
  let inner = line.inner;
  let at = block.start + u32(block.i) * inner;
  if (block.count == BLOCK) {
    y[at] = s.a.x;
    y[at + inner] = s.a.y;
    y[at + 2u * inner] = s.a.z;
    y[at + 3u * inner] = s.a.w;
    y[at + 4u * inner] = s.b.x;
    y[at + 5u * inner] = s.b.y;
    y[at + 6u * inner] = s.b.z;
    y[at + 7u * inner] = s.b.w;
    return;
  }
  var rest = s;
  for (var k = 0u; k < block.count; k++) {
    y[at + k * inner] = rest.a.x;
    rest = Sums(vec4f(rest.a.yzw, rest.b.x), vec4f(rest.b.yzw, 0.0));
  }
}
