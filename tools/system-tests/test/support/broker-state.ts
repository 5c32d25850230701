/** What RabbitMQ's management API says of one virtual host, past the services. */
export interface BrokerState {
  /** Messages in each queue that has any, those in hand included; the API is up to 5 s behind. */
  depths(): Promise<Record<string, number>>;
  /** Throws away what is ready in a queue, as a broker does that lost its disk. */
  purge(queue: string): Promise<void>;
}

export function brokerStateOf(amqpUrl: string): BrokerState {
  const vhost = new URL(amqpUrl).pathname.slice(1);
  const api = new URL(process.env['I2M_TEST_AMQP_API_URL'] ?? '');
  const login = `${decodeURIComponent(api.username)}:${decodeURIComponent(api.password)}`;
  const call = async (method: string, path: string): Promise<string> => {
    const response = await fetch(`${api.origin}/api/queues/${vhost}${path}`, {
      method,
      headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}` },
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.text();
  };
  return {
    depths: async () => {
      const queues = JSON.parse(await call('GET', '?columns=name,messages')) as {
        name: string;
        messages?: number;
      }[];
      return Object.fromEntries(
        queues.flatMap(({ name, messages = 0 }) => (messages > 0 ? [[name, messages]] : [])),
      );
    },
    purge: async (queue) => void (await call('DELETE', `/${queue}/contents`)),
  };
}
