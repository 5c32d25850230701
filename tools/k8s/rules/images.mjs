import { containersOf, nameOf, titleOf, workloadsOf } from '../checks/manifests.mjs';
import { services } from './rule.mjs';

/** The Job that runs another program of a service's image. */
const borrowed = { bootstrap: 'maintenance-worker' };

/** @param {string} image */
function partsOf(image) {
  const [, path = '', tag = ''] = /^(.*?)(?::([^:/@]+))?(?:@sha256:[0-9a-f]{64})?$/.exec(image) ?? [];
  return { path, tag, digest: image.includes('@sha256:') };
}

/** @type {import('./rule.mjs').Rule} */
export const images = {
  name: 'images',
  about:
    'our images are stages of the Dockerfile at the version of package.json, the others are pinned to a version',
  check: ({ objects }, { targets, version }) =>
    workloadsOf(objects).flatMap((workload) =>
      containersOf(workload).flatMap(({ name, image = '' }) => {
        const { path, tag, digest } = partsOf(image);
        const where = `${titleOf(workload)}, ${name}: image ${image}`;
        const wanted = services.includes(nameOf(workload))
          ? nameOf(workload)
          : Object.entries(borrowed).find(([job]) => job === nameOf(workload))?.[1];
        if (wanted === undefined)
          return digest || /\d/.test(tag) ? [] : [`${where} is not pinned to a version`];
        const own = path === `image2model/${wanted}` || path.endsWith(`/image2model/${wanted}`);
        return [
          ...(own ? [] : [`${where} is not image2model/${wanted}`]),
          ...(targets.has(wanted) ? [] : [`${where}: the Dockerfile has no stage ${wanted}`]),
          ...(tag === version || digest ? [] : [`${where} is not of version ${version}`]),
        ];
      }),
    ),
};
