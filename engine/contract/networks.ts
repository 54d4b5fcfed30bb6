import * as v from 'valibot'

import { Filters, listOrNull, Name, TextMap } from './fields.ts'
import { operation } from './operation.ts'

/** A network as netavark configures it (`networks/json`). */
export const Network = v.looseObject({
  name: v.string(),
  id: v.string(),
  driver: v.string(),
  network_interface: v.optional(v.string()),
  created: v.string(),
  subnets: v.optional(listOrNull(v.looseObject({ subnet: v.string(), gateway: v.optional(v.string()) }))),
  ipv6_enabled: v.boolean(),
  internal: v.boolean(),
  dns_enabled: v.boolean(),
  labels: v.optional(v.nullable(TextMap)),
  options: v.optional(v.nullable(TextMap)),
  ipam_options: v.optional(v.nullable(TextMap)),
})
export type Network = v.InferOutput<typeof Network>

export const networkOperations = {
  'network.list': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/networks/json',
    summary: 'List networks',
    input: v.object({ filters: v.optional(Filters, {}) }),
    output: () => v.array(Network),
    errors: [],
  }),
  'network.inspect': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/networks/{name}/json',
    summary: 'Show a network in full',
    input: v.object({ name: Name }),
    output: () => Network,
    errors: ['NetworkNotFound'],
  }),
}
