import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const licenceFile = /^(licen[cs]e|notice|copying)/i;

/**
 * The licences of all packages in one text: a bundle has their code, not their files.
 * @param {{ name: string, version: string, license: string | null, folder: string }[]} parts @param {string} root of the checkout
 */
export const licencesOf = (parts, root) =>
  parts
    .map(({ name, version, license, folder }) => {
      const texts = readdirSync(join(root, folder))
        .filter((file) => licenceFile.test(file) && !file.endsWith('.js'))
        .map((file) => readFileSync(join(root, folder, file), 'utf8').trim());
      return [`== ${name} ${version} (${license ?? 'no licence named'})`, ...texts].join('\n\n');
    })
    .join('\n\n\n')
    .concat('\n');
