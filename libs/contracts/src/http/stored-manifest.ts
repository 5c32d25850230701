import { z } from 'zod';
import { batchIdSchema } from '../ids.js';
import { laneSchema } from '../lanes.js';
import { fileErrorSchema, metadataSchema } from './file.js';
import { settingsSchema } from './settings.js';
import { webhookEvents } from './webhook-events.js';

const whole = z.int().nonnegative();

/**
 * One accepted file: its source, or why it was refused at the door. An image by URL is not fetched yet: it has its whole
 * `url`, and neither size nor checksum.
 */
export const storedFileSchema = z.strictObject({
  idx: whole,
  name: z.string(),
  bytes: whole,
  type: z.string(),
  width: whole,
  height: whole,
  sha256: z.string().nullable(),
  error: fileErrorSchema.nullable(),
  url: z.string().optional(),
  metadata: metadataSchema.optional(),
});
export type StoredFile = z.output<typeof storedFileSchema>;

/**
 * manifest.json in storage: what was accepted, durable before the 202. Everything of a batch that Redis must know
 * can be made from it. `files` is empty for a batch without images (provider noop).
 */
export const storedManifestSchema = z.strictObject({
  version: z.literal(1),
  id: batchIdSchema,
  tenant: z.string(),
  name: z.string().nullable(),
  lane: laneSchema,
  provider: z.string(),
  settings: settingsSchema,
  total: z.int().positive(),
  retention_hours: z.int().positive(),
  budget_micro: whole.nullable().optional(),
  estimated_micro: whole.optional(),
  webhook_url: z.string().optional(),
  webhook_events: z.array(z.enum(webhookEvents)).optional(),
  created_at: z.iso.datetime(),
  files: z.array(storedFileSchema),
});
export type StoredManifest = z.output<typeof storedManifestSchema>;
