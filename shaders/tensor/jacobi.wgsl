// What the kernels of Jacobi's method share: in each round of a tournament every row meets another one.

// Rows of the matrix; players of the tournament, one more where rows are odd; the round.
struct Round { size: u32, players: u32, round: u32 }

// The two rows of pair k, the smaller first. The larger may be none.
fn pair_of(k: u32, r: Round) -> vec2u {
  let others = r.players - 1u;
  let a = select((r.round + k) % others, others, k == 0u);
  let b = (r.round + others - k) % others;
  return vec2u(min(a, b), max(a, b));
}
