/** The MNIST digits of this example: read, shuffled once with a fixed seed, and split in three. */

/** Side of a digit in pixels. */
export const SIDE = 28;
/** Number of classes. */
export const CLASSES = 10;

/** Images as [count, 28 * 28] values 0..1, and their labels 0..9. */
export interface Digits {
  images: Float32Array<ArrayBuffer>;
  labels: Int32Array<ArrayBuffer>;
  count: number;
}

export interface Split {
  train: Digits;
  validation: Digits;
  test: Digits;
}

/** A small, fast generator (mulberry32) for the order of the digits; the augmentation draws its own numbers. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** The numbers 0..count-1 in random order. */
export function permutation(count: number, random: () => number): Int32Array<ArrayBuffer> {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const held = order[i];
    order[i] = order[j];
    order[j] = held;
  }
  return order;
}

async function fetchBytes(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url);
  if (!response.ok || !response.body) throw new Error(`The digits could not be read from ${url} (${response.status}).`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  // Some servers unpack .gz files on the way, some do not: the first two bytes tell.
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}

function pick(images: Uint8Array, labels: Uint8Array, order: Int32Array): Digits {
  const pixels = SIDE * SIDE;
  const digits = { images: new Float32Array(order.length * pixels), labels: new Int32Array(order.length) };
  order.forEach((source, i) => {
    for (let k = 0; k < pixels; k++) digits.images[i * pixels + k] = images[source * pixels + k] / 255;
    digits.labels[i] = labels[source];
  });
  return { ...digits, count: order.length };
}

/**
 * Reads the 10,000 digits and splits them, always in the same way: the last 2,000 of a fixed shuffle to test, the 500 before
 * them to validate, and the first `trainCount` (at most 7,500) to train.
 */
export async function loadDigits(trainCount: number, testCount = 2000): Promise<Split> {
  const [imageFile, labelFile] = await Promise.all([
    fetchBytes(new URL("../data/mnist/t10k-images-idx3-ubyte.gz", import.meta.url)),
    fetchBytes(new URL("../data/mnist/t10k-labels-idx1-ubyte.gz", import.meta.url)),
  ]);
  const images = imageFile.subarray(16);
  const labels = labelFile.subarray(8);
  const order = permutation(labels.length, generator(20240117));
  return {
    train: pick(images, labels, order.subarray(0, Math.min(trainCount, 7500))),
    validation: pick(images, labels, order.subarray(7500, 8000)),
    test: pick(images, labels, order.subarray(8000, 8000 + testCount)),
  };
}
