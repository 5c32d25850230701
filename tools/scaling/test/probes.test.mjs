import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokerStatsOf } from '../probes/broker-stats.mjs';
import { redisStatsOf } from '../probes/redis-stats.mjs';
import { connectedTo } from '../probes/sockets.mjs';
import { operationOf, readsAndWrites } from '../probes/s3-operations.mjs';
import { kindOf } from '../probes/stored-objects.mjs';
import { rounded } from '../constants/rounded.mjs';

test('the statistics of Redis are read from INFO, whatever kind of script was called', () => {
  const info = [
    'total_commands_processed:120',
    'total_net_input_bytes:3000',
    'total_net_output_bytes:400',
    'aof_current_size:77',
    'cmdstat_evalsha:calls=5,usec=9',
    'cmdstat_eval:calls=2,usec=9',
    'cmdstat_fcall_ro:calls=1,usec=9',
    'cmdstat_get:calls=90,usec=9',
  ].join('\r\n');
  assert.deepEqual(redisStatsOf(info), {
    ...{ commands: 120, scripts: 8, bytesIn: 3000, bytesOut: 400, logBytes: 77 },
  });
  assert.throws(() => redisStatsOf('aof_current_size:1'), /does not tell its total_commands_processed/);
});

test('the statistics of RabbitMQ are sums over its connections; a quiet broker has none of messages', () => {
  const connection = { recv_oct: 10, send_oct: 3, channels: 2, client_properties: {} };
  const overview = { message_stats: { publish: 7, deliver_get: 6, ack: 5 }, object_totals: { queues: 1 } };
  assert.deepEqual(brokerStatsOf(overview, [connection, connection]), {
    ...{ published: 7, delivered: 6, acked: 5, bytesIn: 20, bytesOut: 6 },
  });
  assert.equal(brokerStatsOf({ object_totals: { queues: 0 } }, []).published, 0);
});

test('only connected sockets to the port are counted', () => {
  const line = (/** @type {string} */ remote, /** @type {string} */ state, /** @type {number} */ inode) =>
    `   0: 0100007F:C350 0100007F:${remote} ${state} 00000000:00000000 00:00000000 00000000  0  0 ${inode} 1`;
  const table = [
    '  sl  local_address rem_address st',
    line('18EB', '01', 11),
    line('18EB', '06', 12),
    line('1628', '01', 13),
  ];
  assert.deepEqual([...connectedTo(table.join('\n'), 6379)], ['11']);
  assert.deepEqual([...connectedTo(table.join('\n'), 5672)], ['13']);
  // 0x00EB ends like 0x18EB, and is another port
  assert.equal(connectedTo(table.join('\n'), 0xeb).size, 0);
});

test('objects in storage are told apart by their keys', () => {
  const kinds = {
    'manifest.json': 'batch',
    'final.json': 'batch',
    'sources/4': 'source',
    'models/4-abc.glb': 'model',
    'models/4.json': 'sidecar',
    'inputs/4/int_1': 'input',
    'thumbnails/4.webp': 'thumbnail',
  };
  for (const [key, kind] of Object.entries(kinds)) assert.equal(kindOf(key), kind, key);
});

test('constants keep three digits that count, wherever they are', () => {
  assert.deepEqual(rounded({ a: [0.00012345, { b: 12345.6 }], c: 'text 1.23456', d: 999.6, e: null }), {
    ...{ a: [0.000123, { b: 12346 }], c: 'text 1.23456', d: 1000, e: null },
  });
});

test('requests to S3 are told apart as its limits count them', () => {
  /** @type {[string, string, boolean, string][]} */
  const requests = [
    ['PUT', '/bucket/a', false, 'put'],
    ['PUT', '/bucket/a', true, 'copy'],
    ['PUT', '/bucket/a?partNumber=1&uploadId=x', false, 'part'],
    ['POST', '/bucket/a?uploads', false, 'begin upload'],
    ['POST', '/bucket/a?uploadId=x', false, 'end upload'],
    ['POST', '/bucket?delete', false, 'delete many'],
    ['GET', '/bucket?list-type=2&prefix=a', false, 'list'],
    ['GET', '/bucket/a?x-id=GetObject', false, 'get'],
    ['HEAD', '/bucket/a', false, 'head'],
    ['DELETE', '/bucket/a', false, 'delete'],
  ];
  for (const [method, url, copies, operation] of requests)
    assert.equal(operationOf({ method, url, copies }), operation, `${method} ${url}`);
  const counts = { put: 2, copy: 1, 'begin upload': 1, delete: 1, get: 3, head: 4, list: 5 };
  assert.deepEqual(readsAndWrites(counts), { reads: 12, writes: 5 });
});
