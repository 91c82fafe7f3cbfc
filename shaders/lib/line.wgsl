// A batch seen along one axis of its images: [outer][length][inner]. Rows have inner 1, columns have inner W.
struct Line {
  outer: u32, length: u32, inner: u32,
  // Outer positions per sample.
  per_sample: u32,
  // The table of weights: which axis, how many places a row of it has, and how many weights lie before the middle one.
  axis: u32, taps: u32, radius: u32,
  threads: u32,
}

// Neighbours along the axis that one thread works on.
const BLOCK: u32 = 8u;

// `start` is where the line begins, `i` the first one's place on it, `count` how many there are, and `table` where the
// sample's weights begin.
struct Block { start: u32, i: i32, count: u32, table: u32 }

fn blocks_in(line: Line, outer: u32) -> u32 { return outer * line.inner * ((line.length + BLOCK - 1u) / BLOCK); }

// Neighbouring threads have neighbouring pixels.
fn block_of(index: u32, line: Line) -> Block {
  let across = index / line.inner;
  let blocks = (line.length + BLOCK - 1u) / BLOCK;
  let outer = across / blocks;
  if (outer >= line.outer) { return Block(0u, 0, 0u, 0u); }
  let i = (across - outer * blocks) * BLOCK;
  let start = outer * line.length * line.inner + index - across * line.inner;
  let table = ((outer / line.per_sample) * 2u + line.axis) * 3u * line.taps;
  return Block(start, i32(i), min(BLOCK, line.length - i), table);
}
