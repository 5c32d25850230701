/** A File as fal's models answer it, by the name it is served under. */
export type FileOf = (name: string) => object;

export interface StandInEndpoint {
  readonly imageField: string;
  /** Input field with the most faces; null: the endpoint takes none. */
  readonly facesField: string | null;
  textured(input: Readonly<Record<string, unknown>>): boolean;
  output(file: FileOf, input: Readonly<Record<string, unknown>>, requestId: string): object;
}

const always = (): boolean => true;
const glb = 'model.glb';
const picture = 'preview.jpg';

/** The endpoints that the stand-in answers for, each with its own output shape. */
export const standInEndpoints: Readonly<Record<string, StandInEndpoint>> = {
  'tripo3d/tripo/v2.5/image-to-3d': {
    imageField: 'image_url',
    facesField: 'face_limit',
    textured: (input) => input['pbr'] !== false || input['texture'] !== 'no',
    output(file, input, requestId) {
      const model = file(glb);
      const kind =
        input['pbr'] !== false ? 'pbr_model' : input['texture'] === 'no' ? 'base_model' : 'model_mesh';
      return { task_id: requestId, [kind]: model, rendered_image: file(picture) };
    },
  },
  'fal-ai/trellis': {
    imageField: 'image_url',
    facesField: null,
    textured: always,
    output: (file) => ({ model_mesh: file(glb), timings: { prepare: 0.1, generation: 1.2, export: 0.4 } }),
  },
  'fal-ai/hunyuan3d/v2': {
    imageField: 'input_image_url',
    facesField: null,
    textured: (input) => input['textured_mesh'] === true,
    output: (file) => ({ model_mesh: file(glb), seed: 1 }),
  },
  'fal-ai/hunyuan3d-v21': {
    imageField: 'input_image_url',
    facesField: null,
    textured: (input) => input['textured_mesh'] === true,
    output: (file, input) => ({
      model_glb: file(glb),
      ...(input['textured_mesh'] === true ? { model_glb_pbr: file(glb) } : {}),
      model_mesh: file('model.zip'),
      seed: 1,
    }),
  },
  'fal-ai/meshy/v6/image-to-3d': {
    imageField: 'image_url',
    facesField: 'target_polycount',
    textured: (input) => input['should_texture'] !== false,
    output: (file) => ({
      model_glb: file(glb),
      thumbnail: file(picture),
      model_urls: { glb: file(glb) },
      seed: 1,
    }),
  },
  'fal-ai/triposr': {
    imageField: 'image_url',
    facesField: null,
    textured: always,
    output: (file) => ({ model_mesh: file(glb), timings: {} }),
  },
};
