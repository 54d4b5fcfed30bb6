import { expect, test } from 'vitest'

import { requestedHostConfig } from './requested.ts'

test('Docker’s HostConfig has what was requested, not what the engine adds', () => {
  const container = {
    HostConfig: {
      NetworkMode: 'bridge',
      Binds: ['dv:/d:rw,rprivate,nosuid,nodev,rbind', '/etc:/e:ro,rprivate,rbind', '/a:/b'],
      Tmpfs: { '/t': 'rw,rprivate,nosuid,nodev,size=1m,tmpcopyup' },
      CapAdd: ['CAP_NET_ADMIN'],
      CapDrop: ['ALL'],
    },
    NetworkSettings: { Networks: { shop: {}, podman: {} } },
  }
  expect(requestedHostConfig(container as never)).toEqual({
    Binds: ['dv:/d:rw', '/etc:/e:ro', '/a:/b'],
    Tmpfs: { '/t': 'size=1m' },
    CapAdd: ['NET_ADMIN'],
    CapDrop: ['ALL'],
    NetworkMode: 'shop',
  })
  const host = { HostConfig: { NetworkMode: 'host' }, NetworkSettings: { Networks: null } }
  expect(requestedHostConfig(host as never)).toMatchObject({ Binds: [], NetworkMode: 'host' })
})
