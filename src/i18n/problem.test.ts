import { afterEach, expect, test } from 'vitest'

import { EngineError, type ErrorCode, errorCodes } from '../../engine/errors/index.ts'
import { badValue, problemOf } from '../../engine/spec/bad-value.ts'
import { parseMemory } from '../../engine/spec/limit.ts'
import { parsePort } from '../../engine/spec/port.ts'
import { parseSize } from '../../engine/spec/size.ts'
import { setCatalogue } from './gettext.ts'
import { sentences } from './problem-sentences.ts'
import { explain, nameError, problemIn, problemText } from './problem.ts'

afterEach(() => setCatalogue())

const bad = [() => parseSize('a{size}'), () => parseMemory('abc'), () => parsePort('a:80'), () => parsePort('80:99999')]

test.each(bad)('in English it is what the engine says: %s', (check) => {
  const problem = problemOf(check)!
  expect(problemText(problem)).toBe(problem.message)
})

test('in another language each part is translated, and values are as they were given', () => {
  setCatalogue({
    language: 'ko',
    pluralForms: 'nplurals=1; plural=0;',
    messages: {
      'parsing host port': ['호스트 포트'],
      'invalid port number': ['포트 번호'],
      '"{text}" is not a whole number': ['"{text}": 정수가 아님'],
    },
  })
  expect(problemIn(() => parsePort('a:80'))).toBe('호스트 포트: 포트 번호: "a": 정수가 아님')
})

test('our own message is shown as it is, whatever else an engine sends', () => {
  for (const details of [{}, { sentence: 'x', contexts: 'y' }])
    expect(explain(new EngineError('StoreBusy', 'broken', { details }))).toEqual({ sentence: 'broken', raw: undefined })
})

test('what a program says is one sentence, and its own words stay at hand', () => {
  const failed = new EngineError('CommandNotFound', 'runc: exec: "nope": not found: OCI runtime …', {
    details: { command: 'nope' },
  })
  expect(explain(failed)).toEqual({
    sentence: 'The image has no program nope. Check the command and the entrypoint.',
    raw: 'runc: exec: "nope": not found: OCI runtime …',
  })
  expect(problemText(new EngineError('RuntimeFailed', 'raw'))).toBe('The runtime could not do this.')
})

test('podman’s wording for its clients is a sentence too, which says what of several things it is', () => {
  const said = (code: ErrorCode, details = {}) => explain(new EngineError(code, 'podman’s', { details }))
  expect(said('NetworkExists')).toEqual({ sentence: 'A network with this name already exists.', raw: 'podman’s' })
  expect(said('VolumeExists').sentence).toBe('A volume with this name already exists.')
  expect(said('ImageNotFound', { name: 'a:1' }).sentence).toBe('The image a:1 is not on this host. Pull it first.')
  expect(said('NetworkNotFound').sentence).toBe('The network no longer exists.')
  expect(said('NetworkNotFound', { container: 'c' }).sentence).toBe('The container is not connected to this network.')
  expect(said('ContainerDependency', { dependents: ['a'] }).sentence).toBe('Other containers need this one. Remove them first.')
  expect(said('ContainerDependency', { pod: 'p' }).sentence).toMatch(/infra container/)
  expect(said('ContainerDependency').sentence).toMatch(/is not running/)
})

test('a path of the host that cannot be mounted is named as a person reads it', () => {
  const missing = badValue('statfs {source}: no such file or directory', { source: '/srv/x' })
  expect(missing.message).toBe('statfs /srv/x: no such file or directory')
  expect(problemText(missing)).toBe('The path /srv/x that is to be mounted does not exist on the host.')
})

test('what podman says for its clients has a sentence, and its reason stays at hand', () => {
  const text = 'payload does not match any of the supported image formats: {archive}: {reason}'
  const broken = badValue(text, { archive: 'a.tar', reason: 'it is cut short' }, 'ArchiveInvalid')
  expect(explain(broken)).toEqual({
    sentence: 'This is no archive of images, neither of the kind that OCI describes nor of that which docker save writes.',
    raw: 'payload does not match any of the supported image formats: a.tar: it is cut short',
  })
})

test('in another language every code has its sentence, and the message stays at hand', () => {
  setCatalogue({
    language: 'ko',
    pluralForms: 'nplurals=1; plural=0;',
    messages: { 'The image is not on this host. Pull it first.': ['번역'] },
  })
  expect(explain(new EngineError('ImageNotFound', 'no such image'))).toEqual({ sentence: '번역', raw: 'no such image' })
})

test('only what has a dialog of its own, or is no message for a person, has no sentence', () => {
  const without = errorCodes.filter((code) => sentences[code] === undefined)
  expect(without.toSorted()).toEqual([
    'Cancelled',
    'CheckpointPrivileged',
    'ContainerNotMounted',
    'ImageNotMounted',
    'MethodNotAllowed',
    'NameAmbiguous',
    'NotFound',
    'PodAlreadyStarted',
    'PodAlreadyStopped',
  ])
})

test('a name', () => {
  expect(nameError('')).toBeUndefined()
  expect(nameError('web')).toBeUndefined()
  expect(nameError('a b')).toBe(
    'The name "a b" cannot be used: names begin with a letter or digit, and go on with letters, digits, _, . and -.',
  )
})
