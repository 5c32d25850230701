import { CommandError, exitCodes } from '../../dev/processes/exit-codes.mjs';
import { aptUsable, installWithApt } from '../../dev/servers/apt.mjs';
import { which } from '../../dev/servers/find-binaries.mjs';

/** Programs, and the Debian packages that bring them. */
const needed = {
  buildah: 'buildah',
  mmdebstrap: 'mmdebstrap',
  unshare: 'util-linux',
  setpriv: 'util-linux',
  mount: 'mount',
};

const missing = () => Object.entries(needed).filter(([program]) => which(program) === null);

/**
 * Makes sure that this machine can build and start images without Docker; installs what is missing by apt.
 * @param {{ log: (text: string) => void, signal?: AbortSignal, allowInstall: boolean }} context
 */
export async function requirePrograms({ log, signal, allowInstall }) {
  if (process.getuid?.() !== 0)
    throw new CommandError(
      'Building without Docker mounts file systems, which takes root: run it with sudo, or in a container of its own.',
      exitCodes.config,
    );
  const packages = [...new Set(missing().map(([, name]) => name))];
  if (packages.length > 0 && allowInstall && aptUsable()) await installWithApt(packages, { log, signal });
  const still = missing().map(([program]) => program);
  if (still.length === 0) return;
  throw new CommandError(
    `Not on this machine: ${still.join(', ')}. Debian, Ubuntu: sudo apt-get install ${packages.join(' ')}`,
    exitCodes.config,
  );
}
