/** Images of the float64 reference: plain planar arrays, no GPU, no dependency on the library under test. */

export type Shape4 = [number, number, number, number];

/** An image batch: data planar in the order N, C, H, W; shape [N, C, H, W]. */
export interface Image64 {
  data: Float64Array;
  shape: Shape4;
}

/** Parameters of one transform: name -> one row per sample (or a single row for all), each row a vector. */
export type Params64 = Record<string, number[][]>;

export type Options64 = Record<string, unknown>;

/** What a transform may know besides its own settings. */
export interface Context64 {
  /** Which sample of a larger batch sample n is, for what is drawn. */
  sample: (n: number) => number;
  /** The two words that draws start from. */
  key: readonly [number, number];
  /** What is differentiated, where a surrogate gives the image and the parameters derivatives of different functions. */
  wrt?: "image" | "params";
}

export const plainContext: Context64 = { sample: (n) => n, key: [0, 0] };

/** The forward pass of a transform. Parameters are rows per sample ([N][k]; one row serves all samples), by their own names. */
export type Reference64 = (x: Image64, params: Params64, options: Options64, context: Context64) => Image64;

/** A transform as the reference sees it. */
export interface Transform64 {
  name: string;
  params: Params64;
  options: Options64;
  context?: Partial<Context64>;
}

/** A transform away from its identity and from kinks, with a value of its own for each of two samples. */
export interface Case64 {
  name: string;
  /** Two rows for each parameter whose gradient is checked. */
  params?: Params64;
  options?: Options64;
  context?: Partial<Context64>;
  /** What a field looks through in images of a size: its own size, [height, width], and a row for each of two samples. */
  field?: (height: number, width: number) => { size: [number, number]; rows: number[][] };
  /** Channels of images beside the input, by parameter of role `image`; as many as the input's unless given. */
  images?: Record<string, number>;
  /** Shape of the image; [2, 3, 7, 8] unless given. */
  shape?: Shape4;
  /** The smallest image that it has a meaning for, [height, width]; smaller ones are refused. */
  least?: [number, number];
  /** Intensities of the image; 0 to 1 unless given. */
  range?: [number, number];
  /** Intensities lie in the middle of so many equal levels of 0 to 1; anywhere unless given. */
  levels?: number;
  /** Allowed error of the result (2e-5), and of gradients relative to the largest (2e-4). */
  forward?: number;
  backward?: number;
  /** Step of the differences of the image, and of parameters that have none of their own; 1e-5 unless given. */
  step?: number;
  /** Step of the differences of single parameters; 1e-5 unless given. */
  steps?: Record<string, number>;
  /** How many positions may lie on kinks; none unless given. */
  kinks?: number;
}

export function zeros(shape: Shape4): Image64 {
  return { data: new Float64Array(shape[0] * shape[1] * shape[2] * shape[3]), shape: [...shape] };
}

export function fromArray(values: ArrayLike<number>, shape: Shape4): Image64 {
  const image = zeros(shape);
  if (values.length !== image.data.length) throw new Error(`${values.length} values for shape [${shape}]`);
  image.data.set(values);
  return image;
}

export function indexOf(shape: Shape4, n: number, c: number, y: number, x: number): number {
  return ((n * shape[1] + c) * shape[2] + y) * shape[3] + x;
}

export function pixel(image: Image64, n: number, c: number, y: number, x: number): number {
  return image.data[indexOf(image.shape, n, c, y, x)];
}

/** A new image of `shape` whose every element is value(n, c, y, x). */
export function build(shape: Shape4, value: (n: number, c: number, y: number, x: number) => number): Image64 {
  const image = zeros(shape);
  let i = 0;
  for (let n = 0; n < shape[0]; n++)
    for (let c = 0; c < shape[1]; c++)
      for (let y = 0; y < shape[2]; y++) for (let x = 0; x < shape[3]; x++) image.data[i++] = value(n, c, y, x);
  return image;
}

/** The row of parameter `name` for sample n (a single row serves all samples), or `fallback` where it is not given. */
export function row(params: Params64, name: string, n: number, fallback?: number[]): number[] {
  const rows = params[name];
  if (rows === undefined) {
    if (fallback === undefined) throw new Error(`parameter ${name} is missing`);
    return fallback;
  }
  const found = rows.length === 1 ? rows[0] : rows[n];
  if (found === undefined) throw new Error(`parameter ${name} has ${rows.length} rows, sample ${n} needs one`);
  return found;
}

/** The first number of a row: for scalar parameters. */
export function scalar(params: Params64, name: string, n: number, fallback?: number): number {
  return row(params, name, n, fallback === undefined ? undefined : [fallback])[0];
}

/** Entry c of a row, or its only entry: for per-channel parameters. */
export function channel(params: Params64, name: string, n: number, c: number, fallback?: number): number {
  const values = row(params, name, n, fallback === undefined ? undefined : [fallback]);
  return values.length === 1 ? values[0] : values[c];
}

/** A value for each of two samples, as rows. */
export const two = (first: number, second: number): number[][] => [[first], [second]];

export function maxAbsDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (!(difference <= worst)) worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return worst;
}

/** Deterministic pseudo-random image in [low, high), quantised to float32 so that a GPU can hold it exactly. */
export function randomImage(shape: Shape4, seed: number, low = 0, high = 1): Image64 {
  const image = zeros(shape);
  const draw = randomNumbers(seed);
  for (let i = 0; i < image.data.length; i++) image.data[i] = Math.fround(low + (high - low) * draw());
  return image;
}

/** The image of a case: in its range, and in the middle of its levels. */
export function imageOfCase({ range = [0, 1], levels }: Case64, shape: Shape4, seed: number): Image64 {
  const image = randomImage(shape, seed, ...range);
  if (levels) image.data = image.data.map((v) => Math.fround((Math.floor(v * levels) + 0.5) / levels));
  return image;
}

/** A small generator (mulberry32) of numbers in [0, 1). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** An image beside the input: its rows have a sample's values each. */
export function besideOf({ shape: [n, , h, w] }: Image64, params: Params64, name: string): Image64 {
  const rows = Array.from({ length: n }, (_, i) => row(params, name, i));
  return { data: Float64Array.from(rows.flat()), shape: [n, rows[0].length / (h * w), h, w] };
}
