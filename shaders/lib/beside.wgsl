// What a neighbour beyond the image sees: its column or row, or −1 for none; along one axis, of `size` pixels.
@if(!pad_border && near) import package::lib::padding::resolve_near;
@if(!pad_border && !near) import package::lib::padding::resolve;

// Compared, as clamp() takes SwiftShader ten times as long.
@if(pad_border)
fn beside(i: i32, size: i32) -> i32 {
  let raised = select(i, 0, i < 0);
  return select(raised, size - 1, raised >= size);
}
@if(!pad_border && near)
fn beside(i: i32, size: i32) -> i32 { return resolve_near(i, size); }
@if(!pad_border && !near)
fn beside(i: i32, size: i32) -> i32 { return resolve(i, size); }

// Of a place that may be none, one that can be read.
fn there(i: i32) -> i32 { return select(i, 0, i < 0); }
