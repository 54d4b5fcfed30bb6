import { beforeEach, describe, expect, test, vi } from 'vitest'

import { create } from '../engine/cli/commands/container/create.ts'
import { run } from '../engine/cli/commands/container/run.ts'
import { pull } from '../engine/cli/commands/image/pull.ts'
import { volumeCreate } from '../engine/cli/commands/volume/create.ts'
import { podCreate } from '../engine/cli/commands/pod/create.ts'
import type { Command } from '../engine/cli/command.ts'
import { pullInput, type RegistryValues } from '../engine/cli/flags/registry-flags.ts'
import { parseFlags } from '../engine/cli/parse/parse-flags.ts'
import { createContainer } from '../engine/cli/spec/create-container.ts'
import type { CreateValues } from '../engine/cli/spec/flags.ts'
import { type ContainerSpec, containerSpecFields, type Engine, parseInput, type PodSpec } from '../engine/contract/index.ts'
import { checkDraft, containerFields, toCommand, toSpec } from '../src/containers/dialogs/container-fields.ts'
import { type Draft, emptyDraft, emptyVolume } from '../src/containers/dialogs/draft.ts'
import { settingTitles } from '../src/containers/dialogs/setting-titles.ts'
import { checkFields, type Field, isSound, requestOf, wordsOf } from '../src/engine/fields/field.ts'
import { emptyPort } from '../src/engine/fields/port-rows.ts'
import { defaultAccess } from '../src/images/registries/registry-access.ts'
import { type PullDraft, pullFields } from '../src/images/dialogs/pull-fields.ts'
import { emptyPod, type PodDraft, podFields } from '../src/pods/dialogs/pod-fields.ts'
import { emptyVolumeDraft, type VolumeDraft, volumeFields } from '../src/volumes/dialogs/volume-fields.ts'
import { randomOf, seed } from './fuzz/random.ts'

// What the page asks of the engine is what its "equivalent command" asks: the command line is read by the program's own commands.

// Commands print the id of what they made.
beforeEach(() => void vi.spyOn(process.stdout, 'write').mockReturnValue(true))

const host = { cpus: 64 }
const sample: Draft = { ...emptyDraft, image: 'docker.io/library/nginx:1' }

/** Drafts that each say something of their own; at least one for each field. */
const drafts: Record<string, Partial<Draft>> = {
  nothing: {},
  'an image in spaces': { image: '  registry:5000/a/b@sha256:1  ' },
  'a name': { name: 'web_1.x-y' },
  'a pod, whose ports count': { pod: 'shop', ports: [{ ...emptyPort, container: '80' }] },
  'a command of several words': { command: `sh -c 'echo "a b" $HOME' -- --rm` },
  'a command with flags of ours': { command: '--privileged -v /:/x' },
  'an entrypoint': { entrypoint: '/bin/x' },
  'an entrypoint of several words': { entrypoint: `/bin/x --a 'b c' "d"` },
  'an entrypoint that looks like JSON': { entrypoint: '["a"]' },
  'an entrypoint that is a bracket': { entrypoint: '[' },
  'a terminal': { terminal: true },
  variables: {
    variables: [
      { name: 'A', value: 'b=c d' },
      { name: '', value: '' },
      { name: 'E', value: '' },
      { name: 'S*', value: '*' },
    ],
  },
  ports: {
    ports: [
      { ...emptyPort, container: '80' },
      { ...emptyPort, host: '8080', container: '80' },
      { address: '127.0.0.1', host: '53', container: '53', protocol: 'udp' },
      { address: '::1', host: '', container: '53', protocol: 'tcp' },
      { address: '', host: '8000-8002', container: '90-92', protocol: 'tcp' },
      emptyPort,
    ],
  },
  volumes: {
    volumes: [
      { ...emptyVolume, source: '/srv/a b', target: '/data', mode: 'ro' },
      { ...emptyVolume, source: '/srv', target: '/b' },
      { ...emptyVolume, type: 'volume', source: 'cache', target: '/cache' },
      { ...emptyVolume, type: 'tmpfs', target: '/tmp/a', options: 'size=64m' },
      { ...emptyVolume, type: 'volume', source: 'conf.d', target: '/conf', mode: 'ro', options: 'U' },
      { ...emptyVolume, type: 'volume', target: '/anonymous' },
      { ...emptyVolume, source: '/srv/over', target: '/over', options: 'O' },
      { ...emptyVolume, source: '/srv/labels', target: '/labels', mode: 'ro', options: 'Z, noexec' },
      { ...emptyVolume, type: 'tmpfs', target: '/run/b', mode: 'ro' },
      emptyVolume,
    ],
  },
  'a policy': { restart: 'always' },
  'another policy': { restart: 'unless-stopped' },
  'a policy for failures': { restart: 'on-failure' },
  'a policy with an end': { restart: 'on-failure', retries: '5' },
  'a working directory and a user': { workdir: '/srv/app', user: '1000:1000' },
  'an init program': { init: true },
  'a stop of its own': { stopSignal: 'QUIT', stopTimeout: '0' },
  'more limits': { pids: '100', shares: '512', cpuset: '0-1,3', shmSize: '64m', blockWeight: '500' },
  'no limit of processes': { pids: '-1' },
  'limits of memory': { memory: '64', reservation: '32m', swap: '128m' },
  'a mode of the network': { network: 'host' },
  'no network': { network: 'none' },
  "another container's network": { network: 'container:web' },
  'a bridge': { network: 'bridge' },
  networks: {
    network: 'bridge',
    networks: [
      { name: 'front', aliases: 'web, www', ip: '10.89.0.5 fd00::5' },
      { name: 'back', aliases: '', ip: '' },
      { name: '', aliases: '', ip: '' },
    ],
  },
  'all ports': { publishAll: true },
  names: {
    hostname: 'shop.example.org',
    dns: '192.0.2.53, 2001:db8::53',
    dnsSearch: 'example.org',
    hosts: [
      { name: 'db', address: '192.0.2.7' },
      { name: 'host', address: 'host-gateway' },
    ],
  },
  privileged: { privileged: true },
  'less than usual': { readOnly: true, noNewPrivileges: true, capDrop: 'all', capAdd: 'NET_ADMIN,CAP_KILL' },
  devices: {
    devices: [
      { host: '/dev/fuse', container: '', access: 'rwm' },
      { host: '/dev/null', container: '/dev/nothing', access: 'r' },
    ],
  },
  'ids of its own': { userns: 'keep-id:uid=1000,gid=1000' },
  'no health check': { health: 'none' },
  'what follows a failed health check': { health: 'command', healthCommand: '/bin/check', healthAction: 'restart' },
  'a health check': { health: 'command', healthCommand: 'curl -f http://localhost/ || exit 1' },
  'a health check as a list': {
    health: 'command',
    healthCommand: '["/bin/check", "--all"]',
    healthInterval: '10s',
    healthTimeout: '5s',
    healthStartPeriod: '1m',
    healthRetries: '5',
  },
  secrets: {
    secrets: [
      { name: 'token', type: 'mount', target: '' },
      { name: 'key', type: 'mount', target: '/etc/ssl/key' },
      { name: 'password', type: 'env', target: 'DB_PASSWORD' },
      { name: 'user', type: 'env', target: '' },
      { name: '', type: 'mount', target: '' },
    ],
  },
  labels: {
    labels: [
      { name: 'org.example.team', value: 'web=1 a' },
      { name: 'alone', value: '' },
    ],
  },
  'a pull': { pull: 'always' },
  memory: { memory: '512' },
  'memory with a comma': { memory: '1,1', memoryUnit: 'GiB' },
  'memory with a point': { memory: ' 0.7 ', memoryUnit: 'MiB' },
  processors: { cpus: '1,5' },
  'a little of a processor': { cpus: '.015' },
  'processors and memory': { cpus: '2', memory: '64' },
}

const allFields: Partial<Draft> = Object.assign({}, ...Object.values(drafts), { pod: '', image: sample.image })

/** What the program asks of the engine for this command line; the engine is told what it would be, and does nothing. */
async function asked(words: readonly string[]): Promise<ContainerSpec> {
  const [, verb = '', ...rest] = words
  const command: Pick<Command, 'flags' | 'stopAtFirst'> = verb === 'run' ? run : create
  const { args, values } = parseFlags(command.flags, rest, { program: verb, stopAtFirst: command.stopAtFirst })
  let body: ContainerSpec | undefined
  const engine = {
    'container.create': async (input: { body: ContainerSpec }) => {
      body = input.body
      return { Id: 'id', Warnings: [] }
    },
    'image.pull': async function* () {},
  } as unknown as Engine
  await createContainer(engine, args, values as unknown as CreateValues, words)
  const { containerCreateCommand, httpproxy, ...spec } = body!
  expect(containerCreateCommand).toEqual(words)
  // What the engine does where nobody says so.
  expect(httpproxy).toBe(true)
  return spec
}

/** The fields that the page offers of this engine. */
const offered = containerFields.filter(({ needs = [] }) => needs.every((name) => containerSpecFields[name]?.state === 'done'))
/** Fields that are over before the engine is asked to create anything. */
const notOfTheRequest = ['pull']

describe('a container', () => {
  test.each([...Object.entries(drafts), ['all of it', allFields] as const])('%s', async (_name, change) => {
    const draft = { ...sample, ...change }
    expect(isSound(checkDraft(draft, host)), JSON.stringify(checkDraft(draft, host))).toBe(true)
    for (const start of [true, false]) expect(await asked(toCommand({ ...draft, start }, 'berth'))).toEqual(toSpec(draft))
    parseInput('container.create', { body: toSpec(draft) })
  })

  test(`any of them put together, seed ${seed}`, async () => {
    const random = randomOf('drafts')
    let held = 0
    for (let count = 0; count < 200; count++) {
      const draft = { ...sample }
      for (const [name, change] of Object.entries(drafts))
        if (name !== 'a pull' && random.chance(40)) Object.assign(draft, change)
      // Limits of memory that are right by themselves may contradict each other.
      if (!isSound(checkDraft(draft, host))) continue
      held += 1
      expect(await asked(toCommand(draft, 'berth')), JSON.stringify(draft)).toEqual(toSpec(draft))
    }
    expect(held).toBeGreaterThan(50)
  })

  test('every field of the draft is in the table, but whether it is started', () => {
    const besides = { start: 'run instead of create', memoryUnit: 'part of memory', retries: 'part of restart' }
    expect([...containerFields.map(({ name }) => name), ...Object.keys(besides)].toSorted()).toEqual(
      Object.keys(emptyDraft).toSorted(),
    )
  })

  test('every setting that an edit may change has a title', () => {
    // Two are chosen when a container is created, and one is called as its field is.
    const fixed = ['name', 'pod', 'Networks']
    const asked = Object.values(drafts).flatMap((change) => Object.keys(toSpec({ ...sample, ...change })))
    const settings = [...new Set(asked)].filter((field) => !fixed.includes(field))
    expect(settings.filter((field) => settingTitles([field])[0] === field)).toEqual([])
  })

  test('every field says something in one of these drafts', () => {
    expect(
      silent(
        offered,
        Object.values(drafts).map((change) => ({ ...sample, ...change })),
      ),
    ).toEqual(notOfTheRequest)
  })
})

/** The fields whose words and request no draft has. Their flags are the command's own. */
function silent<D, R extends object>(fields: readonly Field<D, R>[], all: readonly D[]): string[] {
  return fields
    .filter((field) => !all.some((draft) => field.words(draft).length > 0 && Object.keys(field.request(draft)).length > 0))
    .map(({ name }) => name)
}

test.each<[string, readonly Field<never, object>[], Record<string, unknown>]>([
  ['run', offered, run.flags],
  ['create', offered, create.flags],
  ['pod create', podFields, podCreate.flags],
  ['pull', pullFields, pull.flags],
  ['volume create', volumeFields, volumeCreate.flags],
])('the flags of the page are those of %s', (_name, fields, flags) => {
  const unknown = fields.flatMap((field) => field.flags).filter((flag) => !Object.hasOwn(flags, flag.slice(2)))
  expect(unknown).toEqual([])
})

/** What `pod create` asks of the engine for these words. */
async function askedOfPod(words: readonly string[]): Promise<PodSpec> {
  const { args, values } = parseFlags(podCreate.flags, words, { program: 'pod create' })
  let body: PodSpec = {}
  const engine = {
    'pod.create': async (input: { body: PodSpec }) => {
      body = input.body
      return { Id: 'id' }
    },
  }
  await podCreate.run({ args, flags: values, engine: async () => engine, commandLine: [...words] } as never)
  const { pod_create_command, ...spec } = body
  expect(pod_create_command).toEqual(words)
  return spec
}

describe('a pod', () => {
  const pods: PodDraft[] = [
    emptyPod,
    { ...emptyPod, name: 'shop_1', ports: drafts['ports']!.ports! },
    {
      ...emptyPod,
      hostname: 'front',
      network: 'backend',
      labels: [
        { name: 'tier', value: 'a b' },
        { name: '', value: '' },
      ],
    },
    { ...emptyPod, memory: '1,5', cpus: '0.5', pids: '100', network: 'host', restart: 'unless-stopped', exitPolicy: 'stop' },
    { ...emptyPod, share: ['net', 'pid'], userns: 'keep-id', restart: 'on-failure' },
    { ...emptyPod, share: [] },
    { ...emptyPod, infra: false, ports: drafts['ports']!.ports!, network: 'host', userns: 'auto' },
  ]

  test.each(pods)('%o', async (draft) => {
    expect(isSound(checkFields(podFields, draft))).toBe(true)
    const body = await askedOfPod(wordsOf(podFields, draft))
    // What the engine does where nobody says so.
    const usual = draft.infra ? { shared_namespaces: ['ipc', 'net', 'uts'] } : {}
    expect(given(body)).toEqual({ ...usual, ...requestOf(podFields, draft) })
  })

  test('every field says something', () => expect(silent(podFields, pods)).toEqual([]))
})

/** What `volume create` asks of the engine for these words. */
async function askedOfVolume(words: readonly string[]): Promise<Record<string, unknown>> {
  const { args, values } = parseFlags(volumeCreate.flags, words, { program: 'volume create' })
  let body: Record<string, unknown> = {}
  const engine = {
    'volume.create': async (input: { body: Record<string, unknown> }) => {
      body = input.body
      return { Name: 'name' }
    },
  }
  await volumeCreate.run({ args, flags: values, engine: async () => engine } as never)
  return body
}

describe('a volume', () => {
  const volumes: VolumeDraft[] = [
    emptyVolumeDraft,
    { ...emptyVolumeDraft, name: 'data', options: 'uid=5,gid=6' },
    { ...emptyVolumeDraft, name: 'data', kind: 'bind', device: '/srv/a b', options: 'ro' },
    { ...emptyVolumeDraft, kind: 'tmpfs', options: 'size=64m,mode=0700' },
    { ...emptyVolumeDraft, kind: 'mount', type: 'nfs', device: 'server:/export' },
    { ...emptyVolumeDraft, kind: 'image', image: 'docker.io/library/nginx:1' },
    {
      ...emptyVolumeDraft,
      name: 'a',
      labels: [
        { name: 'org.example', value: 'a=b c' },
        { name: '', value: '' },
      ],
    },
  ]

  test.each(volumes)('%o', async (draft) => {
    expect(isSound(checkFields(volumeFields, draft))).toBe(true)
    const { Driver, Labels, Options, IgnoreIfExists, ...rest } = given(await askedOfVolume(wordsOf(volumeFields, draft)))
    expect(IgnoreIfExists).toBe(false)
    // What the engine does where nobody says so.
    const said = {
      ...rest,
      ...(Driver === 'local' ? {} : { Driver }),
      ...(Object.keys(Labels as object).length > 0 ? { Labels } : {}),
      ...(Object.keys(Options as object).length > 0 ? { Options } : {}),
    }
    expect(said).toEqual(requestOf(volumeFields, draft))
  })

  test('what cannot be is told', () => {
    for (const wrong of [
      { kind: 'bind', device: 'srv' },
      { kind: 'mount', device: '' },
      { kind: 'image', image: '' },
      { kind: 'plain', options: 'size=x' },
      { name: 'a/b' },
      { labels: [{ name: '', value: 'x' }] },
    ] satisfies Partial<VolumeDraft>[])
      expect(isSound(checkFields(volumeFields, { ...emptyVolumeDraft, ...wrong })), JSON.stringify(wrong)).toBe(false)
  })

  test('every field says something', () => expect(silent(volumeFields, volumes)).toEqual([]))
})

describe('a pull', () => {
  const pulls: PullDraft[] = [
    { reference: ' docker://quay.io/a/b:1 ', platform: '', access: defaultAccess },
    { reference: 'a', platform: 'linux/arm64', access: defaultAccess },
    { reference: 'a', platform: 'linux/arm/v7', access: { ...defaultAccess, verify: false } },
    { reference: 'a', platform: '', access: { ...defaultAccess, login: true, user: 'me', password: 'secret' } },
  ]

  test.each(pulls)('%o', (draft) => {
    expect(isSound(checkFields(pullFields, draft))).toBe(true)
    const words = wordsOf(pullFields, draft)
    expect(words.join(' ')).not.toContain('secret')
    const { args, values } = parseFlags(pull.flags, words, { program: 'pull' })
    const asked = { ...pullInput(args[0] ?? '', values as unknown as RegistryValues), policy: values['policy'] }
    const { credentials, ...rest } = { policy: 'always', ...requestOf(pullFields, draft) }
    // The command line has the name alone: the password is asked for there.
    expect(given(asked)).toEqual({ ...rest, ...(credentials ? { credentials: 'me' } : {}) })
  })

  test('every field says something', () => expect(silent(pullFields, pulls)).toEqual([]))
})

const given = (object: object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
