import { expect, test } from 'vitest'

import { parseVolumeOptions, volumeLimits } from './volume-options.ts'

// Options as podman 5.4.2 shows them.
test.each([
  [{}, { shown: {} }],
  [{ o: 'uid=7,gid=8' }, { shown: { o: 'uid=7,gid=8', UID: '7', GID: '8' }, uid: 7, gid: 8 }],
  [{ o: 'rw,uid=5' }, { shown: { o: 'rw,uid=5', UID: '5' }, uid: 5 }],
  [{ o: 'size=10M,inodes=50' }, { shown: { o: 'size=10M,inodes=50', SIZE: '10M', INODES: '50' } }],
  [{ o: 'noquota' }, { shown: { o: 'noquota', NOQUOTA: 'true' } }],
  [
    { uid: '7', gid: '8' },
    { shown: { uid: '7', gid: '8', UID: '7', GID: '8' }, uid: 7, gid: 8 },
  ],
  [
    { type: 'tmpfs', size: '2M' },
    { shown: { type: 'tmpfs', size: '2M', SIZE: '2M' }, mount: { type: 'tmpfs', device: 'tmpfs', options: ['size=2M'] } },
  ],
  [{ nocopy: '' }, { shown: { nocopy: '' }, noCopy: true }],
  [
    { type: 'tmpfs', device: 'tmpfs', o: 'size=2M,uid=5,mode=0700' },
    {
      shown: { type: 'tmpfs', device: 'tmpfs', o: 'size=2M,uid=5,mode=0700', UID: '5', SIZE: '2M' },
      uid: 5,
      mount: { type: 'tmpfs', device: 'tmpfs', options: ['size=2M', 'uid=5', 'mode=0700'] },
    },
  ],
  [
    { device: '/srv', o: 'bind' },
    { shown: { device: '/srv', o: 'bind' }, mount: { type: '', device: '/srv', options: ['bind'] } },
  ],
  [
    { type: 'bind', device: '/srv', o: 'ro' },
    { shown: { type: 'bind', device: '/srv', o: 'ro' }, mount: { type: '', device: '/srv', options: ['bind', 'ro'] } },
  ],
  [
    { type: 'nfs', device: 'server:/x', o: 'addr=192.0.2.1' },
    {
      shown: { type: 'nfs', device: 'server:/x', o: 'addr=192.0.2.1' },
      mount: { type: 'nfs', device: 'server:/x', options: ['addr=192.0.2.1'] },
    },
  ],
] as [Record<string, string>, object][])('%j', (given, found) => expect(parseVolumeOptions('local', given)).toEqual(found))

test.each([
  ['local', { bogus: '1' }, "invalid mount option bogus for driver 'local': invalid argument"],
  ['local', { o: 'size=10M,noquota' }, 'volume options size and inodes cannot be used without quota'],
  ['local', { type: 'none', device: '/srv', o: 'bind,size=10M' }, 'limits of a plain folder or a tmpfs'],
  ['local', { uid: 'x' }, 'cannot convert UID x to integer'],
  ['local', { device: '/srv', o: 'bind', size: '10M' }, 'leave them out with device /srv'],
  ['local', { device: '/srv', o: 'bind,inodes=10' }, 'leave them out with device /srv'],
  ['local', { o: 'bind,ro' }, 'The mount options bind,ro mount nothing by themselves'],
  ['local', { o: 'size=x' }, "cannot convert size x to integer: invalid size: 'x'"],
  ['local', { type: 'tmpfs', o: 'size=x' }, "cannot convert size x to integer: invalid size: 'x'"],
  ['local', { type: 'tmpfs', o: 'inodes=7' }, 'volume option inodes not supported on tmpfs filesystem'],
  ['local', { o: 'inodes=x' }, 'cannot convert inodes x to integer'],
  ['local', { o: 'timeout=3' }, 'Volume driver timeout can only be used with non-local volume drivers'],
  ['local', { o: 'uid=x' }, 'cannot convert UID x to integer'],
  ['local', { type: 'bind' }, 'needs its absolute path'],
  ['image', {}, 'must provide an image name'],
  ['image', { image: 'a', foo: '1' }, "invalid mount option foo for driver 'image'"],
  ['nope', {}, 'There is no volume driver "nope": plugins are not supported'],
  ['constructor', {}, 'There is no volume driver'],
] as [string, Record<string, string>, string][])('%s %j is refused', (driver, given, message) =>
  expect(() => parseVolumeOptions(driver, given)).toThrow(message),
)

test('an image', () => {
  expect(parseVolumeOptions('image', { image: 'bb' })).toEqual({ shown: { image: 'bb' }, image: 'bb' })
})

test('a plain folder has limits, what is mounted has its own', () => {
  expect(volumeLimits({ SIZE: '10M', INODES: '50' })).toEqual({ bytes: 10 * 1024 * 1024, inodes: 50 })
  expect(volumeLimits({ type: 'tmpfs', SIZE: '10M' })).toBeUndefined()
  expect(volumeLimits({})).toBeUndefined()
})
