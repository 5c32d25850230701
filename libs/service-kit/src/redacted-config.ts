/** A configuration that may be shown to whoever runs the system. */
export type ShownConfig = Record<string, string | number | boolean | null>;

/** Where a secret is kept (`…_FILE`) is none. */
const secretName =
  /^(?!.*_FILE$).*(KEY|SECRET|TOKEN|PASSWORD|PASSWD|CREDENTIAL|WEBHOOK_URL|SLACK|HEADERS|DSN)/;

/**
 * A configuration without its secrets: of what is named like one, and of a URL that carries a login or a query, it only
 * says `set` or `not set`. What has no short form becomes JSON.
 */
export function redactedConfig(config: Readonly<Record<string, unknown>>): ShownConfig {
  return Object.fromEntries(
    Object.keys(config)
      .sort()
      .map((name) => [name, secretName.test(name) ? isSet(config[name]) : shown(config[name])]),
  );
}

function isSet(value: unknown): string {
  const empty = value === undefined || value === null || value === '';
  const without = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return empty || without ? 'not set' : 'set';
}

function shown(value: unknown): ShownConfig[string] {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return hidesSomething(text) ? 'set' : text;
}

/** A login or a query in any URL of the text. */
const hidesSomething = (text: string): boolean =>
  /\b[a-z][a-z0-9+.-]*:\/\/([^\s/?#"']*@|[^\s"']*\?)/i.test(text);
