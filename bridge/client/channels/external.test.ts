import { expect, test } from 'vitest'
import { externalUrl } from './external.ts'

const bridge = (csrfToken?: string, capabilities: string[] = []) => ({
  ticket: async (use: string) => `ticket-for-${use}`,
  ready: Promise.resolve({ host: 'localhost', capabilities, ...(csrfToken === undefined ? {} : { csrfToken }) }),
})

test('the address of a download holds the token, the channel and a name that no header can be made of', async () => {
  const options = { payload: 'http-stream2', method: 'GET', path: '/é', unix: '/run/x.sock' }
  const url = await externalUrl(bridge('secret-token'), options, { fileName: 'a/ü\r\n\'".tar', contentType: 'application/x-tar' })
  const [path, query] = url!.split('?')
  expect(path).toBe('/cockpit/channel/secret-token')
  expect(JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(query!), (char) => char.charCodeAt(0))))).toEqual({
    ...options,
    binary: 'raw',
    external: {
      'content-type': 'application/x-tar',
      'content-disposition': `attachment; filename="a______.tar"; filename*=UTF-8''a%2F%C3%BC%0D%0A%27%22.tar`,
    },
  })
})

test('a server that gives no token has no such address', async () => {
  expect(await externalUrl(bridge(), { payload: 'fsread1' }, { fileName: 'a', contentType: 'text/plain' })).toBeUndefined()
})

test('a server that gives tickets is asked for one for every address', async () => {
  const url = await externalUrl(
    bridge('secret-token', ['tickets']),
    { payload: 'fsread1' },
    { fileName: 'a', contentType: 'text/plain' },
  )
  expect(url).toMatch(/^\/cockpit\/channel\/ticket-for-channel\?/)
})
