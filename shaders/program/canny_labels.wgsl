// Which pixels hang together: every edge has a label, the index of a pixel of its component that is no later than itself, and a component's
// root is its own label. Labels only ever become smaller, so that every loop here ends after at most as many steps as there are pixels, and
// the smallest index of a component is its root whatever the order in which threads come.
@group(0) @binding(1) var<storage, read_write> labels: array<atomic<u32>>;

const NONE: u32 = 0xffffffffu;

fn root_of(i: u32) -> u32 {
  var at = i;
  loop {
    let next = atomicLoad(&labels[at]);
    if (next >= at) { break; }
    at = next;
  }
  return at;
}

fn join(i: u32, k: u32) {
  var a = root_of(i);
  var b = root_of(k);
  loop {
    if (a == b) { break; }
    let high = max(a, b);
    let low = min(a, b);
    let before = atomicMin(&labels[high], low);
    // It was a root, and is one no more; or another thread was here first: what that left goes on.
    if (before == high) { break; }
    a = root_of(before);
    b = root_of(low);
  }
}
