// The points that a window applies to what it stores, and their pull-back on what its transpose loads. They are linear, channel
// by channel, so that a thread's one channel takes the first lane and the image is not looked at.
@if(tail) import package::generated::chain::{ Row, load_row };
@if(tail && !adjoint) import package::generated::chain::run;
@if(tail && adjoint) import package::generated::chain::{ Grads, pull };
@if(tail) import package::lib::pixel::Pixel;
import package::lib::line::Line;

// What a column of one channel of one sample needs for them.
@if(tail) struct Tail { row: Row, column: f32 }
@if(!tail) struct Tail { none: u32 }

// Of the line that begins at `start`.
@if(tail)
fn tail_of(start: u32, line: Line) -> Tail {
  let size = line.length * line.inner;
  let plane = start / size;
  let n = plane / line.per_sample;
  return Tail(load_row(n, plane - n * line.per_sample), f32(start - plane * size));
}
@if(!tail)
fn tail_of(start: u32, line: Line) -> Tail { return Tail(0u); }

@if(tail && !adjoint)
fn finished(v: f32, i: i32, t: Tail) -> f32 { return run(vec3f(v, 0.0, 0.0), t.row, Pixel(t.column, f32(i))).x; }
@if(!tail || adjoint)
fn finished(v: f32, i: i32, t: Tail) -> f32 { return v; }

@if(tail && adjoint)
fn pulled(g: f32, i: i32, t: Tail) -> f32 {
  var none: Grads;
  return pull(vec3f(0.0), t.row, Pixel(t.column, f32(i)), vec3f(g, 0.0, 0.0), &none).x;
}
@if(!tail || !adjoint)
fn pulled(g: f32, i: i32, t: Tail) -> f32 { return g; }
