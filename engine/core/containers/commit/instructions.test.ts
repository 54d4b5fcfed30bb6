import { expect, test } from 'vitest'

import type { CommittedConfig } from './image-config.ts'
import { applyChanges, maintainerOf } from './instructions.ts'
import { overrideConfig } from './override.ts'

const made = (...changes: string[]): CommittedConfig => {
  const config: CommittedConfig = { Cmd: ['old'], Env: ['A=1', 'B=2'], Labels: { l: '1' }, ExposedPorts: { '81/udp': {} } }
  applyChanges(config, changes)
  return config
}

// What `podman commit` 5.4.2 makes of the same.
test.each<[string, CommittedConfig]>([
  ['CMD /bin/bash -l', { Cmd: ['/bin/sh', '-c', '/bin/bash -l'] }],
  ['CMD=/bin/bash', { Cmd: ['/bin/sh', '-c', '/bin/bash'] }],
  ['cmd ["a","b"]', { Cmd: ['a', 'b'] }],
  ['ENTRYPOINT ["/bin/e"]', { Entrypoint: ['/bin/e'], Cmd: [] }],
  ['ENV B=3 C="d e" F=x\\ y', { Env: ['A=1', 'B=3', 'C=d e', 'F=x y'] }],
  ['ENV a b c', { Env: ['A=1', 'B=2', 'a=b c'] }],
  ['LABEL a=b "c d"=e', { Labels: { l: '1', a: 'b', 'c d': 'e' } }],
  ['EXPOSE 80 53/UDP', { ExposedPorts: { '53/udp': {}, '80/tcp': {}, '81/udp': {} } }],
  ['EXPOSE 80-82', { ExposedPorts: { '80-82/tcp': {}, '81/udp': {} } }],
  ['VOLUME ["/q"]', { Volumes: { '/q': {} } }],
  ['VOLUME /b /a', { Volumes: { '/a': {}, '/b': {} } }],
  ['WORKDIR sub', { WorkingDir: '/sub' }],
  ['STOPSIGNAL SIGTERM', { StopSignal: 'SIGTERM' }],
  ['USER 5:6', { User: '5:6' }],
  ['ONBUILD RUN x', { OnBuild: ['RUN x'] }],
  ['SHELL ["/bin/x"]', { Shell: ['/bin/x'] }],
  ['HEALTHCHECK NONE', { Healthcheck: { Test: ['NONE'] } }],
  ['HEALTHCHECK --interval=5s CMD x y', { Healthcheck: { Interval: 5e9, Test: ['CMD-SHELL', 'x y'] } }],
  ['HEALTHCHECK --retries=2 --start-period=1m CMD ["x"]', { Healthcheck: { Retries: 2, StartPeriod: 6e10, Test: ['CMD', 'x'] } }],
])('%s', (change, changed) => expect(made(change)).toMatchObject(changed))

test.each([
  ['FOO x', 'did not understand change instruction "FOO"'],
  ['toString x', 'did not understand'],
  ['CMD', 'CMD needs a value'],
  ['ENV a', 'ENV must have two arguments'],
  ['LABEL a', 'LABEL must have two arguments'],
  ['ENV A=1 b', 'ENV is written NAME=VALUE, and "b" is not'],
  ['EXPOSE x', 'invalid change "EXPOSE x"'],
  ['STOPSIGNAL foo', 'invalid change "STOPSIGNAL foo": invalid signal: foo'],
  ['SHELL x', 'SHELL needs a JSON list of words'],
  ['HEALTHCHECK x', 'HEALTHCHECK needs CMD and a command, or NONE'],
  ['HEALTHCHECK --often CMD x', 'HEALTHCHECK needs CMD'],
  ['HEALTHCHECK --interval=x CMD x', 'invalid change'],
])('%s is refused', (change, message) => {
  expect(() => made(change)).toThrow(
    expect.objectContaining({ code: 'InvalidArgument', message: expect.stringContaining(message) }),
  )
})

test('the maintainer is the author', () => {
  expect(maintainerOf(['MAINTAINER me', 'CMD x'])).toBe('me')
  expect(maintainerOf(['CMD x'])).toBeUndefined()
})

test("a configuration's variables, labels, ports and volumes are added, and others replace what is there", () => {
  const config = made()
  const given = {
    Cmd: ['q'],
    Env: ['B=9', 'Z=1'],
    Labels: { m: 'n' },
    ExposedPorts: { '7/tcp': {} },
    Entrypoint: null,
    User: '',
    Tty: true,
  }
  overrideConfig(config, given)
  expect(config).toEqual({
    Cmd: ['q'],
    Env: ['A=1', 'B=9', 'Z=1'],
    Labels: { l: '1', m: 'n' },
    ExposedPorts: { '7/tcp': {}, '81/udp': {} },
  })
  for (const wrong of [{ Cmd: [1] }, { Env: ['x'] }, { User: 5 }, { Labels: { a: 1 } }])
    expect(() => overrideConfig(made(), wrong), JSON.stringify(wrong)).toThrow(
      expect.objectContaining({ code: 'InvalidArgument' }),
    )
})
