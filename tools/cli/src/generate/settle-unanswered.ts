import { statSync } from 'node:fs';
import { ApiProblem } from '../api/api-problem.js';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import { hashFile } from './hash-file.js';
import { acceptSend, forget } from './make-sends.js';
import { entriesOf, type Session } from './session.js';
import type { Entry, Send } from './state.js';

/** The gateway keeps keys for 24 h. */
const keyLivesMs = 23 * 3_600_000;
/** Clocks differ. */
const slackMs = 5 * 60_000;

/**
 * Sends of an earlier run whose answer never came: asked for again with the same key, so that what was accepted is not
 * accepted twice. Where that cannot be (the key is too old, a photo has changed), the batch is looked for by its name.
 */
export async function settleUnanswered(session: Session): Promise<void> {
  const unanswered = session.state.sends.filter(
    ({ batch_id, refused }) => batch_id === null && refused === null,
  );
  for (const send of unanswered) {
    session.say('asking for the answer that the last run did not get …');
    if (await isRepeatable(session, send)) {
      try {
        await acceptSend(session, send);
        continue;
      } catch (error) {
        if (!(error instanceof ApiProblem) || error.code !== 'idempotency_key_reused') throw error;
      }
    }
    await adoptByName(session, send);
  }
}

async function isRepeatable(session: Session, send: Send): Promise<boolean> {
  if (Date.now() - Date.parse(send.made_at) > keyLivesMs) return false;
  for (const entry of entriesOf(session, send)) if (!(await isUnchanged(entry))) return false;
  return true;
}

async function isUnchanged({ kind, source, bytes, sha256 }: Entry): Promise<boolean> {
  if (kind === 'url') return true;
  const stat = statSync(source, { throwIfNoEntry: false });
  return stat !== undefined && stat.size === bytes && (await hashFile(source)) === sha256;
}

async function adoptByName(session: Session, send: Send): Promise<void> {
  const { batches, state, file } = session;
  const known = new Set(state.sends.map(({ batch_id }) => batch_id));
  const since = Date.parse(send.made_at) - slackMs;
  const recent = await batches.list(10_000);
  const candidates = recent.filter(
    ({ id, name, total_files, created_at }) =>
      name === send.name && total_files === send.total && Date.parse(created_at) >= since && !known.has(id),
  );
  const [batch, ...others] = candidates;
  if (others.length > 0)
    throw new CliError(
      exitCodes.refused,
      `Several batches may be the one whose answer was lost: ${candidates.map(({ id }) => id).join(', ')}.`,
      {
        hint: 'Look at them with `i2m batches show`, and use another --out for what is not among them.',
      },
    );
  if (batch === undefined) return forgetIt(session, send);
  send.batch_id = batch.id;
  send.run = batch.run;
  file.save(state);
}

function forgetIt(session: Session, send: Send): void {
  forget(session, send);
  session.file.save(session.state);
}
