/** The part of OpenCV.js 4.12 that the benchmark uses: its own types are there only after install.mjs. */

export interface Mat {
  readonly rows: number;
  readonly cols: number;
  readonly data32F: Float32Array;
  roi(rectangle: unknown): Mat;
  setTo(value: number[]): Mat;
  copyTo(result: Mat): void;
  convertTo(result: Mat, type: number, factor: number, offset: number): void;
  delete(): void;
}

type Scalar = number[];

export interface Cv {
  CV_32FC3: number;
  CV_64F: number;
  CV_32F: number;
  CV_8U: number;
  INTER_LINEAR: number;
  WARP_INVERSE_MAP: number;
  BORDER_CONSTANT: number;
  BORDER_REFLECT_101: number;
  THRESH_TRUNC: number;
  THRESH_TOZERO: number;
  COLOR_RGB2HSV: number;
  COLOR_HSV2RGB: number;
  COLOR_RGB2GRAY: number;
  BORDER_REPLICATE: number;
  BORDER_REFLECT: number;
  THRESH_BINARY: number;
  COLOR_RGB2BGR: number;
  COLOR_RGB2HLS: number;
  COLOR_HLS2RGB: number;
  COLOR_RGB2XYZ: number;
  COLOR_XYZ2RGB: number;
  COLOR_RGB2Lab: number;
  COLOR_RGB2Luv: number;
  COLOR_RGB2YCrCb: number;
  COLOR_YCrCb2RGB: number;
  MORPH_ERODE: number;
  MORPH_DILATE: number;
  MORPH_OPEN: number;
  MORPH_CLOSE: number;
  MORPH_GRADIENT: number;
  MORPH_TOPHAT: number;
  MORPH_BLACKHAT: number;
  ROTATE_90_CLOCKWISE: number;
  ROTATE_90_COUNTERCLOCKWISE: number;
  ROTATE_180: number;
  Mat: {
    new (rows?: number, columns?: number, type?: number, value?: Scalar): Mat;
    ones(rows: number, columns: number, type: number): Mat;
  };
  Point: new (x: number, y: number) => unknown;
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
  addWeighted(a: Mat, alpha: number, b: Mat, beta: number, offset: number, y: Mat): void;
  blur(x: Mat, y: Mat, size: unknown, anchor: unknown, border: number): void;
  bilateralFilter(x: Mat, y: Mat, size: number, sigmaColor: number, sigmaSpace: number, border: number): void;
  filter2D(x: Mat, y: Mat, depth: number, kernel: Mat, anchor: unknown, offset: number, border: number): void;
  Sobel(
    x: Mat,
    y: Mat,
    depth: number,
    dx: number,
    dy: number,
    size: number,
    scale: number,
    offset: number,
    border: number,
  ): void;
  magnitude(x: Mat, y: Mat, result: Mat): void;
  morphologyEx(x: Mat, y: Mat, operation: number, element: Mat): void;
  rotate(x: Mat, y: Mat, how: number): void;
  transpose(x: Mat, y: Mat): void;
  remap(x: Mat, y: Mat, across: Mat, down: Mat, interpolation: number, border: number, value: Scalar): void;
}
