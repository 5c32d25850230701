import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

const established = '01';

/**
 * The sockets of a table of the kernel that are connected to a port.
 * @param {string} table /proc/net/tcp
 * @param {number} port
 * @returns {Set<string>} inodes
 */
export function connectedTo(table, port) {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = table
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/));
  return new Set(
    rows
      .filter(([, , remote = '', state]) => state === established && remote.endsWith(`:${wanted}`))
      .map((fields) => fields[9] ?? ''),
  );
}

/** Connections that a process has open to a port of this machine. @param {number} pid @param {number} port */
export function countConnections(pid, port) {
  const inodes = connectedTo(readFileSync(`/proc/${pid}/net/tcp`, 'utf8'), port);
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return links.filter((link) => inodes.has(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? '')).length;
}
