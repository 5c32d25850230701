declare module 'gltf-validator' {
  export interface Issue {
    readonly code: string;
    readonly message: string;
    /** 0 is an error */
    readonly severity: number;
    readonly pointer?: string;
  }
  export interface Report {
    readonly issues: {
      readonly numErrors: number;
      readonly numWarnings: number;
      readonly messages: readonly Issue[];
    };
  }
  export function validateBytes(
    bytes: Uint8Array,
    options?: { readonly format?: 'glb'; readonly maxIssues?: number; readonly writeTimestamp?: boolean },
  ): Promise<Report>;
}
