/**
 * How a service's Node is started, here and in every deployment. The gateway collects old objects for the first time at
 * 64 MB, or else the garbage of a first large batch of facts stays until some 100 MB. The others are faster as V8 starts them.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const nodeFlags = { gateway: ['--initial-heap-size=64'] };
