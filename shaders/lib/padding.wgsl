// Which pixel a tap beyond the image sees: its index, or −1 for none.

@if(pad_zeros)
fn resolve(i: i32, size: i32) -> i32 { return select(-1, i, i >= 0 && i < size); }

@if(pad_border)
fn resolve(i: i32, size: i32) -> i32 { return clamp(i, 0, size - 1); }

// Mirrored about the outermost pixels: … 2 1 0 1 2 …
@if(pad_reflection)
fn resolve(i: i32, size: i32) -> i32 {
  let period = max(2 * (size - 1), 1);
  let r = ((i % period) + period) % period;
  return min(r, period - r) * i32(size > 1);
}

// Mirrored about the edges: … 1 0 0 1 …
@if(pad_symmetric)
fn resolve(i: i32, size: i32) -> i32 {
  let period = 2 * size;
  let r = ((i % period) + period) % period;
  return min(r, period - 1 - r);
}

@if(pad_circular)
fn resolve(i: i32, size: i32) -> i32 { return ((i % size) + size) % size; }
