/** Half a step of the 24 bits of u: u + half is never 0 nor 1, and symmetric about one half. */
const HALF = 2 ** -25;

/** Numerators and denominators of {@link standardNormal}, from the highest power down: near the middle, and in the tails. */
const MIDDLE = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513,
  133.14166789178438, 3.3871328727963665,
];
const UNDER_MIDDLE = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579,
  42.31333070160091, 1,
];
const TAIL = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
  5.769497221460691, 4.630337846156546, 1.4234371107496835,
];
const UNDER_TAIL = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
  1.6763848301838038, 2.053191626637759, 1,
];

/**
 * Quantile of the standard normal distribution at u + 2⁻²⁵, for the 24 bits of u in [0, 1). Wichura, algorithm AS 241 (1988),
 * good to some 1e-16; its far tail, below exp(-25), is never reached.
 */
export function standardNormal(u: number): number {
  const q = u + HALF - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(MIDDLE, r)) / polynomial(UNDER_MIDDLE, r);
  }
  const r = Math.sqrt(-Math.log(0.5 - Math.abs(q))) - 1.6;
  return (Math.sign(q) * polynomial(TAIL, r)) / polynomial(UNDER_TAIL, r);
}

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const each of coefficients) sum = sum * x + each;
  return sum;
}

/** The largest z that is drawn, 5.42. */
export const FARTHEST = standardNormal(1 - 2 ** -24);
