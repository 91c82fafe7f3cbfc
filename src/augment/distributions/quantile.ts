/** Half a step of the 24 bits of u: u + half is never 0 nor 1, and symmetric about one half. */
export const HALF = 2 ** -25;

/** Numerators and denominators of {@link standardQuantile}, from the highest power down: near the middle, and in the tails. */
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
const FAR_TAIL = [
  2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487,
  1.7848265399172913, 5.4637849111641144, 6.657904643501104,
];
const UNDER_FAR_TAIL = [
  2.0442631033899397e-15, 1.421511758316446e-7, 1.846318317510055e-5, 0.0007868691311456133, 0.014875361290850615,
  0.13692988092273581, 0.599832206555888, 1,
];

/**
 * Quantile of the standard normal distribution, where `p` of it lies below; `q` lies above. Of the two, the smaller one decides, so
 * that neither tail loses digits. Wichura, algorithm AS 241 (1988), good to some 1e-16.
 */
export function standardQuantile(p: number, q: number): number {
  if (Math.abs(p - 0.5) <= 0.425) {
    const d = p - 0.5;
    const r = 0.180625 - d * d;
    return (d * polynomial(MIDDLE, r)) / polynomial(UNDER_MIDDLE, r);
  }
  const r = Math.sqrt(-Math.log(Math.min(p, q)));
  const z =
    r <= 5
      ? polynomial(TAIL, r - 1.6) / polynomial(UNDER_TAIL, r - 1.6)
      : polynomial(FAR_TAIL, r - 5) / polynomial(UNDER_FAR_TAIL, r - 5);
  return p < q ? -z : z;
}

/** Quantile of the standard normal distribution at u + 2⁻²⁵, for the 24 bits of u in [0, 1). */
export const standardNormal = (u: number): number => standardQuantile(u + HALF, 1 - u - HALF);

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const each of coefficients) sum = sum * x + each;
  return sum;
}

/** The largest z that is drawn, 5.42. */
export const FARTHEST = standardNormal(1 - 2 ** -24);

/** Mills' ratio of the standard normal distribution, of what lies above z ≥ 0 to the density at z. */
export function mills(z: number): number {
  if (z < 1.5) {
    let term = z;
    let sum = z;
    for (let n = 3; term > 1e-17 * sum; n += 2) {
      term *= (z * z) / n;
      sum += term;
    }
    return Math.sqrt(Math.PI / 2) * Math.exp((z * z) / 2) - sum;
  }
  // Laplace's continued fraction, which takes the fewer levels the larger z is.
  let below = z;
  for (let n = 8 + Math.ceil(400 / (z * z)); n > 0; n--) below = z + n / below;
  return 1 / below;
}

/** How much of the standard normal distribution lies above z. */
export function above(z: number): number {
  if (z < 0) return 1 - above(-z);
  return mills(z) * Math.exp((-z * z) / 2) * Math.sqrt(0.5 / Math.PI);
}
