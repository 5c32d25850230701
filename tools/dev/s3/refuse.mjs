/**
 * @typedef {{ status(code: number): Reply, header(name: string, value: string): Reply, send(body: string): Reply }} Reply
 */

/**
 * Answers with an error as S3 writes it.
 * @param {Reply} reply
 * @param {number} status
 * @param {string} code
 */
export const refuse = (reply, status, code) =>
  reply
    .status(status)
    .header('content-type', 'application/xml')
    .send(
      `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
    );
