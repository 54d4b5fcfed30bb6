import { expect, test } from 'vitest'

import { parseChanges } from './image-changes.ts'

// What podman 5.4.2 made of the same words.
test.each<[string, object]>([
  ['CMD echo hi', { Cmd: ['/bin/sh', '-c', 'echo hi'] }],
  ['CMD ["a", "b"]', { Cmd: ['a', 'b'] }],
  ['CMD ["a"', { Cmd: ['/bin/sh', '-c', '["a"'] }],
  ['CMD []', {}],
  ['cmd=/bin/x', { Cmd: ['/bin/sh', '-c', '/bin/x'] }],
  ['ENTRYPOINT foo bar', { Entrypoint: ['/bin/sh', '-c', 'foo bar'] }],
  ['ENV A', { Env: ['A='] }],
  ['ENV C d e', { Env: ['C d e='] }],
  ['ENV=X=y', { Env: ['X=y'] }],
  ['ENV a=b c=d', { Env: ['a=b c=d'] }],
  ['ENV "A b"=c', { Env: ['A b=c'] }],
  ['ENV A "b c"', { Env: ['A "b c"='] }],
  ['LABEL a=b c=d', { Labels: { a: 'b c=d' } }],
  ['LABEL a="b c"', { Labels: { a: 'b c' } }],
  ['LABEL "a b"=c', { Labels: { 'a b': 'c' } }],
  ['LABEL=k=v', { Labels: { k: 'v' } }],
  ['EXPOSE 80', { ExposedPorts: { '80/tcp': {} } }],
  ['EXPOSE 90/UDP', { ExposedPorts: { '90/udp': {} } }],
  ['VOLUME /a /b', { Volumes: { '/a': {}, '/b': {} } }],
  ['VOLUME ["/c"]', { Volumes: { '/c': {} } }],
  ['VOLUME [/c', { Volumes: { '[/c': {} } }],
  ['WORKDIR w', { WorkingDir: 'w' }],
  ['USER bob', { User: 'bob' }],
  ['STOPSIGNAL SIGTERM', { StopSignal: '15' }],
  ['STOPSIGNAL 9', { StopSignal: '9' }],
  ['onbuild x', {}],
])('%s', (change, config) => {
  expect(parseChanges([change])).toEqual(config)
})

test.each([
  ['FOO=bar', 'invalid change "FOO=bar" - invalid instruction FOO'],
  ['ENV', 'invalid change "ENV" - must be formatted as KEY VALUE'],
  ['EXPOSE x', 'invalid change "EXPOSE x" - EXPOSE port must be an integer: strconv.Atoi: parsing "x": invalid syntax'],
  ['EXPOSE 80/sctp', 'invalid change "EXPOSE 80/sctp" - EXPOSE protocol must be TCP or UDP'],
  ['EXPOSE 99999', 'invalid change "EXPOSE 99999" - EXPOSE port must be a valid port number'],
  ['LABEL a', 'invalid change "LABEL a" - LABEL must be formatted key=value'],
  ['STOPSIGNAL nope', 'invalid change "STOPSIGNAL nope" - KILLSIGNAL must be given a valid signal: invalid signal: nope'],
  ['ENV\tT=a', 'invalid change "ENV\\tT=a" - invalid instruction ENV\tT'],
])('refused: %s', (change, message) => {
  expect(() => parseChanges([change])).toThrow(message)
})

test('fields come in the order that podman writes, maps by name', () => {
  const config = parseChanges(['WORKDIR /w', 'LABEL z=1', 'CMD ["x"]', 'LABEL a=2', 'USER u', 'ENV A=1', 'ENV A=2'])
  expect(JSON.stringify(config)).toBe('{"User":"u","Env":["A=2"],"Cmd":["x"],"WorkingDir":"/w","Labels":{"a":"2","z":"1"}}')
})
