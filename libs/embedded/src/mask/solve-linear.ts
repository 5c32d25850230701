import { f64 } from '../typed-access.js';

/** Solves a·x = b by Gauss-Jordan with pivoting; `a` is n×n by rows, both are overwritten. A zero pivot gives zeros. */
export function solveLinear(a: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  for (let column = 0; column < n; column++) {
    swapRows(a, b, column, pivotRow(a, n, column));
    const pivot = f64(a, column * n + column);
    if (Math.abs(pivot) < 1e-12) return new Float64Array(n);
    for (let row = 0; row < n; row++) {
      const factor = f64(a, row * n + column) / pivot;
      if (row === column || factor === 0) continue;
      for (let i = column; i < n; i++) a[row * n + i] = f64(a, row * n + i) - factor * f64(a, column * n + i);
      b[row] = f64(b, row) - factor * f64(b, column);
    }
  }
  return b.map((value, row) => value / f64(a, row * n + row));
}

function pivotRow(a: Float64Array, n: number, column: number): number {
  let best = column;
  for (let row = column + 1; row < n; row++) {
    if (Math.abs(f64(a, row * n + column)) > Math.abs(f64(a, best * n + column))) best = row;
  }
  return best;
}

function swapRows(a: Float64Array, b: Float64Array, one: number, other: number): void {
  if (one === other) return;
  const n = b.length;
  const row = a.slice(one * n, one * n + n);
  a.copyWithin(one * n, other * n, other * n + n);
  a.set(row, other * n);
  [b[one], b[other]] = [f64(b, other), f64(b, one)];
}
