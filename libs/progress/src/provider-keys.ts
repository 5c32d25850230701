/**
 * Keys of what one provider key shares in the whole fleet, and of each tenant's money. {braces} keep those of one
 * provider, and those of one tenant, on one cluster slot. Part of `keys`.
 */
export const providerKeys = {
  governor: (provider: string): string => `i2m:{provider:${provider}}:g`,
  slots: (provider: string): string => `i2m:{provider:${provider}}:slots`,
  slotMarks: (provider: string): string => `i2m:{provider:${provider}}:waiting`,
  slotReports: (provider: string): string => `i2m:{provider:${provider}}:reports`,
  slotsEnded: (provider: string): string => `i2m:{provider:${provider}}:ended`,
  spend: (tenant: string, turn: number): string => `i2m:{spend:${tenant}}:${turn}`,
} as const;

/** The same keys for readers; part of `keyCatalog`. */
export const providerKeyCatalog = [
  {
    name: 'governor',
    pattern: 'i2m:{provider:<name>}:g',
    type: 'hash',
    holds: 'limit and what it is judged by, row of refusals, stop, parking and pause with their reasons',
    lifetime: 'for ever',
    writer: 'model-worker; gateway (pause, resume)',
  },
  {
    name: 'slots',
    pattern: 'i2m:{provider:<name>}:slots',
    type: 'hash',
    holds: 'intent → until, taken, bound, batch, tenant of each slot',
    lifetime: 'entries 60 s, bound ones until given back or the hard limit',
    writer: 'model-worker',
  },
  {
    name: 'slotMarks',
    pattern: 'i2m:{provider:<name>}:waiting',
    type: 'hash',
    holds: 'intent → last asked, waiting since, batch, tenant of each request for a slot',
    lifetime: 'entries 2 s from the last question',
    writer: 'model-worker',
  },
  {
    name: 'slotReports',
    pattern: 'i2m:{provider:<name>}:reports',
    type: 'hash',
    holds: 'instance → when it reported, generations that it saw queued and running',
    lifetime: 'entries 2 s from the last report',
    writer: 'model-worker',
  },
  {
    name: 'slotsEnded',
    pattern: 'i2m:{provider:<name>}:ended',
    type: 'zset',
    holds: 'intents whose slot was given back → ms, so that a late call takes none for them',
    lifetime: 'entries 60 s',
    writer: 'model-worker',
  },
  {
    name: 'spend',
    pattern: 'i2m:{spend:<tenant>}:<0–3>',
    type: 'hash',
    holds:
      'one UTC day of a tenant (the day modulo 4): day, total, intent → reservation, millionths of a dollar',
    lifetime: '3 days from the last reservation',
    writer: 'model-worker',
  },
] as const;
