// What the kernels of a window share: bindings, and one value of the line, wherever it is.
import package::lib::line::{ Block, Line };
import package::lib::padding::{ resolve, resolve_near };
import package::lib::tail::{ Tail, pulled };

@group(0) @binding(0) var<uniform> line: Line;
@group(0) @binding(1) var<storage, read> table: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
// For the gradient of a width: the image before its axis, and the threads' sums.
@if(width_gradient) @group(0) @binding(4) var<storage, read> before: array<f32>;
@if(width_gradient) @group(0) @binding(5) var<storage, read_write> sums: array<f32>;
// For the points that follow: the block of the pass's parameters.
@if(tail && !width_gradient) @group(0) @binding(4) var<storage, read> params: array<f32>;
@if(tail && width_gradient) @group(0) @binding(6) var<storage, read> params: array<f32>;

// Whether the weights are those of the identity, as where a coin shows 0: then the pixels are taken as they are, as 0 times what
// lies beside them may be NaN.
@if(coin)
fn is_left_alone(block: Block) -> bool {
  let middle = block.table + line.radius;
  return table[middle] == 1.0 && table[middle + 2u * line.places] == 0.0;
}

// Where a line begins, how far its pixels lie apart, and how many there are: read once, as a word of a uniform takes half as long as a pixel.
struct Pixels { start: u32, inner: u32, length: i32 }
fn pixels_of(start: u32) -> Pixels { return Pixels(start, line.inner, i32(line.length)); }

// Beyond the line padding decides …
@if(!adjoint && !pad_zeros)
fn tap(p: Pixels, i: i32, t: Tail) -> f32 {
  @if(near) let j = resolve_near(i, p.length);
  @if(!near) let j = resolve(i, p.length);
  return x[p.start + u32(j) * p.inner];
}

// … but there is no gradient, nor anything in zeros.
@if(adjoint || pad_zeros)
fn tap(p: Pixels, i: i32, t: Tail) -> f32 {
  let there = u32(i) < u32(p.length);
  return select(0.0, pulled(x[p.start + select(0u, u32(i), there) * p.inner], i, t), there);
}
