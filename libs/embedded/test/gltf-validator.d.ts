declare module 'gltf-validator' {
  export interface Issue {
    readonly code: string;
    readonly message: string;
    readonly severity: number;
    readonly pointer?: string;
  }
  export interface Report {
    readonly issues: {
      readonly numErrors: number;
      readonly numWarnings: number;
      readonly numInfos: number;
      readonly messages: readonly Issue[];
    };
    readonly info: { readonly totalTriangleCount: number; readonly resources?: readonly unknown[] };
  }
  export function validateBytes(bytes: Uint8Array): Promise<Report>;
}
