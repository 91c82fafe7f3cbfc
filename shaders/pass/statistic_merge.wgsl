// What the threads of a statistic gathered becomes one, in a fixed order: a workgroup, or where a barrier costs more than a loop a
// thread, for each group of three channels of a sample.
import package::generated::statistic::{ Part, RESULTS, WORDS, both, part_of, results, words };
import package::lib::thread::LINE;

struct Shape { samples: u32, groups: u32, threads: u32, channels: u32, first: u32, pixels: u32, width: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> gathered: array<u32>;
@group(0) @binding(2) var<storage, read_write> statistics: array<f32>;

@if(!alone) var<workgroup> parts: array<Part, 64>;

fn part_at(owner: u32, t: u32) -> Part {
  let n = owner / shape.groups;
  let slot = (owner - n * shape.groups) * shape.threads + t;
  var w = words(Part());
  for (var k = 0u; k < WORDS; k++) {
    let at = 3u * ((k * shape.samples + n) * (shape.threads * shape.groups) + slot);
    w[k] = vec3u(gathered[at], gathered[at + 1u], gathered[at + 2u]);
  }
  return part_of(w);
}

// Every `step`-th part from `from` on.
fn merged(owner: u32, start: u32, step: u32) -> Part {
  var all = part_at(owner, start);
  for (var t = start + step; t < shape.threads; t += step) { all = both(all, part_at(owner, t)); }
  return all;
}

fn save(owner: u32, all: Part) {
  let n = owner / shape.groups;
  let lane = (owner - n * shape.groups) * 3u;
  var made = results(all, shape.pixels, shape.width);
  for (var r = 0u; r < RESULTS; r++) {
    for (var c = 0u; c < min(3u, shape.channels - lane); c++) {
      statistics[(shape.first + r * shape.channels + lane + c) * shape.samples + n] = made[r][c];
    }
  }
}

@if(alone)
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let owner = id.x + id.y * LINE;
  if (owner >= shape.samples * shape.groups) { return; }
  save(owner, merged(owner, 0u, 1u));
}

@if(!alone)
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let owner = group.x + group.y * 65535u;
  let is_owner = owner < shape.samples * shape.groups;
  let lanes = min(64u, shape.threads);
  if (is_owner && lane < lanes) { parts[lane] = merged(owner, lane, lanes); }
  workgroupBarrier();
  if (is_owner && lane == 0u) {
    var all = parts[0];
    for (var i = 1u; i < lanes; i++) { all = both(all, parts[i]); }
    save(owner, all);
  }
}
