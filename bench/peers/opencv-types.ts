/** The part of OpenCV.js 4.12 that the benchmark uses: its own types are there only after install.mjs. */

export interface Mat {
  readonly rows: number;
  readonly cols: number;
  readonly data32F: Float32Array;
  roi(rectangle: unknown): Mat;
  setTo(value: number[]): Mat;
  convertTo(result: Mat, type: number, factor: number, offset: number): void;
  delete(): void;
}

type Scalar = number[];

export interface Cv {
  CV_32FC3: number;
  CV_64F: number;
  INTER_LINEAR: number;
  WARP_INVERSE_MAP: number;
  BORDER_CONSTANT: number;
  BORDER_REFLECT_101: number;
  THRESH_TRUNC: number;
  THRESH_TOZERO: number;
  COLOR_RGB2HSV: number;
  COLOR_HSV2RGB: number;
  COLOR_RGB2GRAY: number;
  Mat: new (rows?: number, columns?: number, type?: number, value?: Scalar) => Mat;
  Size: new (width: number, height: number) => unknown;
  Rect: new (x: number, y: number, width: number, height: number) => unknown;
  onRuntimeInitialized?: () => void;
  getBuildInformation(): string;

  matFromArray(rows: number, columns: number, type: number, values: ArrayLike<number>): Mat;
  warpAffine(x: Mat, y: Mat, m: Mat, size: unknown, flags: number, border: number, value: Scalar): void;
  warpPerspective(x: Mat, y: Mat, m: Mat, size: unknown, flags: number, border: number, value: Scalar): void;
  GaussianBlur(x: Mat, y: Mat, size: unknown, sigmaX: number, sigmaY: number, border: number): void;
  cvtColor(x: Mat, y: Mat, code: number): void;
  threshold(x: Mat, y: Mat, value: number, most: number, kind: number): void;
  transform(x: Mat, y: Mat, m: Mat): void;
  min(a: Mat, b: Mat, y: Mat): void;
  pow(x: Mat, power: number, y: Mat): void;
  flip(x: Mat, y: Mat, how: number): void;
  mean(x: Mat): Scalar;
}
