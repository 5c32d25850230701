import { z } from 'zod';

/** What an audit looks at, in the order in which it answers. */
export const auditChecks = ['counts', 'completion', 'results', 'ledger', 'artefacts', 'manifest'] as const;
export type AuditCheckName = (typeof auditChecks)[number];

const auditCheckSchema = z
  .object({
    name: z.enum(auditChecks),
    ok: z.boolean(),
    detail: z.string().meta({ description: 'What was found, for people.' }),
  })
  .meta({ id: 'AuditCheck' });
export type AuditCheck = z.output<typeof auditCheckSchema>;

/** The self-audit of a batch: `ok` when every check is. */
export const auditSchema = z
  .object({ ok: z.boolean(), checks: z.array(auditCheckSchema) })
  .meta({ id: 'Audit' });
export type Audit = z.output<typeof auditSchema>;
