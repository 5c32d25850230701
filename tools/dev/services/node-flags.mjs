/**
 * How a service's Node is started, here and in every deployment. Short-lived objects get 8 MB a half-space: with V8's
 * default of 16 MB the memory of a busy service grows by some 30 MB for a few per cent less CPU. Old ones are collected for
 * the first time at 64 MB, or else the garbage of a first large batch stays until some 100 MB.
 */
export const nodeFlags = ['--max-semi-space-size=8', '--initial-heap-size=64'];
