import { Logger, WebIO, type Document, type Scene } from '@gltf-transform/core';
import { ALL_EXTENSIONS } from '@gltf-transform/extensions';
import { ModelRefused } from '../model-refused.js';

/** Their data needs decoders of their own; a model that has a plain copy beside it is read from that. */
const unread = ['KHR_draco_mesh_compression', 'EXT_meshopt_compression', 'KHR_texture_basisu'];

/** Reads and writes bytes alone; it never opens an address, for `readContainer` and `judgeOutside` let none pass. */
const io = (): WebIO =>
  new WebIO()
    .setLogger(new Logger(Logger.Verbosity.SILENT))
    .registerExtensions(ALL_EXTENSIONS.filter(({ EXTENSION_NAME }) => !unread.includes(EXTENSION_NAME)));

/**
 * A GLB that `readGltf` let pass, as a document that can be changed.
 * @throws ModelRefused when its parts contradict one another
 */
export async function openDocument(glb: Uint8Array): Promise<Document> {
  try {
    return await io().readBinary(glb);
  } catch (error) {
    throw new ModelRefused('quality.invalid', 'The parts of the glTF contradict one another.', {
      cause: error,
    });
  }
}

/** The GLB of a document; the same bytes for the same document. */
export const writeDocument = (document: Document): Promise<Uint8Array> => io().writeBinary(document);

/**
 * The scene that viewers show.
 * @throws ModelRefused when there is none
 */
export function shownScene(document: Document): Scene {
  const root = document.getRoot();
  const scene = root.getDefaultScene() ?? root.listScenes()[0];
  if (scene === undefined) throw new ModelRefused('quality.no_faces', 'The model has no scene.');
  return scene;
}
