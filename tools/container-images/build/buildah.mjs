import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../../dev/processes/exit-codes.mjs';
import { run, tail } from '../../dev/processes/run.mjs';

/** What an image says of itself. @typedef {{ User?: string, Env?: string[], StopSignal?: string, Cmd?: string[], Entrypoint?: string[] | null,
 *   WorkingDir?: string, ExposedPorts?: Record<string, object>, Labels?: Record<string, string> | null, Volumes?: object | null }} ImageConfig */
/** @typedef {{ config: ImageConfig, history: string[] }} ImageFacts history: the instruction of each layer */

/** buildah with a storage of its own, so that images of the same name elsewhere on this machine are left alone. */
export class Buildah {
  /** @param {{ dir: string, driver: string, signal?: AbortSignal }} options dir: absolute */
  constructor({ dir, driver, signal }) {
    mkdirSync(dir, { recursive: true });
    this.signal = signal;
    this.storage = [
      '--root',
      join(dir, 'storage'),
      '--runroot',
      join(dir, 'run'),
      '--storage-driver',
      driver,
    ];
  }

  /** @param {string[]} args @param {{ cwd?: string }} [options] @returns {Promise<{ code: number, output: string }>} */
  try(args, { cwd } = {}) {
    return run('buildah', [...this.storage, ...args], { cwd, signal: this.signal });
  }

  /** @param {string[]} args @param {{ cwd?: string }} [options] @returns {Promise<string>} what it printed */
  async do(args, options) {
    const { code, output } = await this.try(args, options);
    if (code !== 0) throw new CommandError(`buildah ${args[0]} failed:\n${tail(output, 25)}`);
    return output.trim();
  }

  /** A label of an image; null when there is no such image. @param {string} image @param {string} name */
  async label(image, name) {
    const format = `{{index .Docker.Config.Labels "${name}"}}`;
    const { code, output } = await this.try(['inspect', '--type', 'image', '--format', format, image]);
    return code === 0 ? output.trim() : null;
  }

  /** @param {string} image @returns {Promise<ImageFacts>} */
  async facts(image) {
    const { Docker } = JSON.parse(await this.do(['inspect', '--type', 'image', image]));
    const history = /** @type {{ created_by?: string }[]} */ (Docker.history ?? []);
    return { config: Docker.config, history: history.map((layer) => layer.created_by ?? '') };
  }

  /** The root file system of an image, mounted until `unmountAll`. @param {string} image */
  async mount(image) {
    const container = await this.do(['from', '--pull-never', image]);
    return this.do(['mount', container]);
  }

  /** Also when the run was asked to stop: nothing may stay mounted. */
  async unmountAll() {
    await run('buildah', [...this.storage, 'umount', '--all']);
    await run('buildah', [...this.storage, 'rm', '--all']);
  }

  /** Removes every image and layer but this one. @param {string} image */
  async keepOnly(image) {
    const listed = await run('buildah', [...this.storage, 'images', '--format', '{{.Name}}:{{.Tag}}']);
    const names = listed.output.trim().split('\n');
    const others = names.filter((name) => name !== image && !name.startsWith('<none>'));
    if (others.length > 0) await run('buildah', [...this.storage, 'rmi', '--force', ...others]);
    await run('buildah', [...this.storage, 'rmi', '--prune', '--force']);
  }
}
