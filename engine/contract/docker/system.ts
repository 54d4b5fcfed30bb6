import * as v from 'valibot'

import { Anything, listOrNull, Moment, TextMap } from '../fields.ts'
import { operation } from '../operation.ts'
import { Event } from '../system/shapes.ts'
import { dockerOperation } from './docker-operation.ts'
import { MaybeFilters, On } from './parameters.ts'

/** The host as `docker info` has it. Sizes are bytes. */
export const DockerInfo = v.looseObject({
  ID: v.string(),
  Containers: v.number(),
  ContainersRunning: v.number(),
  ContainersPaused: v.number(),
  ContainersStopped: v.number(),
  Images: v.number(),
  Driver: v.string(),
  DriverStatus: v.array(Anything),
  Name: v.string(),
  ServerVersion: v.string(),
  OperatingSystem: v.string(),
  Architecture: v.string(),
  NCPU: v.number(),
  MemTotal: v.number(),
  DockerRootDir: v.string(),
  SecurityOptions: v.array(v.string()),
  Warnings: v.array(v.string()),
})

/** Disk use. Sizes are bytes, times seconds since the epoch. */
export const DockerDiskUsage = v.object({
  LayersSize: v.number(),
  Images: v.array(v.looseObject({ Id: v.string(), RepoTags: v.array(v.string()), Size: v.number(), SharedSize: v.number() })),
  Containers: v.array(v.looseObject({ Id: v.string(), Names: v.array(v.string()), SizeRw: v.number(), SizeRootFs: v.number() })),
  Volumes: v.array(
    v.looseObject({
      Name: v.string(),
      Driver: v.string(),
      Labels: TextMap,
      UsageData: v.object({ RefCount: v.number(), Size: v.number() }),
    }),
  ),
  BuildCache: listOrNull(Anything),
})

export const dockerSystemOperations = {
  'docker.system.ping': operation({
    kind: 'call',
    method: 'GET',
    path: '/_ping',
    aliases: ['/libpod/_ping'],
    head: true,
    summary: 'Whether the engine answers, and by its headers what it speaks; the same in both APIs',
    input: v.object({}),
    output: () => v.literal('OK'),
    mediaType: 'text/plain; charset=utf-8',
    responseHeaders: {
      'Builder-Version': '',
      'Buildkit-Version': '',
      'Cache-Control': 'no-cache',
      'Docker-Experimental': 'true',
      'Libpod-Buildah-Version': '1.39.3',
      OSType: 'linux',
      Pragma: 'no-cache',
    },
    errors: [],
  }),
  'docker.system.info': dockerOperation({
    kind: 'call',
    method: 'GET',
    path: '/info',
    summary: 'Describe the host and the store',
    input: v.object({}),
    output: () => DockerInfo,
    errors: [],
  }),
  'docker.system.df': dockerOperation({
    kind: 'call',
    method: 'GET',
    path: '/system/df',
    summary: 'Disk use of images, containers and volumes',
    input: v.object({}),
    output: () => DockerDiskUsage,
    errors: [],
  }),
  'docker.system.pruneBuildCache': dockerOperation({
    kind: 'call',
    method: 'POST',
    path: '/build/prune',
    summary: 'Remove the build cache, which is always empty: images are not built here',
    audit: false,
    input: v.object({}),
    output: () => v.object({ CachesDeleted: v.array(v.string()), SpaceReclaimed: v.number() }),
    errors: [],
  }),
  'docker.system.events': dockerOperation({
    kind: 'stream',
    method: 'GET',
    path: '/events',
    summary: 'Events, past and to come',
    input: v.object({ stream: On, since: Moment, until: Moment, filters: MaybeFilters }),
    output: () => Event,
    firstByte: 'ready',
    errors: ['InvalidArgument'],
    statuses: { refused: { filters: 400 }, others: 500 },
  }),
}
