import type { Severity, ToldAlert } from '@image2model/contracts';

/** The body of the webhook. `resolved` is there only when it is true. */
export interface WebhookBody {
  id: string;
  severity: Severity;
  code: string;
  message: string;
  resolved?: true;
}

export const webhookBody = ({ id, severity, code, message, resolved }: ToldAlert): WebhookBody => ({
  id,
  severity,
  code,
  message,
  ...(resolved ? { resolved: true } : {}),
});
