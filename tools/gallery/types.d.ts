declare module 'gltf-validator' {
  /** Of the whole GLB; warnings and infos are counted apart. */
  export function validateBytes(bytes: Uint8Array): Promise<{
    readonly issues: { readonly numErrors: number; readonly numWarnings: number; readonly numInfos: number };
  }>;
}
