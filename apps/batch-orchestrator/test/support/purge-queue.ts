/** Drops everything that is ready in a queue, as an operator or a broken disk would. */
export async function purgeQueue(amqpUrl: string, queue: string): Promise<void> {
  const api = new URL(process.env['I2M_TEST_AMQP_API_URL'] ?? '');
  const authorization = `Basic ${Buffer.from(`${api.username}:${api.password}`).toString('base64')}`;
  const vhost = encodeURIComponent(new URL(amqpUrl).pathname.slice(1));
  const url = `${api.origin}/api/queues/${vhost}/${queue}/contents`;
  const answer = await fetch(url, { method: 'DELETE', headers: { authorization } });
  if (answer.status !== 204) throw new Error(`DELETE ${url}: ${answer.status} ${await answer.text()}`);
}
