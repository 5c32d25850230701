import { healthStatusNames, type HealthReportView } from '@image2model/contracts';
import { z } from 'zod';

/** A health check as the maintenance worker keeps it; other fields of it are its own. */
const storedSchema = z
  .object({
    checkedAt: z.iso.datetime(),
    status: z.enum(healthStatusNames),
    reasons: z.array(
      z.object({ code: z.string(), severity: z.enum(['warning', 'critical']), message: z.string() }),
    ),
    facts: z.record(z.string(), z.unknown()).default({}),
  })
  .transform(({ checkedAt, ...rest }): HealthReportView => ({ ...rest, checked_at: checkedAt }));

/** None for what another version kept and this one cannot read. */
export function healthView(stored: unknown): HealthReportView[] {
  const parsed = storedSchema.safeParse(stored);
  return parsed.success ? [parsed.data] : [];
}
