import { alertDeliver, alertSend, openEnvelope, sealEnvelope } from '@image2model/contracts';
import { alertOf, stateOf, toldAlertOf } from './alert.js';
import { deadLetterAlert } from './dead-letter-alert.js';
import { webhookBody } from './webhook-body.js';

const payload = alertSend.payload.parse({ severity: 'critical', code: 'health', message: 'No worker' });
const alert = alertOf({ id: 'a1', occurredAt: '2026-01-01T00:00:00.000Z', payload });

describe('alertOf', () => {
  it('is about its code unless it says what it is about', () => {
    expect(alert).toMatchObject({ id: 'a1', fingerprint: 'health', at: '2026-01-01T00:00:00.000Z' });
    const own = { ...payload, fingerprint: 'dead_letter:q' };
    expect(alertOf({ id: 'a1', occurredAt: alert.at, payload: own }).fingerprint).toBe('dead_letter:q');
  });

  it('is critical or the like until it is over', () => {
    expect(stateOf(alert)).toBe('critical');
    expect(stateOf({ ...alert, resolved: true })).toBe('resolved');
  });

  it('makes a valid delivery that tells how often it was kept back', () => {
    const told = toldAlertOf(alert, 3);
    expect(told.message).toBe('No worker (and 3 more since the last notice)');
    const envelope = sealEnvelope(alertDeliver, { payload: { channel: 'slack', alert: told } });
    expect(openEnvelope(alertDeliver, Buffer.from(JSON.stringify(envelope))).payload.alert).toEqual(told);
  });
});

describe('webhookBody', () => {
  it('holds what the contract names, resolved only when it is', () => {
    const told = toldAlertOf(alert, 0);
    expect(webhookBody(told)).toEqual({
      id: 'a1',
      severity: 'critical',
      code: 'health',
      message: 'No worker',
    });
    expect(webhookBody({ ...told, resolved: true })).toMatchObject({ resolved: true });
  });
});

describe('deadLetterAlert', () => {
  const fact = {
    deadLetterId: '17-0',
    queue: 'model-worker.model.generate.high',
    reason: 'invalid_payload: gen',
  };

  it('is a warning whose id follows from the dead letter, one trouble per queue, and a valid message', () => {
    const made = deadLetterAlert(fact);
    expect(made).toMatchObject({
      id: 'alert:dead-letter:17-0',
      payload: {
        severity: 'warning',
        code: 'dead_letter',
        fingerprint: `dead_letter:${fact.queue}`,
        details: { queue: fact.queue, dead_letter_id: '17-0' },
      },
    });
    expect(alertSend.payload.parse(made?.payload)).toEqual(made?.payload);
  });

  it.each([
    'alert-service.alert.send',
    'alert-service.message.dead-lettered',
    'alert-service.alert.deliver.slack',
  ])('is not raised for %s', (queue) => {
    expect(deadLetterAlert({ ...fact, queue })).toBeUndefined();
  });

  it('is raised for the other queues of the alert service', () => {
    expect(deadLetterAlert({ ...fact, queue: 'alert-service.batch.completed' })).toBeDefined();
  });
});
