import { createInterface } from 'node:readline';
import type { Terminal } from '../output/terminal.js';
import type { Screen } from './screen.js';

/** What Ctrl-C may mean. */
export interface Interrupts {
  /** Whether the run was interrupted, and how. */
  readonly choice: 'detach' | 'cancel' | null;
  close(): void;
}

const question =
  '\nThe gateway goes on without us. [d]etach and go on later (default), or [c]ancel the batches? ';

/**
 * Ctrl-C asks whether to leave the batches running or to cancel them; a second one leaves at once, and so does any
 * signal where nobody can be asked.
 */
export function onInterrupt(
  terminal: Terminal,
  screen: Screen,
  { detach, cancel }: { detach(): void; cancel(): void },
): Interrupts {
  const state: { choice: Interrupts['choice']; asking: boolean } = { choice: null, asking: false };
  const leave = (): void => {
    if (state.asking) terminal.note('');
    state.choice = state.choice === 'cancel' ? 'cancel' : 'detach';
    detach();
  };
  const ask = (): void => {
    state.asking = true;
    screen.pause();
    // not a terminal to readline: so that Ctrl-C stays a signal
    const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
    lines.once('close', () => process.stdin.pause());
    lines.question(question, (answer) => {
      lines.close();
      state.asking = false;
      if (!/^c/i.test(answer.trim())) return leave();
      state.choice = 'cancel';
      screen.resume();
      cancel();
    });
  };
  const onSigint = (): void =>
    terminal.interactive && !state.asking && state.choice === null ? ask() : leave();
  process.on('SIGINT', onSigint);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, leave);
  return {
    get choice() {
      return state.choice;
    },
    close: () => {
      process.off('SIGINT', onSigint);
      for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.off(signal, leave);
    },
  };
}
