import { inSpan, tracer } from './tracing.js';

type MethodsOf<T> = { [K in keyof T]: T[K] extends (...args: never[]) => unknown ? K : never }[keyof T];
type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

const isFunction = (value: unknown): value is AnyFunction => typeof value === 'function';

/**
 * Puts a span around methods of an object, each when it is called from outside and within a span. While tracing is off
 * it gives the object itself: nothing is in between. For composition roots, after tracing was turned on or not.
 * @param spans the name of the span of each method
 */
export function traced<T extends object>(
  target: T,
  spans: Readonly<Partial<Record<MethodsOf<T>, string>>>,
): T {
  if (tracer() === undefined) return target;
  const names = new Map<PropertyKey, unknown>(Object.entries(spans));
  const methods = new Map<PropertyKey, AnyFunction>();
  return new Proxy(target, {
    get(_target, key): unknown {
      // private fields know the object itself, not what stands in front of it
      const value: unknown = Reflect.get(target, key, target);
      if (!isFunction(value)) return value;
      const known = methods.get(key);
      if (known !== undefined) return known;
      const name = names.get(key);
      const plain = value.bind(target);
      const method = typeof name === 'string' ? around(name, plain) : plain;
      methods.set(key, method);
      return method;
    },
  });
}

const around =
  (name: string, method: AnyFunction): AnyFunction =>
  (...args) =>
    tracer()?.traceparent() === undefined ? method(...args) : inSpan({ name }, () => method(...args));
