import { expect, test, vi } from 'vitest'
import { proxySignals } from './proxy-signals.ts'

test('signals that come before the container runs wait for that, and keep their order', async () => {
  const sent: unknown[] = []
  const started = Promise.withResolvers<void>()
  const kill = async (input: { signal?: string | number }) => void sent.push(input.signal)
  const stop = proxySignals({ 'container.kill': kill }, 'c', started.promise)
  try {
    process.emit('SIGUSR1', 'SIGUSR1')
    process.emit('SIGUSR2', 'SIGUSR2')
    await Promise.resolve()
    expect(sent).toEqual([])
    started.resolve()
    await vi.waitFor(() => expect(sent).toEqual(['SIGUSR1', 'SIGUSR2']), { interval: 1 })
  } finally {
    stop()
  }
  expect(process.listenerCount('SIGUSR1')).toBe(0)
})

test('one that is refused does not hold up the next', async () => {
  const sent: unknown[] = []
  const kill = async ({ signal }: { signal?: string | number }) => {
    sent.push(signal)
    throw new Error('refused')
  }
  const stop = proxySignals({ 'container.kill': kill }, 'c')
  process.emit('SIGHUP', 'SIGHUP')
  process.emit('SIGALRM', 'SIGALRM')
  await vi.waitFor(() => expect(sent).toEqual(['SIGHUP', 'SIGALRM']), { interval: 1 })
  stop()
})
