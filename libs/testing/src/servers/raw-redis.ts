import { connect } from 'node:net';

export type Reply = string | null | Reply[];
export type RawRedis = (...command: (string | number)[]) => Promise<Reply>;

/** Commands to one Redis database past libs/progress: apps have no Redis client of their own. */
export const rawRedis = (url: string): RawRedis => {
  const { hostname, port, pathname, username, password } = new URL(url);
  const login = password === '' ? [] : [['AUTH', username || 'default', decodeURIComponent(password)]];
  return (...command) =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      const chunks: Buffer[] = [];
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('error', reject);
      socket.on('close', () => {
        const replies = new Replies(Buffer.concat(chunks).toString('latin1'));
        try {
          login.forEach(() => replies.next());
          replies.next();
          resolve(replies.next());
        } catch (error) {
          reject(error);
        }
      });
      socket.write([...login, ['SELECT', pathname.slice(1)], command, ['QUIT']].map(encoded).join(''));
    });
};

const encoded = (command: readonly (string | number)[]): string =>
  `*${command.length}\r\n${command.map((word) => `$${Buffer.byteLength(String(word))}\r\n${word}\r\n`).join('')}`;

/** The replies in what Redis sent, one after the other. */
class Replies {
  private at = 0;

  constructor(private readonly text: string) {}

  /** @throws what Redis answered when it is an error */
  next(): Reply {
    const line = this.take(this.text.indexOf('\r\n', this.at) - this.at);
    const rest = line.slice(1);
    if (line.startsWith('-')) throw new Error(`Redis: ${rest}`);
    if (line.startsWith('$')) return rest === '-1' ? null : this.take(Number(rest));
    if (line.startsWith('*')) return Array.from({ length: Number(rest) }, () => this.next());
    return rest;
  }

  private take(length: number): string {
    const taken = this.text.slice(this.at, this.at + length);
    this.at += length + 2;
    return taken;
  }
}
