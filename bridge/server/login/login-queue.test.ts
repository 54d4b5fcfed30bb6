import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type LoginSlot, type LoginQueue, openLoginQueue } from './login-queue.ts'

let queue: LoginQueue
beforeEach(() => {
  vi.useFakeTimers()
  queue = openLoginQueue(() => Date.now())
})
afterEach(() => void vi.useRealTimers())

/** A login that may wait. */
function enter(account: string, address = '10.0.0.1') {
  const leaving = new AbortController()
  const login: { place?: LoginSlot; problem?: string; leave(): void } = { leave: () => leaving.abort() }
  queue.enter({ account, address }, leaving.signal).then(
    (place) => (login.place = place),
    (error: { problem: string }) => (login.problem = error.problem),
  )
  return login
}
const settle = () => vi.advanceTimersByTimeAsync(0)
const refuse = (account: string, address: string) => queue.refused({ account, address })

test('so many are checked at a time, and the next when one is done; who leaves is forgotten', async () => {
  const logins = Array.from({ length: 10 }, (_, at) => enter(`user-${at}`))
  await settle()
  const begun = () => logins.filter(({ place }) => place !== undefined).length
  expect(begun()).toBe(5)
  logins.find(({ place }) => place === undefined)!.leave()
  await settle()
  logins.find(({ place }) => place !== undefined)!.place!.release()
  await settle()
  expect(begun()).toBe(6)
  expect(logins.filter(({ problem }) => problem === 'disconnected')).toHaveLength(1)
})

test('who has logged in from an address comes first, even among a flood from there', async () => {
  queue.accepted({ account: 'alice', address: '127.0.0.1' })
  for (let at = 0; at < 60; at++) enter(`nobody-${at}`, '127.0.0.1')
  const alice = enter('alice', '127.0.0.1')
  await settle()
  expect(alice.place).toBeDefined()
})

test('those who fail hold few places, so that an honest account gets in at once', async () => {
  for (let at = 0; at < 60; at++) refuse('root', `127.0.0.${at}`)
  for (let at = 0; at < 20; at++) refuse(`nobody-${at}`, '127.0.0.1')
  const failing = Array.from({ length: 60 }, (_, at) => enter('root', `127.0.0.${at}`))
  for (let at = 0; at < 60; at++) failing.push(enter(`nobody-${100 + at}`, '127.0.0.1'))
  const begun = () => failing.filter(({ place }) => place !== undefined)
  await settle()
  expect(begun()).toHaveLength(2)
  const elsewhere = enter('alice', '10.0.0.7')
  await settle()
  expect(elsewhere.place).toBeDefined()
  // From the very address of the flood: as soon as one of the two is done, since the newest is first.
  const there = enter('alice', '127.0.0.1')
  await settle()
  expect(there.place).toBeUndefined()
  begun()[0]!.place!.release()
  await settle()
  expect(there.place).toBeDefined()
})

test('strangers take none of the places that are kept for those who have been here before', async () => {
  queue.accepted({ account: 'alice', address: '10.0.0.7' })
  for (let at = 0; at < 60; at++) refuse('root', '10.9.0.1')
  for (let at = 0; at < 10; at++) enter(`user-${at}`, `10.1.0.${at}`)
  enter('root', '10.9.0.1')
  const [first, second] = [enter('alice', '10.0.0.7'), enter('alice', '10.0.0.7')]
  await settle()
  expect([first.place, second.place]).not.toContain(undefined)
})

test('an account that is hammered from elsewhere is not locked: its owner waits for nothing', async () => {
  for (let round = 0; round < 500; round++) refuse('alice', `10.9.0.${round % 60}`)
  const hammering = Array.from({ length: 60 }, (_, at) => enter('alice', `10.9.0.${at}`))
  const owner = enter('alice', '10.0.0.7')
  await settle()
  expect(owner.place).toBeDefined()
  expect(hammering.filter(({ place }) => place !== undefined).length).toBeLessThanOrEqual(1)
})

test('an account is checked for those who fail one at a time, and ever more slowly up to once a second', async () => {
  for (let round = 0; round < 20; round++) refuse('alice', '10.9.0.1')
  let checked = 0
  const hammer = async (): Promise<void> => {
    for (;;) {
      const login = enter('alice', '10.9.0.1')
      while (login.place === undefined) await new Promise((resolve) => setTimeout(resolve, 10))
      checked++
      refuse('alice', '10.9.0.1')
      login.place.release()
    }
  }
  for (let thread = 0; thread < 60; thread++) void hammer()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(checked).toBeGreaterThan(7)
  expect(checked).toBeLessThan(12)
})

test('refusals are held back longer the more there were, and a success makes an end of it', () => {
  const delays = Array.from({ length: 50 }, () => refuse('alice', '10.9.0.1'))
  expect(delays[0]).toBe(0)
  expect(delays.at(-1)).toBe(7000)
  for (let at = 1; at < delays.length; at++) expect(delays[at]).toBeGreaterThanOrEqual(delays[at - 1]!)
  queue.accepted({ account: 'bob', address: '10.9.0.2' })
  expect(refuse('bob', '10.9.0.2')).toBe(0)
})

test('a login that waits too long, or behind too many, is refused with the reason', async () => {
  const logins = Array.from({ length: 300 }, (_, at) => enter(`user-${at}`))
  await settle()
  const sentAway = logins.filter(({ problem }) => problem === 'too-large').length
  expect(sentAway).toBe(300 - 256 - 5)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(logins.filter(({ problem }) => problem === 'too-large').length).toBe(300 - 5)
})
