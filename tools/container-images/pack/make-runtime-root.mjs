// node make-runtime-root.mjs FOLDER   makes the root file system of all images: Node, the libraries it loads, and no more
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { debianPaths, debianStatus, runtimePackages } from './runtime-packages.mjs';

const [, , out = ''] = process.argv;
const user = 1000;

/** Debian keeps these folders below /usr and leaves links; its packages still name the links. @param {string} path */
const merged = (path) => path.replace(/^\/(lib\w*)(?=\/|$)/, '/usr/$1');

/** Texts other than licences, and character sets that Node brings itself. */
const unused =
  /^\/usr\/share\/(?!doc\/[^/]+\/copyright$|common-licenses\/)|\/gconv(\/|$)|^\/(s?bin$|etc\/(profile|skel|motd|update-motd|issue|default|dpkg)|usr\/(games|src|include))/;

/** @param {string} path */
function copy(path) {
  const target = join(out, merged(path));
  const stat = lstatSync(path, { throwIfNoEntry: false });
  // a slim Debian has not everything that its packages list; a folder comes with its files
  if (stat === undefined || stat.isDirectory() || existsSync(target) || unused.test(path)) return;
  mkdirSync(dirname(target), { recursive: true });
  if (stat.isSymbolicLink()) return symlinkSync(readlinkSync(path), target);
  copyFileSync(path, target);
  chmodSync(target, stat.mode & 0o755);
}

/** @param {string} path @param {number} [mode] @param {number} [owner] */
function folder(path, mode = 0o755, owner = 0) {
  mkdirSync(join(out, path), { recursive: true });
  chmodSync(join(out, path), mode);
  chownSync(join(out, path), owner, owner);
}

for (const path of ['usr/lib', 'usr/lib64', 'etc', 'proc', 'sys', 'dev', 'run', 'root']) folder(path);
for (const link of ['lib', 'lib64']) symlinkSync(`usr/${link}`, join(out, link));
folder('tmp', 0o1777);
// owned by the user, so that a new volume that is mounted here is too
folder('app');
folder('var/lib/image2model', 0o750, user);

const statusFolder = 'var/lib/dpkg/status.d';
folder(statusFolder);
for (const name of runtimePackages()) {
  debianPaths(name).forEach(copy);
  // where scanners look for the packages of an image without dpkg
  writeFileSync(join(out, statusFolder, name), debianStatus(name));
}
folder('usr/local/bin');
copyFileSync(process.execPath, join(out, 'usr/local/bin/node'));
chmodSync(join(out, 'usr/local/bin/node'), 0o755);
writeFileSync(
  join(out, 'etc/passwd'),
  `root:x:0:0:root:/root:/sbin/nologin\nnode:x:${user}:${user}:node:/tmp:/sbin/nologin\n`,
);
writeFileSync(join(out, 'etc/group'), `root:x:0:\nnode:x:${user}:\n`);
writeFileSync(join(out, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n');
