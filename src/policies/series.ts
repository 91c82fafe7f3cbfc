import { type Distribution, plus, times } from "../augment/index.ts";

// Functions of random values, as power series: sums and products are what distributions are computed of.

/** c₀ + c₁ x + c₂ x² + … of a random value. */
export const polynomial = (x: Distribution, [first, ...rest]: readonly number[]): Distribution =>
  rest.length === 1 ? plus(times(x, rest[0]), first) : plus(times(x, polynomial(x, rest)), first);

/** x (c₀ + c₁ x² + c₂ x⁴ + …) */
export const oddPolynomial = (x: Distribution, coefficients: readonly number[]): Distribution =>
  times(x, polynomial(times(x, x), coefficients));
