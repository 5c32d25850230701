import { randomUUID } from 'node:crypto';
import type { Broker } from '@image2model/broker';
import { alertSend, priorities, testAlertSchema, type TestAlertSent } from '@image2model/contracts';
import { requireConfirm } from '../domain/confirm.js';
import { defineRoute, type Route } from '../domain/route.js';
import { parseRequest } from '../domain/zod-problem.js';
import { audit, type AuditingParts } from './audit-operator.js';
import { readOptionalJson } from './read-optional-json.js';

interface Parts extends AuditingParts {
  broker: Pick<Broker, 'publish'>;
}

/** What confirms a critical one. */
const name = 'critical';

/** Sends an alert that means nothing the way all alerts go. Each is a trouble of its own: none is taken for a repeat. */
export const testAlert = (parts: Parts): Route =>
  defineRoute({
    method: 'POST',
    path: '/v1/ops/alerts:test',
    async handle(request) {
      const { severity, message, ...body } = parseRequest(testAlertSchema, await readOptionalJson(request));
      if (severity === 'critical') requireConfirm(request, body, name);
      const id = `alert:test:${randomUUID()}`;
      const text =
        message ?? `This is a test of the alert channels, sent with the key ${request.caller.keyId}.`;
      const payload = {
        ...{ severity, code: 'test', fingerprint: id, message: text },
        ...{ resolved: false, details: { key: request.caller.keyId } },
      };
      await parts.broker.publish(alertSend, { id, payload }, { priority: priorities.alert });
      await audit(parts, request, {
        message: `sent a test alert (${severity})`,
        details: { alert: id, severity },
      });
      const sent: TestAlertSent = { id, severity, code: 'test' };
      return { status: 202, json: sent };
    },
  });
