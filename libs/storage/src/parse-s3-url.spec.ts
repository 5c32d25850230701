import { parseS3Url } from './parse-s3-url.js';

const parse = (text: string): ReturnType<typeof parseS3Url> => parseS3Url(new URL(text));

it('takes a bucket alone, for AWS', () => {
  expect(parse('s3://my.models-1')).toEqual({
    bucket: 'my.models-1',
    prefix: '',
    region: undefined,
    endpoint: undefined,
    publicEndpoint: undefined,
    pathStyle: false,
  });
});

it('takes everything', () => {
  expect(
    parse(
      's3://models/team-a/prod/?region=eu-central-1&endpoint=https://s3.internal:9000&public_endpoint=https://s3.example.com&path_style=false',
    ),
  ).toEqual({
    bucket: 'models',
    prefix: 'team-a/prod/',
    region: 'eu-central-1',
    endpoint: 'https://s3.internal:9000',
    publicEndpoint: 'https://s3.example.com',
    pathStyle: false,
  });
});

it('puts the bucket into the path by default where there is an endpoint', () => {
  expect(parse('s3://models?endpoint=http://minio:9000').pathStyle).toBe(true);
});

it.each([
  ['s3://key:hunter2@models/x', /credentials do not belong in a storage URL; give them as AWS_ACCESS_KEY_ID/],
  ['s3://key@models/x', /credentials do not belong/],
  ['s3:///x', /not the name of a bucket/],
  ['s3://My_Models/x', /not the name of a bucket/],
  ['s3://models/a b', /not a storage key/],
  ['s3://models/x#y', /no fragment/],
  ['s3://models/x?regoin=eu-central-1', /regoin/],
  ['s3://models/x?region=../../x', /region: expected a region such as eu-central-1/],
  ['s3://models/x?endpoint=ftp://h', /endpoint: expected a URL that begins with https/],
  ['s3://models/x?path_style=yes', /path_style: expected true or false/],
])('refuses %s', (url, message) => {
  expect(() => parse(url)).toThrow(message);
  expect(() => parse(url)).not.toThrow(/hunter2/);
});
