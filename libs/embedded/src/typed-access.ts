/**
 * Reads of typed arrays for hot loops. The caller guarantees that the index is in range; one function for each
 * array type keeps every read monomorphic, which V8 turns into a plain load.
 */
export const f32 = (values: Float32Array, index: number): number => values[index] as number;
export const f64 = (values: Float64Array, index: number): number => values[index] as number;
export const u32 = (values: Uint32Array, index: number): number => values[index] as number;
export const i32 = (values: Int32Array, index: number): number => values[index] as number;
export const u8 = (values: Uint8Array, index: number): number => values[index] as number;
