/** RabbitMQ's management API with the login of the tests' administrator. */
export interface ManagementApi {
  /** With its login. */
  readonly url: string;
  /** AMQP of a virtual host; without a user as the administrator. */
  amqpUrl(vhost: string, user?: string, password?: string): string;
  /** @returns the status @param login `user:password`; the administrator's unless given */
  ask(method: string, path: string, options?: { login?: string; body?: unknown }): Promise<number>;
  /** Deletes a virtual host and every user whose name begins so. */
  forget(vhost: string, userPrefix: string): Promise<void>;
}

const variable = (name: string): URL => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run this from the root with npx jest`);
  return new URL(value);
};

export function managementApi(): ManagementApi {
  const base = variable('I2M_TEST_AMQP_API_URL');
  const adminLogin = `${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`;
  const request = (method: string, path: string, login: string, body: unknown): Promise<Response> =>
    fetch(`${base.origin}/api/${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(login).toString('base64')}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const ask: ManagementApi['ask'] = async (method, path, { login = adminLogin, body } = {}) => {
    const response = await request(method, path, login, body);
    await response.arrayBuffer();
    return response.status;
  };
  return {
    url: base.href,
    amqpUrl: (vhost, user, password = '') => {
      const url = variable('I2M_TEST_AMQP_URL');
      url.pathname = `/${encodeURIComponent(vhost)}`;
      if (user !== undefined) [url.username, url.password] = [user, password];
      return url.href;
    },
    ask,
    forget: async (vhost, userPrefix) => {
      await ask('DELETE', `vhosts/${vhost}`);
      const users = (await (await request('GET', 'users', adminLogin, undefined)).json()) as {
        name: string;
      }[];
      const ours = users.filter(({ name }) => name.startsWith(userPrefix));
      await Promise.all(ours.map(({ name }) => ask('DELETE', `users/${name}`)));
    },
  };
}
