import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Certificates } from './certificates.js';
import { searchPath } from './programs.js';

export interface RabbitNode {
  /** Before the @ of its Erlang name. */
  readonly name: string;
  readonly dir: string;
  readonly amqp: number;
  readonly dist: number;
  readonly management: number;
}

export interface RabbitFiles {
  epmd: number;
  cookie: string;
  /** of the whole cluster */
  names: readonly string[];
  tls: Certificates | undefined;
}

/** Folders, cookie and configuration of one node. */
export async function writeRabbitFiles(node: RabbitNode, { cookie, names, tls }: RabbitFiles): Promise<void> {
  for (const folder of ['home', 'mnesia', 'log']) await mkdir(join(node.dir, folder), { recursive: true });
  await writeFile(join(node.dir, 'home', '.erlang.cookie'), cookie, { mode: 0o400 });
  const peers = names.map(
    (name, at) => `cluster_formation.classic_config.nodes.${at + 1} = ${name}@localhost`,
  );
  const lines = [
    ...(tls === undefined ? [`listeners.tcp.1 = 127.0.0.1:${node.amqp}`] : tlsLines(node.amqp, tls)),
    'loopback_users.guest = true',
    'log.console = false',
    'log.file.level = warning',
    'disk_free_limit.absolute = 50MB',
    'management.tcp.ip = 127.0.0.1',
    `management.tcp.port = ${node.management}`,
    ...(names.length > 1
      ? [
          'cluster_formation.peer_discovery_backend = classic_config',
          ...peers,
          'cluster_partition_handling = pause_minority',
          'queue_leader_locator = balanced',
        ]
      : []),
  ];
  await writeFile(join(node.dir, 'rabbitmq.conf'), `${lines.join('\n')}\n`);
  await writeFile(join(node.dir, 'enabled_plugins'), '[rabbitmq_management].\n');
}

const tlsLines = (port: number, { ca, cert, key }: Certificates): string[] => [
  'listeners.tcp = none',
  `listeners.ssl.1 = 127.0.0.1:${port}`,
  `ssl_options.cacertfile = ${ca}`,
  `ssl_options.certfile = ${cert}`,
  `ssl_options.keyfile = ${key}`,
  'ssl_options.verify = verify_peer',
  'ssl_options.fail_if_no_peer_cert = false',
];

/** What makes a node private: own cookie (HOME), own epmd, everything on loopback, nothing from /etc. */
export function rabbitEnvironment(node: RabbitNode, epmd: number): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(RABBITMQ_|ERL_)/.test(name));
  return {
    ...Object.fromEntries(inherited),
    PATH: searchPath().join(delimiter),
    HOME: join(node.dir, 'home'),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_EPMD_PORT: String(epmd),
    RABBITMQ_NODENAME: `${node.name}@localhost`,
    RABBITMQ_NODE_PORT: String(node.amqp),
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_DIST_PORT: String(node.dist),
    RABBITMQ_CONF_ENV_FILE: '/nonexistent',
    RABBITMQ_CONFIG_FILE: join(node.dir, 'rabbitmq.conf'),
    RABBITMQ_MNESIA_BASE: join(node.dir, 'mnesia'),
    RABBITMQ_LOG_BASE: join(node.dir, 'log'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(node.dir, 'enabled_plugins'),
    RABBITMQ_PID_FILE: join(node.dir, 'rabbit.pid'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
      '+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}',
    RUNNING_UNDER_SYSTEMD: '1',
  };
}
