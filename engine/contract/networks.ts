import * as v from 'valibot'

import { Filters, Flag, Integer, listOrNull, Name, Nothing, Off, TextMap } from './fields.ts'
import { operation } from './operation.ts'

const optional = <const S extends v.GenericSchema>(schema: S) => v.optional(v.nullable(schema))

/** Addresses of a network. Containers get those of the lease range, where there is one. */
const Subnet = v.looseObject({
  subnet: v.string(),
  gateway: optional(v.string()),
  lease_range: optional(v.looseObject({ start_ip: optional(v.string()), end_ip: optional(v.string()) })),
})

const Route = v.looseObject({ destination: v.string(), gateway: v.string(), metric: optional(v.number()) })

/** A container that runs in a network: its interfaces there, by name, with their addresses. */
export const NetworkMember = v.looseObject({
  name: v.string(),
  interfaces: v.record(
    v.string(),
    v.looseObject({
      subnets: v.optional(listOrNull(v.looseObject({ ipnet: v.string(), gateway: v.optional(v.string()) }))),
      mac_address: v.string(),
    }),
  ),
})

/** A network as netavark configures it (`networks/json`). */
export const Network = v.looseObject({
  name: v.string(),
  id: v.string(),
  driver: v.string(),
  network_interface: v.optional(v.string()),
  created: v.string(),
  subnets: v.optional(listOrNull(Subnet)),
  routes: v.optional(listOrNull(Route)),
  ipv6_enabled: v.boolean(),
  internal: v.boolean(),
  dns_enabled: v.boolean(),
  network_dns_servers: v.optional(listOrNull(v.string())),
  labels: v.optional(v.nullable(TextMap)),
  options: v.optional(v.nullable(TextMap)),
  ipam_options: v.optional(v.nullable(TextMap)),
  /** The containers that run in it, by id: in inspect, and in a list that asks for them. */
  containers: v.optional(v.nullable(v.record(v.string(), NetworkMember))),
  /** It can be joined and neither changed nor removed: the default one, and those of another engine on this host. Not libpod's. */
  read_only: v.optional(v.boolean()),
  /** In a list: it is containers.conf's default_network, which a prune keeps. Not libpod's. */
  default: v.optional(v.boolean()),
})
export type Network = v.InferOutput<typeof Network>

const Texts = v.array(v.pipe(v.string(), v.maxLength(4096)))

/** What a network is to be like; what is not said is chosen. */
export const NetworkRequest = v.looseObject({
  name: optional(v.pipe(v.string(), v.maxLength(255))),
  driver: optional(v.string()),
  network_interface: optional(v.string()),
  subnets: optional(v.pipe(v.array(Subnet), v.maxLength(64))),
  routes: optional(v.pipe(v.array(Route), v.maxLength(256))),
  ipv6_enabled: optional(v.boolean()),
  internal: optional(v.boolean()),
  dns_enabled: optional(v.boolean()),
  network_dns_servers: optional(Texts),
  labels: optional(TextMap),
  options: optional(TextMap),
  ipam_options: optional(TextMap),
  /** A network of this name is success. */
  ignore_if_exists: optional(v.boolean()),
})
export type NetworkRequest = v.InferOutput<typeof NetworkRequest>

const NetworkRef = v.object({ name: Name })
const path = (verb: string) => `/libpod/networks/{name}/${verb}`

export const networkOperations = {
  'network.list': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/networks/json',
    summary: 'List networks',
    input: v.object({
      filters: v.optional(Filters, {}),
      /** With the containers that run in each. Not libpod's. */
      containers: Off,
    }),
    output: () => v.array(Network),
    errors: ['InvalidArgument'],
    statuses: { fields: { '*': 500 }, codes: { InvalidArgument: 500 } },
  }),
  'network.create': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/networks/create',
    summary: 'Create a network',
    audit: { kind: 'none', object: ['body.name'], made: 'id' },
    input: v.object({}),
    body: NetworkRequest,
    output: () => Network,
    status: 200,
    errors: ['NetworkExists', 'NameInvalid', 'InvalidArgument', 'AddressExhausted', 'NotSupported', 'NetworkFailed'],
    statuses: { fields: { '*': 500 }, codes: { NameInvalid: 500, InvalidArgument: 500, NotSupported: 400 } },
  }),
  'network.prune': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/networks/prune',
    summary: 'Remove networks that no container has',
    input: v.object({ filters: v.optional(Filters, {}) }),
    output: () => v.array(v.object({ Name: v.string(), Error: v.optional(v.nullable(v.string())) })),
    errors: ['InvalidArgument'],
    statuses: { fields: { '*': 500 }, codes: { InvalidArgument: 500 } },
  }),
  'network.check': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/networks/check',
    summary: 'Find what crashes left of networks, and repair it',
    extension: true,
    audit: { object: [], kind: 'none', changes: ['repair'] },
    input: v.object({ repair: Off }),
    output: () =>
      v.object({
        /** What was found: one sentence each. */
        Problems: v.array(v.object({ Object: v.string(), Text: v.string(), Repaired: v.boolean() })),
      }),
    status: 200,
    errors: [],
  }),
  'network.inspect': operation({
    kind: 'call',
    method: 'GET',
    path: path('json'),
    aliases: ['/libpod/networks/{name}'],
    summary: 'Show a network in full',
    input: NetworkRef,
    output: () => Network,
    errors: ['NetworkNotFound', 'NameAmbiguous'],
  }),
  'network.exists': operation({
    kind: 'call',
    method: 'GET',
    path: path('exists'),
    summary: 'Check whether a network exists',
    input: NetworkRef,
    output: () => Nothing,
    errors: ['NetworkNotFound'],
  }),
  'network.remove': operation({
    kind: 'call',
    method: 'DELETE',
    path: '/libpod/networks/{name}',
    summary: 'Remove a network, with its containers if forced',
    input: v.object({ name: Name, force: Off, timeout: v.optional(Integer) }),
    output: () => v.array(v.object({ Name: v.string(), Err: v.optional(v.nullable(v.string())) })),
    status: 200,
    errors: ['NetworkNotFound', 'NetworkInUse', 'NameAmbiguous', 'NotSupported'],
    statuses: { codes: { NetworkInUse: 500 } },
    foreign: { reported: { codes: ['NotSupported'], name: 'Name', message: 'Err' } },
  }),
  'network.update': operation({
    kind: 'call',
    method: 'POST',
    path: path('update'),
    summary: "Change a network's name servers",
    input: NetworkRef,
    body: v.looseObject({ adddnsservers: optional(Texts), removednsservers: optional(Texts) }),
    output: () => Nothing,
    errors: ['NetworkNotFound', 'InvalidArgument', 'NotSupported', 'NetworkFailed'],
    statuses: { codes: { InvalidArgument: 500, NetworkNotFound: 500 } },
  }),
  'network.connect': operation({
    kind: 'call',
    method: 'POST',
    path: path('connect'),
    summary: 'Connect a container to a network',
    input: NetworkRef,
    body: v.looseObject({
      /** Must be there; the verb says so. */
      container: v.optional(Name),
      aliases: optional(Texts),
      static_ips: optional(Texts),
      static_mac: optional(v.string()),
      interface_name: optional(v.string()),
    }),
    output: () => Nothing,
    status: 200,
    errors: [
      'NetworkNotFound',
      'ContainerNotFound',
      'ContainerStateInvalid',
      'InvalidArgument',
      'AddressExhausted',
      'NetworkFailed',
    ],
    statuses: { fields: { '*': 500 }, codes: { InvalidArgument: 500 } },
  }),
  'network.disconnect': operation({
    kind: 'call',
    method: 'POST',
    path: path('disconnect'),
    summary: 'Disconnect a container from a network',
    input: NetworkRef,
    // Podman's client writes them with capitals.
    body: v.looseObject({
      container: v.optional(Name),
      Container: v.optional(Name),
      force: v.optional(Flag),
      Force: v.optional(Flag),
    }),
    output: () => Nothing,
    status: 200,
    errors: ['NetworkNotFound', 'ContainerNotFound', 'ContainerStateInvalid', 'InvalidArgument', 'NetworkFailed'],
    statuses: { fields: { '*': 500 }, codes: { InvalidArgument: 500 } },
  }),
  'network.reload': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/containers/{container}/reload-network',
    summary: "Make a running container's firewall rules again",
    extension: true,
    audit: { object: ['container'], kind: 'container' },
    input: v.object({ container: Name }),
    output: () => v.object({ Id: v.string() }),
    status: 200,
    errors: ['ContainerNotFound', 'ContainerStateInvalid', 'NetworkFailed'],
  }),
}
