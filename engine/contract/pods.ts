import * as v from 'valibot'

import { TopTable } from './containers/shapes.ts'
import { Anything, Filters, Integer, listOrNull, Name, Nothing, Off, TextMap, Texts, Time } from './fields.ts'
import { operation } from './operation.ts'
import { PodSpec } from './spec.ts'

/** `Created`, `Running` …: libpod writes pod states with a capital. */
export const PodState = v.picklist(['Created', 'Running', 'Stopped', 'Exited', 'Paused', 'Degraded', 'Stopping', 'Error', 'Dead'])
export type PodState = v.InferOutput<typeof PodState>

/** A pod in a list (`pods/json`). */
export const PodSummary = v.object({
  Cgroup: v.string(),
  Containers: v.array(v.object({ Id: v.string(), Names: v.string(), Status: v.string(), RestartCount: v.number() })),
  Created: Time,
  Id: v.string(),
  InfraId: v.string(),
  Name: v.string(),
  Namespace: v.string(),
  Networks: listOrNull(v.string()),
  Status: PodState,
  Labels: TextMap,
})
export type PodSummary = v.InferOutput<typeof PodSummary>

/** A pod in full (`pods/{name}/json`). */
export const PodInspect = v.looseObject({
  Id: v.string(),
  Name: v.string(),
  Created: Time,
  CreateCommand: v.optional(listOrNull(v.string())),
  ExitPolicy: v.string(),
  State: PodState,
  Hostname: v.string(),
  Labels: v.optional(v.nullable(TextMap)),
  CreateCgroup: v.boolean(),
  CgroupParent: v.string(),
  CgroupPath: v.string(),
  CreateInfra: v.boolean(),
  InfraContainerID: v.optional(v.string()),
  InfraConfig: v.optional(v.nullable(v.looseObject({ PortBindings: v.record(v.string(), Anything), HostNetwork: v.boolean() }))),
  SharedNamespaces: v.optional(listOrNull(v.string())),
  NumContainers: v.number(),
  Containers: v.optional(v.array(v.object({ Id: v.string(), Name: v.string(), State: v.string() }))),
  RestartPolicy: v.optional(v.string()),
})
export type PodInspect = v.InferOutput<typeof PodInspect>

/** What start, stop and the like report: failures of single containers are in `Errs`, and the pod's own work went on. */
export const PodReport = v.object({ Id: v.string(), Errs: v.optional(listOrNull(v.string())), RawInput: v.optional(v.string()) })

/** One container in `pods/stats`, as podman writes it: `2.5MB / 1GB`, `--` for what is not there. */
export const PodStats = v.object({
  CPU: v.string(),
  MemUsage: v.string(),
  /** With binary units. */
  MemUsageBytes: v.string(),
  Mem: v.string(),
  NetIO: v.string(),
  BlockIO: v.string(),
  PIDS: v.string(),
  Pod: v.string(),
  CID: v.string(),
  Name: v.string(),
})
export type PodStats = v.InferOutput<typeof PodStats>

const PodRef = v.object({ name: Name })
const path = (verb: string) => `/libpod/pods/{name}/${verb}`

export const podOperations = {
  'pod.list': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/pods/json',
    summary: 'List pods',
    input: v.object({ filters: v.optional(Filters, {}) }),
    output: () => v.array(PodSummary),
    errors: ['InvalidArgument'],
    statuses: { codes: { InvalidArgument: 500 } },
  }),
  'pod.create': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/pods/create',
    summary: 'Create a pod',
    audit: { kind: 'none', object: ['body.name'], made: 'Id' },
    input: v.object({}),
    body: PodSpec,
    output: () => v.object({ Id: v.string(), Warnings: v.optional(v.array(v.string())) }),
    status: 201,
    imageNames: ['body.infra_image'],
    errors: ['PodExists', 'NameInvalid', 'InvalidArgument', 'UnknownField', 'NotSupported', 'ImageNotFound', 'LimitUnavailable'],
    statuses: { fields: { body: 500 }, codes: { NameInvalid: 500, NotSupported: 400 } },
  }),
  'pod.inspect': operation({
    kind: 'call',
    method: 'GET',
    path: path('json'),
    summary: 'Show a pod in full',
    input: PodRef,
    output: () => PodInspect,
    errors: ['PodNotFound'],
  }),
  'pod.exists': operation({
    kind: 'call',
    method: 'GET',
    path: path('exists'),
    summary: 'Check whether a pod exists',
    input: PodRef,
    output: () => Nothing,
    errors: ['PodNotFound'],
  }),
  'pod.start': operation({
    kind: 'call',
    method: 'POST',
    path: path('start'),
    summary: 'Start all containers of a pod',
    input: PodRef,
    output: () => PodReport,
    status: 200,
    errors: ['PodNotFound', 'PodAlreadyStarted', 'PortInUse', 'RuntimeFailed'],
  }),
  'pod.stop': operation({
    kind: 'call',
    method: 'POST',
    path: path('stop'),
    summary: 'Stop all containers of a pod',
    input: v.object({ name: Name, t: v.optional(Integer) }),
    output: () => PodReport,
    errors: ['PodNotFound', 'PodAlreadyStopped'],
  }),
  'pod.restart': operation({
    kind: 'call',
    method: 'POST',
    path: path('restart'),
    summary: 'Restart all containers of a pod',
    input: PodRef,
    output: () => PodReport,
    errors: ['PodNotFound'],
  }),
  'pod.kill': operation({
    kind: 'call',
    method: 'POST',
    path: path('kill'),
    summary: 'Send a signal to all containers of a pod',
    input: v.object({ name: Name, signal: v.optional(v.string(), 'SIGKILL') }),
    output: () => PodReport,
    errors: ['PodNotFound', 'PodStateInvalid', 'InvalidArgument'],
    statuses: { codes: { InvalidArgument: 500 } },
  }),
  'pod.pause': operation({
    kind: 'call',
    method: 'POST',
    path: path('pause'),
    summary: 'Pause all containers of a pod',
    input: PodRef,
    output: () => PodReport,
    errors: ['PodNotFound', 'PodStateInvalid'],
  }),
  'pod.unpause': operation({
    kind: 'call',
    method: 'POST',
    path: path('unpause'),
    summary: 'Let all paused containers of a pod go on',
    input: PodRef,
    output: () => PodReport,
    errors: ['PodNotFound', 'PodStateInvalid'],
  }),
  'pod.remove': operation({
    kind: 'call',
    method: 'DELETE',
    path: '/libpod/pods/{name}',
    summary: 'Remove a pod; one with running containers only with force',
    input: v.object({ name: Name, force: Off, timeout: v.optional(Integer) }),
    output: () =>
      v.object({
        Id: v.string(),
        Err: v.optional(v.nullable(v.string())),
        RemovedCtrs: v.optional(v.nullable(v.record(v.string(), v.nullable(v.string())))),
      }),
    errors: ['PodNotFound', 'PodHasContainers'],
  }),
  'pod.prune': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/pods/prune',
    summary: 'Remove all pods that do not run',
    input: v.object({}),
    output: () => v.array(v.object({ Id: v.string(), Err: v.optional(v.nullable(v.string())) })),
    errors: [],
  }),
  'pod.clone': operation({
    kind: 'call',
    method: 'POST',
    path: path('clone'),
    extension: true,
    summary: 'Make a pod as another one is, with clones of its containers and the given fields replaced',
    audit: { object: ['name', 'body.name'], made: 'Id' },
    input: v.object({
      name: Name,
      /** Removes the other one, also one that runs. */
      destroy: Off,
      /** Starts the new one. */
      start: Off,
    }),
    body: PodSpec,
    output: () => v.object({ Id: v.string(), Warnings: v.array(v.string()) }),
    status: 201,
    errors: ['PodNotFound', 'PodExists', 'NameInvalid', 'InvalidArgument', 'UnknownField', 'NotSupported', 'RuntimeFailed'],
  }),
  'pod.stats': operation({
    kind: 'stream',
    method: 'GET',
    path: '/libpod/pods/stats',
    summary: "Resource use of pods' containers, of running pods by default",
    input: v.object({
      namesOrIDs: v.optional(Texts, []),
      all: Off,
      stream: Off,
      /** Seconds between reports. */
      delay: v.optional(Integer, 5),
    }),
    output: () => v.array(PodStats),
    errors: ['PodNotFound', 'InvalidArgument'],
    statuses: { codes: { InvalidArgument: 500 } },
  }),
  'pod.top': operation({
    kind: 'call',
    method: 'GET',
    path: path('top'),
    summary: "List the processes in a pod's containers",
    input: v.object({ name: Name, stream: Off, delay: v.optional(Integer), ps_args: v.optional(Texts) }),
    output: () => TopTable,
    errors: ['PodNotFound', 'PodStateInvalid'],
  }),
}
