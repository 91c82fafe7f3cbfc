// A batch seen along one axis of its images: [outer][length][inner]. Rows have inner 1, columns have inner W.
struct Line {
  outer: u32, length: u32, inner: u32,
  // Outer positions per sample.
  per_sample: u32,
  // The table of weights: which axis, how many places a row of it has, and how many weights lie before the middle one.
  axis: u32, places: u32, radius: u32,
  // Threads of a sample in a pass that sums, how many sums a sample has in all, and the first one of this pass.
  threads: u32, sums: u32, first: u32,
}

// Neighbours along the axis that one thread works on: `start` is where the line begins, `i` the first one's place on it,
// `count` how many there are, and `table` where the sample's weights begin.
struct Block { start: u32, i: i32, count: u32, table: u32 }

// The k-th block of the lines, counted so that neighbouring threads have neighbouring pixels.
fn block_at(outer: u32, k: u32, inner: u32, size: u32, line: Line) -> Block {
  if (outer >= line.outer) { return Block(0u, 0, 0u, 0u); }
  let table = ((outer / line.per_sample) * 2u + line.axis) * 3u * line.places;
  return Block(outer * line.length * line.inner + inner, i32(k * size), min(size, line.length - k * size), table);
}

fn block_of(index: u32, size: u32, line: Line) -> Block {
  let across = index / line.inner;
  let blocks = (line.length + size - 1u) / size;
  let outer = across / blocks;
  return block_at(outer, across - outer * blocks, index - across * line.inner, size, line);
}
