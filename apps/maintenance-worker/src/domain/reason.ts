/** One thing that is not as it should be, and what to do about it. */
export interface Reason {
  code: string;
  severity: 'warning' | 'critical';
  message: string;
}

export const critical = (code: string, message: string): Reason => ({ code, severity: 'critical', message });
export const warning = (code: string, message: string): Reason => ({ code, severity: 'warning', message });

export interface Limits {
  warning: number;
  critical?: number;
}

/** None below the limits. @param advice what to do, a sentence without its dot */
export function full(
  { code, what, percent }: { code: string; what: string; percent: number },
  limits: Limits,
  advice: string,
): Reason[] {
  const severity =
    limits.critical !== undefined && percent >= limits.critical
      ? 'critical'
      : percent >= limits.warning
        ? 'warning'
        : undefined;
  if (severity === undefined) return [];
  return [{ code, severity, message: `${what} is ${Math.floor(percent)} % full: ${advice}` }];
}
