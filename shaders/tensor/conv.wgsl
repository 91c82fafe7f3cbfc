// What the kernels of convolution share. Images are [n, channels, height, width], weights [outputs, channels / groups, kernel].
struct Conv {
  channels: u32, height: u32, width: u32,
  outputs: u32, out_height: u32, out_width: u32,
  kernel_height: u32, kernel_width: u32,
  stride_y: u32, stride_x: u32,
  top: i32, left: i32,
  dilation_y: u32, dilation_x: u32,
  groups: u32,
  threads: u32,
  // Whether there is a bias; rows of the output that a thread of conv2d_weight sums up, rows in all
  bias: u32, rows_per_chunk: u32, rows: u32, unused: u32,
}

// Up to four channels of one group, of which a thread computes four columns each.
struct Tile {
  sample: u32, group: u32, row: u32, column: u32,
  // First of the channels, counted in all groups; those that there are; the one for a lane that has none is the last.
  first: u32, count: u32,
}

fn ceil4(n: u32) -> u32 { return (n + 3u) / 4u; }

// The tile of a thread in an image of `channels` channels a group.
fn tile_of(thread: u32, groups: u32, channels: u32, height: u32, width: u32) -> Tile {
  let columns = ceil4(width);
  let blocks = ceil4(channels);
  var rest = thread / columns;
  let row = rest % height;
  rest /= height;
  let block = rest % blocks;
  rest /= blocks;
  let group = rest % groups;
  let first = group * channels + block * 4u;
  return Tile(rest / groups, group, row, (thread % columns) * 4u, first, min(4u, channels - block * 4u));
}

// The channel of a lane of a tile: one beyond the last repeats the last, and is not stored.
fn lanes_of(tile: Tile) -> vec4u { return vec4u(tile.first) + min(vec4u(0u, 1u, 2u, 3u), vec4u(tile.count - 1u)); }
