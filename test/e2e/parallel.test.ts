import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { berthAs, clear, everyone, pullImages } from '../support/berth.ts'

const { images } = inject('stage')

describe.each(everyone)('many at once as %s', (name) => {
  const berth = berthAs(name)
  const ten = Array.from({ length: 10 }, (_, index) => `many-${index}`)

  beforeAll(() => pullImages(berth, images.busybox))
  afterAll(() => clear(berth))

  test('ten run -d and ten rm -f, each a process of its own', async () => {
    const made = await Promise.all(ten.map((each) => berth('run', '-d', '--name', each, images.busybox, 'sleep', '1000')))
    expect(new Set(made).size).toBe(10)
    expect((await berth('ps', '--format', '{{.Names}}')).split('\n').toSorted()).toEqual(ten)
    await Promise.all(ten.map((each) => berth('rm', '-f', '-t', '0', each)))
    expect(await berth('ps', '-a', '-q')).toBe('')
  })

  test('run --rm ten times at once', async () => {
    const texts = await Promise.all(ten.map((each) => berth('run', '--rm', images.busybox, 'echo', each)))
    expect(texts).toEqual(ten)
    expect(await berth('ps', '-a', '-q')).toBe('')
  })

  test('one name for ten: one gets it, nine are told', async () => {
    const results = await Promise.all(ten.map(() => berth.try(['create', '--name', 'only', images.busybox, 'true'])))
    expect(results.filter((result) => result.code === 0)).toHaveLength(1)
    for (const result of results.filter((each) => each.code !== 0)) expect(result.stderr).toMatch(/only.*in use|in use.*only/)
    await berth('rm', 'only')
  })

  test('stop and rm of one container by several', async () => {
    await berth('run', '-d', '--name', 'wanted', images.busybox, 'sleep', '1000')
    const results = await Promise.all(Array.from({ length: 5 }, () => berth.try(['rm', '-f', '-t', '0', 'wanted'])))
    expect(results.filter((result) => result.code === 0).length).toBeGreaterThanOrEqual(1)
    expect(await berth('ps', '-a', '-q')).toBe('')
  })
})
