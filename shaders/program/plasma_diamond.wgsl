// The first half of a step: a thread makes the point that was there already and the one in the middle of its cell. The random numbers of
// the points on its upper and its left side wait where these will be: all three are of one block, whose counter is the step and the cell.
import package::lib::draw::{ bits_at, upper };
import package::lib::thread::LINE;
import package::program::plasma::strength;
import package::program::plasma_grids::{ cell_of, displaced, params, point, put, shape };

@group(0) @binding(4) var<storage, read> keys: array<vec2u>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let cell = cell_of(id.x + id.y * LINE);
  if (cell.n >= shape.samples) { return; }
  let plane = cell.plane;
  let i = cell.i;
  let j = cell.j;
  let bits = bits_at(keys[plane], vec2u(j | (shape.number << 27u), i));
  let low = vec2f(bitcast<vec2i>(bits & vec2u(0x7ffu, 0x3ffu))) * vec2f(0.00048828125, 4.76837158203125e-7);
  let here = point(plane, i, j);
  let sum = here + point(plane, i, j + 1u) + point(plane, i + 1u, j) + point(plane, i + 1u, j + 1u);
  let centre = displaced(sum, upper(bits.x), strength(params[cell.n], shape.number));
  put(plane, 2u * i, 2u * j, here);
  put(plane, 2u * i, 2u * j + 1u, vec2f(upper(bits.y), 0.0));
  put(plane, 2u * i + 1u, 2u * j, vec2f(low.x + low.y, 0.0));
  put(plane, 2u * i + 1u, 2u * j + 1u, centre);
}
