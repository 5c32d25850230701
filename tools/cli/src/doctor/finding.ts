/** What the doctor found about one thing. */
export interface Finding {
  check: string;
  state: 'ok' | 'warning' | 'problem';
  detail: string;
  /** What to do about it. */
  todo?: string;
}

export const fine = (check: string, detail: string): Finding => ({ check, state: 'ok', detail });
export const warning = (check: string, detail: string, todo: string): Finding => ({
  check,
  state: 'warning',
  detail,
  todo,
});
export const problem = (check: string, detail: string, todo: string): Finding => ({
  check,
  state: 'problem',
  detail,
  todo,
});
