// The second half: the points on the upper and on the left side of a cell, of those at their ends and the middles of the cells beside.
// Beyond a border is the mirror of what is before it.
import package::lib::thread::LINE;
import package::program::plasma::strength;
import package::program::plasma_grids::{ cell_of, displaced, made, params, point, put, shape };

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let cell = cell_of(id.x + id.y * LINE);
  if (cell.n >= shape.samples) { return; }
  let plane = cell.plane;
  let i = cell.i;
  let j = cell.j;
  // The middles of this cell, of the one above, and of the one to the left, where there are such cells.
  let row = 2u * i + 1u;
  let column = 2u * j + 1u;
  let above = select(row - 2u, row, i == 0u);
  let left = select(column - 2u, column, j == 0u);
  let last_row = select(row, above, i == shape.last_row);
  let last_column = select(column, left, j == shape.last_column);
  let s = strength(params[cell.n], shape.number);
  let here = point(plane, i, j);
  if ((column < shape.valid_columns) & (row - 1u < shape.valid_rows)) {
    let sum = here + point(plane, i, j + 1u) + made(plane, above, column) + made(plane, last_row, column);
    put(plane, row - 1u, column, displaced(sum, made(plane, row - 1u, column).x, s));
  }
  if ((row < shape.valid_rows) & (column - 1u < shape.valid_columns)) {
    let sum = here + point(plane, i + 1u, j) + made(plane, row, left) + made(plane, row, last_column);
    put(plane, row, column - 1u, displaced(sum, made(plane, row, column - 1u).x, s));
  }
}
