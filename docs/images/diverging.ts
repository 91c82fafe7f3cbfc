/** Pixels of four bytes each. */
export type Pixels = { data: Uint8ClampedArray | Uint8Array; width: number; height: number };

/** Signed values, summed over planes, as colours: negative blue, zero white, positive red; the hundredth largest has the full colour. */
export function diverging(values: Float32Array, planes: number, width: number, height: number): Pixels {
  const size = width * height;
  const sums = Float32Array.from({ length: size }, (_, i) => {
    let sum = 0;
    for (let c = 0; c < planes; c++) sum += values[c * size + i];
    return sum;
  });
  const sorted = sums.map(Math.abs).sort();
  const full = sorted[Math.floor(size * 0.985)] || 1;
  const [red, white, blue] = [
    [178, 24, 43],
    [255, 255, 255],
    [33, 102, 172],
  ];
  const data = new Uint8ClampedArray(size * 4).fill(255);
  sums.forEach((value, i) => {
    const t = Math.min(1, Math.abs(value) / full) ** 0.8;
    const end = value > 0 ? red : blue;
    for (let c = 0; c < 3; c++) data[4 * i + c] = white[c] + t * (end[c] - white[c]);
  });
  return { data, width, height };
}
