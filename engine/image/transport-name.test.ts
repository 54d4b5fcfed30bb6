import { expect, test } from 'vitest'

import { hasTransport, parseTransport, splitPath } from './transport-name.ts'

test.each([
  ['docker://quay.io/a/b:c', 'docker', 'quay.io/a/b:c'],
  ['oci:/srv/x:name:tag', 'oci', '/srv/x:name:tag'],
  ['containers-storage:a/b', 'containers-storage', 'a/b'],
  ['docker-archive:/x.tar:@1', 'docker-archive', '/x.tar:@1'],
])('%s is a place', (text, transport, rest) => {
  expect(parseTransport(text)).toEqual({ transport, rest })
})

// As skopeo 1.18 says it.
test.each([
  ['foo', 'Invalid image name "foo", expected colon-separated transport:reference'],
  ['foo:bar', 'Invalid image name "foo:bar", unknown transport "foo"'],
  ['docker:foo', 'docker: image reference foo does not start with //'],
  ['ostree:foo', 'The transport "ostree:" is not supported'],
])('%s is none', (text, message) => {
  expect(() => parseTransport(text)).toThrow(message)
})

test('an image with a tag is no place', () => {
  expect(['docker:27', 'busybox:1', 'localhost:5000/x', 'quay.io/a'].filter(hasTransport)).toEqual([])
  expect(['docker://x', 'oci:x', 'dir:/x', 'sif:x'].filter(hasTransport)).toHaveLength(4)
})

test('a path ends at its first colon', () => {
  expect(splitPath('/a/b:c:d')).toEqual({ path: '/a/b', name: 'c:d' })
  expect(splitPath('/a/b')).toEqual({ path: '/a/b', name: '' })
})
