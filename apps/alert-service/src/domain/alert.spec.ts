import { alertSend, sealEnvelope } from '@image2model/contracts';
import { stateOf, webhookBody, type Alert } from './alert.js';
import { deadLetterAlert } from './dead-letter-alert.js';

const alert: Alert = {
  id: 'a1',
  severity: 'critical',
  code: 'health',
  message: 'No worker',
  resolved: false,
};

describe('webhookBody', () => {
  it('holds what the contract names, resolved only when it is', () => {
    expect(webhookBody(alert, 0)).toEqual({
      id: 'a1',
      severity: 'critical',
      code: 'health',
      message: 'No worker',
    });
    expect(webhookBody({ ...alert, resolved: true }, 0)).toMatchObject({ resolved: true });
  });

  it('tells how often it was kept back', () => {
    expect(webhookBody(alert, 3).message).toBe('No worker (and 3 more since the last notice)');
  });
});

describe('stateOf', () => {
  it('is the severity until it is over', () => {
    expect(stateOf(alert)).toBe('critical');
    expect(stateOf({ ...alert, resolved: true })).toBe('resolved');
  });
});

describe('deadLetterAlert', () => {
  const fact = {
    deadLetterId: '17-0',
    queue: 'model-worker.model.generate.high',
    reason: 'invalid_payload: gen',
  };

  it('is a warning whose id follows from the dead letter, and a valid message', () => {
    const made = deadLetterAlert(fact);
    expect(made).toMatchObject({ id: 'alert:dead-letter:17-0', severity: 'warning', code: 'dead_letter' });
    const { id = '', ...payload } = made ?? {};
    const envelope = sealEnvelope(alertSend, { id, payload: alertSend.payload.parse(payload) });
    expect(envelope.id).toBe('alert:dead-letter:17-0');
  });

  it.each(['alert-service.alert.send', 'alert-service.message.dead-lettered'])(
    'is not raised for %s',
    (queue) => {
      expect(deadLetterAlert({ ...fact, queue })).toBeUndefined();
    },
  );
});
