import { expect, test } from 'vitest'

import { formatAddress, formatSubnet, overlap, parseAddress, parseSubnet } from './subnet.ts'

test('addresses and networks are read and written', () => {
  expect(formatAddress(parseAddress('10.88.255.1') as number)).toBe('10.88.255.1')
  expect(formatAddress(parseAddress('255.255.255.255') as number)).toBe('255.255.255.255')
  expect(formatSubnet(parseSubnet('10.88.3.4/16') as never)).toBe('10.88.0.0/16')
  for (const bad of ['10.88.0', '10.88.0.256', 'a.b.c.d', '1.2.3.4.5', '']) expect(parseAddress(bad)).toBeUndefined()
  for (const bad of ['10.88.0.0', '10.88.0.0/33', 'fd00::/64']) expect(parseSubnet(bad)).toBeUndefined()
})

test('networks that share addresses overlap', () => {
  const net = (text: string) => parseSubnet(text) as NonNullable<ReturnType<typeof parseSubnet>>
  expect(overlap(net('10.88.0.0/16'), net('10.88.7.0/24'))).toBe(true)
  expect(overlap(net('10.88.0.0/16'), net('10.89.0.0/24'))).toBe(false)
  expect(overlap(net('0.0.0.0/0'), net('10.89.0.0/24'))).toBe(true)
})
