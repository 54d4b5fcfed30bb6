import type { Bridge, HttpAddress } from 'cockpit-ts-bridge/client'
import { expect, test } from 'vitest'

import { engineTransport } from './engine-socket.ts'

/** A session of a user's in which each socket of `answering` has an engine. */
function session(uid: number, answering: readonly string[]) {
  const asked: HttpAddress[] = []
  const bridge = {
    info: async () => ({ user: { uid } }),
    http: (address: HttpAddress & { unix: string }) => ({
      request: async () => {
        asked.push(address)
        return { status: answering.includes(address.unix) ? 200 : 404, headers: {}, body: (async function* () {})() }
      },
    }),
  }
  return { asked, transport: engineTransport(bridge as unknown as Bridge, { embedded: false }) }
}

test('root’s own session reaches the engine of the system as itself, so that the browser can send files to it', async () => {
  const { transport } = session(0, ['/run/berth/berth.sock'])
  expect(await transport.address()).toEqual({ unix: '/run/berth/berth.sock' })
})

test('a user’s session takes the engine of the user, and the system’s only with more rights', async () => {
  expect(await session(1000, ['/run/user/1000/berth/berth.sock']).transport.address()).toEqual({
    unix: '/run/user/1000/berth/berth.sock',
  })
  const { transport, asked } = session(1000, ['/run/berth/berth.sock'])
  expect(await transport.address()).toEqual({ unix: '/run/berth/berth.sock', superuser: 'try' })
  expect(asked).toHaveLength(2)
})

test('where no engine answers, it is looked for again with the next request', async () => {
  const { transport, asked } = session(0, [])
  for (const _attempt of [1, 2]) await expect(transport.address()).rejects.toThrow('not running')
  expect(asked).toHaveLength(2)
})
