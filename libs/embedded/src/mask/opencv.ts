import { createRequire } from 'node:module';

interface Mat {
  readonly data: Uint8Array;
  delete(): void;
}

/** The few parts of OpenCV that are used here. */
export interface OpenCv {
  readonly CV_8UC1: number;
  readonly CV_8UC3: number;
  readonly GC_INIT_WITH_MASK: number;
  readonly Mat: new (rows?: number, columns?: number, type?: number) => Mat;
  readonly Rect: new (x: number, y: number, width: number, height: number) => object;
  setRNGSeed(seed: number): void;
  grabCut(image: Mat, mask: Mat, area: object, back: Mat, fore: Mat, rounds: number, mode: number): void;
}

let loading: Promise<{ cv: OpenCv }> | undefined;

/**
 * Loads OpenCV's WASM once per thread (about 0.2 s and 134 MB), and only when a photo needs it.
 * It comes in a box because the module itself has a `then`, which a promise would call for ever.
 */
export function loadOpenCv(): Promise<{ cv: OpenCv }> {
  loading ??= new Promise((resolve) => {
    const cv = requireQuietly();
    if (isReady(cv)) resolve({ cv });
    else Object.assign(cv, { onRuntimeInitialized: () => resolve({ cv: cv as OpenCv }) });
  });
  return loading;
}

const isReady = (cv: object): cv is OpenCv => 'Mat' in cv && typeof cv.Mat === 'function';

/** Emscripten installs handlers that turn every unhandled rejection of the process into an abort: off with them. */
function requireQuietly(): object {
  const events = ['uncaughtException', 'unhandledRejection'];
  const before = events.map((event) => process.listeners(event as 'exit'));
  const cv: object = createRequire(__filename)(require.resolve('@techstark/opencv-js'));
  events.forEach((event, index) => {
    for (const listener of process.listeners(event as 'exit')) {
      if (!before[index]?.includes(listener)) process.removeListener(event, listener);
    }
  });
  return cv;
}
