/** Set by the bundler. */
// eslint-disable-next-line no-restricted-properties
export const version: string = process.env['APP_VERSION'] ?? '0.0.0';
