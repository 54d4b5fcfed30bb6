import { expect, test } from 'vitest'

import { EngineError, errorStatus, fromWire, toWire } from './index.ts'

test('a failure survives the wire', () => {
  const sent = new EngineError('PortInUse', 'Port 80 is in use.', { details: { port: 80 }, cause: new Error('EADDRINUSE') })
  const body = toWire(sent)
  expect(body).toEqual({
    cause: 'EADDRINUSE',
    message: 'Port 80 is in use.',
    response: 409,
    code: 'PortInUse',
    details: { port: 80 },
  })
  const received = fromWire(409, JSON.parse(JSON.stringify(body)))
  expect(received).toMatchObject({ code: 'PortInUse', message: sent.message, details: { port: 80 } })
})

test("Podman's failures, which have no code, get one by status", () => {
  expect(
    fromWire(404, { cause: 'no such container', message: 'no container with name or ID "x" found', response: 404 }).code,
  ).toBe('NotFound')
  expect(fromWire(500, 'not json').code).toBe('Internal')
  expect(fromWire(409, { code: 'NotACode' }).code).toBe('ContainerStateInvalid')
})

test('any thrown value becomes an engine error, with the first code of several', () => {
  expect(EngineError.from(new TypeError('x')).code).toBe('Internal')
  const both = EngineError.from(new AggregateError([new EngineError('StoreBusy', 'a'), new Error('b')]))
  expect(both).toMatchObject({ code: 'StoreBusy', message: 'a; b' })
})

test('every status is an HTTP status', () => {
  for (const status of Object.values(errorStatus)) expect(status).toBeGreaterThanOrEqual(300)
})

test('what others wrote cannot take over the terminal that a message comes to', () => {
  const message = 'The image \u001b]0;title\u0007 of \u009b31m\r"한국어"\tis\nnot there.'
  const error = new EngineError('ImageUnknown', message, { cause: new Error('\u001b[2J') })
  expect(error.message).toBe('The image \\x1b]0;title\\x07 of \\x9b31m\\x0d"한국어"\tis\nnot there.')
  expect(toWire(error)).toMatchObject({ message: error.message, cause: '\\x1b[2J' })
  expect(fromWire(404, { message: '\u001bc' }).message).toBe('\\x1bc')
})
