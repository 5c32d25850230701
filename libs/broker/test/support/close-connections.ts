interface ConnectionRow {
  name: string;
  client_properties?: { connection_name?: string };
}
const isRows = (rows: unknown): rows is ConnectionRow[] => Array.isArray(rows);

async function callApi(method: string, path: string): Promise<unknown> {
  const base = new URL(process.env['I2M_TEST_AMQP_API_URL'] ?? 'missing:I2M_TEST_AMQP_API_URL');
  const authorization = `Basic ${Buffer.from(`${base.username}:${base.password}`).toString('base64')}`;
  const response = await fetch(`${base.origin}/api/${path}`, { method, headers: { authorization } });
  const text = await response.text();
  return text === '' ? undefined : JSON.parse(text);
}

/** Has the broker end (320 CONNECTION_FORCED) every connection whose name begins so. @returns how many */
export async function closeConnections(vhost: string, namePrefix: string): Promise<number> {
  const rows = await callApi('GET', `vhosts/${vhost}/connections`);
  const mine = (isRows(rows) ? rows : []).filter(
    (row) => row.client_properties?.connection_name?.startsWith(namePrefix) === true,
  );
  for (const row of mine) await callApi('DELETE', `connections/${encodeURIComponent(row.name)}`);
  return mine.length;
}
