import { expect, test } from 'vitest'

import { splitOptions } from './options.ts'

test.each<[string, Record<string, string>, Record<string, string>, string[]]>([
  [
    'bridge',
    { isolate: 'true', 'com.docker.network.driver.mtu': '1400' },
    { isolate: 'true', 'com.docker.network.driver.mtu': '1400' },
    [],
  ],
  ['bridge', { 'com.docker.network.bridge.name': 'br-x' }, { 'com.docker.network.bridge.name': 'br-x' }, []],
  [
    'bridge',
    { 'com.docker.network.bridge.enable_icc': 'false', vlan: '4', constructor: 'x' },
    { vlan: '4' },
    ['"com.docker.network.bridge.enable_icc: false" is not a recognized option', '"constructor: x" is not a recognized option'],
  ],
  ['macvlan', { parent: 'eth0', macvlan_mode: 'private' }, { parent: 'eth0', mode: 'private' }, []],
  ['ipvlan', { macvlan_mode: 'private' }, {}, ['"macvlan_mode: private" is not a recognized option']],
  ['plugin', { anything: '1' }, { anything: '1' }, []],
])('%s %j', (driver, given, options, warnings) => {
  expect(splitOptions(driver, given)).toEqual({ options, warnings })
})
