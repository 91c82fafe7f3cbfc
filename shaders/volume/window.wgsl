// The sizes of a filter of volumes, before and after, and where it begins.
struct Window {
  channels: u32,
  depth: u32,
  height: u32,
  width: u32,
  out_depth: u32,
  out_height: u32,
  out_width: u32,
  kernel_depth: u32,
  kernel_height: u32,
  kernel_width: u32,
  before_z: i32,
  before_y: i32,
  before_x: i32,
  flipped: u32,
  threads: u32,
  chunks: u32,
}
