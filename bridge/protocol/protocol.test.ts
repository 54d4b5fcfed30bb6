import { expect, test } from 'vitest'
import {
  encodeControl,
  encodeStdio,
  encodeText,
  FlowSender,
  flowBlock,
  flowWindow,
  joinMessage,
  maxControl,
  parseControl,
  parseOpen,
  ProblemError,
  problemOf,
  splitMessage,
  StdioReader,
} from './index.ts'

const problem = (act: () => unknown): string | undefined => {
  try {
    act()
  } catch (error) {
    if (error instanceof ProblemError) return error.problem
    throw error
  }
  return undefined
}

test('a message survives the way out and back, whatever its bytes', () => {
  const payload = Uint8Array.from({ length: 256 }, (_, at) => at)
  expect(splitMessage(joinMessage('1:12', payload))).toEqual({ channel: '1:12', payload })
  expect(splitMessage(joinMessage('', '{}')).channel).toBe('')
})

test.each([
  ['nothing', ''],
  ['no newline', 'abc'],
  ['a channel that is too long', `${'c'.repeat(65)}\nx`],
  ['a space in the channel', 'a b\nx'],
  ['a control character', 'a\tb\nx'],
  ['a channel beyond ASCII', 'é\nx'],
])('a message with %s is a protocol error', (_name, text) => {
  expect(problem(() => splitMessage(encodeText(text)))).toBe('protocol-error')
})

test('messages are found again however the stream is cut', () => {
  const stream = new Uint8Array([...encodeStdio('a', 'one'), ...encodeStdio('', '{"command":"x"}'), ...encodeStdio('b', '')])
  for (let size = 1; size <= stream.length; size++) {
    const reader = new StdioReader()
    const seen: string[] = []
    for (let at = 0; at < stream.length; at += size) {
      for (const message of reader.push(stream.subarray(at, at + size))) seen.push(new TextDecoder().decode(message))
    }
    expect(seen).toEqual(['a\none', '\n{"command":"x"}', 'b\n'])
    expect(reader.incomplete).toBe(false)
  }
})

test.each([
  ['letters for a length', 'abc\n', 'protocol-error'],
  ['a negative length', '-1\nx', 'protocol-error'],
  ['no length', '\nx', 'protocol-error'],
  ['zero', '0\n', 'protocol-error'],
  ['a length of many digits', '99999999999', 'protocol-error'],
  ['a length beyond the limit', '2000\n', 'too-large'],
])('a stream with %s is refused', (_name, text, code) => {
  expect(problem(() => [...new StdioReader(1000).push(encodeText(text))])).toBe(code)
})

test('random bytes never give anything but a problem or a message within the limit', () => {
  let seed = 42
  const random = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff)
  for (let round = 0; round < 2000; round++) {
    const bytes = Uint8Array.from({ length: random() % 64 }, () => [0x0a, 0x31, 0x32, 0x7b, random() & 255][random() % 5]!)
    const reader = new StdioReader(50)
    problem(() => {
      for (const message of reader.push(bytes)) {
        expect(message.length).toBeLessThanOrEqual(50)
        const { channel, payload } = splitMessage(message)
        if (channel === '') parseControl(payload)
      }
    })
  }
})

test.each([
  ['not JSON', 'hello', 'protocol-error'],
  ['a list', '[]', 'protocol-error'],
  ['null', 'null', 'protocol-error'],
  ['no command', '{}', 'protocol-error'],
  ['a number for a command', '{"command":1}', 'protocol-error'],
  ['an open without channel', '{"command":"open","payload":"echo"}', 'protocol-error'],
  ['an empty channel', '{"command":"close","channel":""}', 'protocol-error'],
  ['a channel with a newline', '{"command":"close","channel":"a\\nb"}', 'protocol-error'],
  ['too many bytes', `{"command":"x","pad":"${'x'.repeat(maxControl)}"}`, 'too-large'],
])('a control message that is or has %s is refused', (_name, text, code) => {
  expect(problem(() => parseControl(encodeText(text)))).toBe(code)
})

test('bytes that are not UTF-8 are no control message', () => {
  expect(problem(() => parseControl(Uint8Array.of(0x7b, 0xff, 0x7d)))).toBe('protocol-error')
})

test('open needs a payload, and its common fields have types', () => {
  const control = (rest: object) => parseControl(encodeText(encodeControl({ command: 'open', channel: '1', ...rest })))
  expect(parseOpen(control({ payload: 'echo' })).payload).toBe('echo')
  expect(problem(() => parseOpen(control({})))).toBe('protocol-error')
  expect(problem(() => parseOpen(control({ payload: 3 })))).toBe('protocol-error')
  expect(problem(() => parseOpen(control({ payload: 'echo', host: {} })))).toBe('protocol-error')
  expect(problem(() => parseOpen(control({ payload: 'echo', 'flow-control': 'yes' })))).toBe('protocol-error')
  for (const window of ['1', 0, -1, flowWindow + 1, null])
    expect(problem(() => parseOpen(control({ payload: 'echo', 'flow-window': window })))).toBe('protocol-error')
})

test('flow control pings once a block and holds at the window until a pong', () => {
  const flow = new FlowSender()
  expect(flow.sent(flowBlock - 1)).toBeUndefined()
  expect(flow.sent(1)).toBe(flowBlock)
  while (flow.open) flow.sent(flowBlock)
  flow.acknowledge('nonsense')
  flow.acknowledge(flowWindow * 10)
  expect(flow.open).toBe(false)
  flow.acknowledge(flowBlock)
  expect(flow.open).toBe(true)
})

test('a small window is held as well, with pings often enough to fill it', () => {
  const flow = new FlowSender(32 * 1024)
  let pings = 0
  while (flow.open) if (flow.sent(1024) !== undefined) pings += 1
  expect(pings).toBe(4)
  flow.acknowledge(8 * 1024)
  expect(flow.open).toBe(true)
})

test('operating system errors have problem codes', () => {
  expect(problemOf({ code: 'ENOENT' })).toBe('not-found')
  expect(problemOf({ code: 'EACCES' })).toBe('access-denied')
  // A path of the caller's is no fault of ours.
  expect(problemOf({ code: 'ENOTDIR' })).toBe('not-found')
  expect(problemOf({ code: 'ENAMETOOLONG' })).toBe('too-large')
  expect(problemOf({ code: 'EISDIR' })).toBe('not-supported')
  expect(problemOf(new Error('x'))).toBe('internal-error')
})
