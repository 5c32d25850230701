import { HttpAnswer } from './http-answer.js';
import type { KeyState } from './options.js';

/** The keys that are known, and how each stands with fal. */
export class Accounts {
  private readonly states = new Map<string, KeyState>();

  set(states: Readonly<Record<string, KeyState>>): void {
    for (const [key, state] of Object.entries(states)) this.states.set(key, state);
  }

  /** @returns the key. @throws HttpAnswer 401 or 403 as fal answers them */
  open(authorization: string | undefined): string {
    const key = /^Key (.+)$/.exec(authorization ?? '')?.[1] ?? '';
    switch (this.states.get(key) ?? 'unknown') {
      case 'ok':
        return key;
      case 'unknown':
        throw new HttpAnswer(401, { detail: 'Authentication is required to access this application.' });
      case 'locked':
        throw new HttpAnswer(403, {
          detail:
            'User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing.',
        });
      case 'forbidden':
        throw new HttpAnswer(403, { detail: 'This key may not access this application.' });
    }
  }
}
