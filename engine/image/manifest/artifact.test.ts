import { expect, test } from 'vitest'

import { emptyDescriptor, fileNameOf, formatArtifact, titleAnnotation } from './artifact.ts'
import { contentType, extensionType } from './content-type.ts'
import { digestOf, toDigest } from '../digest.ts'
import { isArtifact, parseAnyManifest, parseManifest } from './manifest.ts'

const file = (title: string, mediaType: string, digest: string, size: number) => ({
  mediaType,
  digest: toDigest(digest, 'x'),
  size,
  annotations: { [titleAnnotation]: title },
})
const note = file(
  't.txt',
  'text/plain; charset=utf-8',
  'sha256:b9e68e1bea3e5b19ca6b2f98b73a54b73daafaa250484902e09982e07a12e733',
  5,
)

test('an artifact is written byte by byte as podman 5.4.2 writes it', () => {
  const bytes = formatArtifact({ config: emptyDescriptor, layers: [note] })
  expect(digestOf(bytes)).toBe('sha256:3d15211f84e2be81c1465c46c89a4a27390661321ea76845f44e658593ae834d')
  expect(bytes.length).toBe(443)
})

test('its type, subject and annotations are read again, and it is no container image', () => {
  const bytes = formatArtifact({
    artifactType: 'application/vnd.x',
    config: emptyDescriptor,
    layers: [note],
    subject: { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: note.digest, size: 7 },
    annotations: { b: '<&>', a: '1' },
  })
  const parsed = parseAnyManifest(bytes, '', 'it')
  expect(parsed).toMatchObject({
    artifactType: 'application/vnd.x',
    subject: { digest: note.digest },
    annotations: { a: '1', b: '<&>' },
    config: { data: 'e30=' },
  })
  expect(bytes.toString()).toContain('"annotations":{"a":"1","b":"\\u003c\\u0026\\u003e"}')
  expect(parsed.kind === 'manifest' && isArtifact(parsed)).toBe(true)
  expect(() => parseManifest(bytes, '', 'it')).toThrow(/application\/vnd\.x.*artifact/)
})

test('a file without a title is called by its digest', () => {
  expect(fileNameOf(note)).toBe('t.txt')
  expect(fileNameOf({ digest: note.digest })).toMatch(/^sha256-b9e6/)
})

test.each([
  ['', 'text/plain; charset=utf-8'],
  ['{"a": 1}', 'text/plain; charset=utf-8'],
  ['a\0b', 'application/octet-stream'],
  ['\x89PNG\r\n\x1a\n\0', 'image/png'],
  ['\x1f\x8b\x08\0', 'application/x-gzip'],
  [' \n<HTML><b>', 'text/html; charset=utf-8'],
  ['<htmlx>', 'text/plain; charset=utf-8'],
  ['<?xml version="1.0"?>', 'text/xml; charset=utf-8'],
  ['\0asm\x01', 'application/wasm'],
  ['PK\x03\x04', 'application/zip'],
  ['\0\0\0\x10ftypmp42\0\0\0\0', 'video/mp4'],
  ['\x1b[31m', 'text/plain; charset=utf-8'],
])('the content %j is %s', (content, type) => {
  expect(contentType(Buffer.from(content, 'latin1'))).toBe(type)
})

test('the end of a name may say the type', () => {
  expect(extensionType('a.JSON')).toBe('application/json')
  expect(extensionType('a.tar.png')).toBe('image/png')
  expect(extensionType('none')).toBeUndefined()
  expect(extensionType('dot.')).toBeUndefined()
})
