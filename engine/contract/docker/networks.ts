import * as v from 'valibot'

import { Filters, Name, Nothing } from '../fields.ts'
import { dockerOperation } from './docker-operation.ts'
import { Off } from './parameters.ts'

const optional = <const S extends v.GenericSchema>(schema: S) => v.optional(v.nullable(schema))
const TextMap = v.record(v.string(), v.string())

const statuses = { codes: { NotSupported: 403 } } as const

const IpamConfig = v.looseObject({
  Subnet: optional(v.string()),
  IPRange: optional(v.string()),
  Gateway: optional(v.string()),
})

const Ipam = v.looseObject({
  Driver: optional(v.string()),
  Options: optional(TextMap),
  Config: optional(v.array(IpamConfig)),
})

/** A network as Docker shows it. */
const DockerNetwork = v.looseObject({
  Name: v.string(),
  Id: v.string(),
  Created: v.string(),
  Scope: v.string(),
  Driver: v.string(),
  EnableIPv4: v.boolean(),
  EnableIPv6: v.boolean(),
  IPAM: Ipam,
  Internal: v.boolean(),
  Attachable: v.boolean(),
  Ingress: v.boolean(),
  ConfigFrom: v.object({ Network: v.string() }),
  ConfigOnly: v.boolean(),
  Containers: v.record(
    v.string(),
    v.object({
      Name: v.string(),
      EndpointID: v.string(),
      MacAddress: v.string(),
      IPv4Address: v.string(),
      IPv6Address: v.string(),
    }),
  ),
  Options: TextMap,
  Labels: TextMap,
})

const Ref = v.object({ name: Name })
const path = (verb: string) => `/networks/{name}/${verb}`

export const dockerNetworkOperations = {
  'docker.network.list': dockerOperation({
    kind: 'call',
    method: 'GET',
    path: '/networks',
    summary: 'List networks',
    input: v.object({ filters: v.optional(Filters, {}) }),
    output: () => v.array(DockerNetwork),
    errors: ['InvalidArgument'],
  }),
  'docker.network.create': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: '/networks/create',
    summary: 'Create a network',
    input: v.object({}),
    body: v.looseObject({
      Name,
      CheckDuplicate: optional(v.boolean()),
      Driver: optional(v.string()),
      Internal: optional(v.boolean()),
      EnableIPv6: optional(v.boolean()),
      IPAM: optional(Ipam),
      Options: optional(TextMap),
      Labels: optional(TextMap),
    }),
    output: () => v.object({ Id: v.string(), Warning: v.string() }),
    status: 201,
    statuses: { codes: { NotSupported: 400 } },
    errors: ['NetworkExists', 'NameInvalid', 'InvalidArgument', 'AddressExhausted', 'NotSupported'],
  }),
  'docker.network.prune': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: '/networks/prune',
    summary: 'Remove networks that no container has',
    input: v.object({ filters: v.optional(Filters, {}) }),
    output: () => v.object({ NetworksDeleted: v.array(v.string()) }),
    errors: ['InvalidArgument'],
  }),
  'docker.network.inspect': dockerOperation({
    kind: 'call',
    method: 'GET',
    path: '/networks/{name}',
    summary: 'Show a network in full',
    input: v.object({ name: Name, verbose: Off, scope: v.optional(v.string()) }),
    output: () => DockerNetwork,
    errors: ['NetworkNotFound', 'NameAmbiguous'],
  }),
  'docker.network.remove': dockerOperation({
    kind: 'call',
    method: 'DELETE',
    path: '/networks/{name}',
    summary: 'Remove a network',
    input: Ref,
    output: () => Nothing,
    statuses,
    errors: ['NetworkNotFound', 'NetworkInUse', 'NotSupported'],
  }),
  'docker.network.connect': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: path('connect'),
    summary: 'Connect a container to a network',
    input: Ref,
    body: v.looseObject({
      Container: Name,
      EndpointConfig: optional(
        v.looseObject({
          Aliases: optional(v.array(v.string())),
          MacAddress: optional(v.string()),
          IPAMConfig: optional(v.looseObject({ IPv4Address: optional(v.string()), IPv6Address: optional(v.string()) })),
        }),
      ),
    }),
    output: () => Nothing,
    status: 200,
    errors: ['NetworkNotFound', 'ContainerNotFound', 'InvalidArgument', 'AddressExhausted', 'NetworkFailed'],
  }),
  'docker.network.disconnect': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: path('disconnect'),
    summary: 'Disconnect a container from a network',
    input: Ref,
    body: v.looseObject({ Container: Name, Force: optional(v.boolean()) }),
    output: () => Nothing,
    status: 200,
    errors: ['NetworkNotFound', 'ContainerNotFound', 'InvalidArgument', 'NetworkFailed'],
  }),
}
