import type { OpsEventType } from '@image2model/contracts';
import type { OpsEventInput, Progress } from '@image2model/progress';
import type { Logger } from '@image2model/service-kit';
import type { ApiRequest } from '../domain/route.js';

export interface AuditingParts {
  logger: Pick<Logger, 'warn'>;
  opsEvents: Pick<Progress['opsEvents'], 'add'>;
}

/** What an operator did. */
export interface OperatorAct {
  /** none for what the feed does not tell, or tells by somebody else */
  event?: OpsEventType;
  message: string;
  details?: NonNullable<OpsEventInput['details']>;
}

/** Who does something to the installation stands in the log and in its feed. Never throws; call it when it is done. */
export async function audit(
  { logger, opsEvents }: AuditingParts,
  { caller, note }: Pick<ApiRequest, 'caller' | 'note'>,
  { event, message, details = {} }: OperatorAct,
): Promise<void> {
  const { tenant, keyId } = caller;
  note({ keyId });
  logger.warn(`operator: ${message}`, { tenant, keyId, ...details });
  if (event !== undefined)
    await opsEvents.add(event, { by: byOperator(caller), message, details: { ...details, tenant } });
}

/** How an operator is named where a process would be. */
export const byOperator = ({ keyId }: Pick<ApiRequest['caller'], 'keyId'>): string => `key:${keyId}`;
