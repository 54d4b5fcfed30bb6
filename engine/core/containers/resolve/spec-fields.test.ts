import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

import { describe, expect, test } from 'vitest'

import {
  type ContainerSpec,
  ContainerSpec as ContainerSchema,
  mountFields,
  PodSpec as PodSchema,
} from '../../../contract/index.ts'
import { containerFields, podFields, type SpecField, type SpecFields } from '../../../contract/spec-fields/index.ts'
import { checkFields } from './check-fields.ts'

interface Node {
  type: string
  entries?: Record<string, Node>
  wrapped?: Node
  item?: Node
  value?: Node
  options?: Node[]
}

/** Every path of a schema; a map's values are `*`. */
function pathsOf(schema: Node, at = ''): string[] {
  if (schema.wrapped) return pathsOf(schema.wrapped, at)
  if (schema.item) return pathsOf(schema.item, at)
  if (schema.entries)
    return Object.entries(schema.entries).flatMap(([name, each]) => {
      const here = at === '' ? name : `${at}.${name}`
      return [here, ...pathsOf(each, here)]
    })
  // A map of plain values is a value itself.
  if (schema.type === 'record' && pathsOf(schema.value!, 'x').length > 0) return [`${at}.*`, ...pathsOf(schema.value!, `${at}.*`)]
  return []
}

const core = path.join(import.meta.dirname, '../../..', 'core')

/** The code that may read a request, without its comments. */
function codeOf(...folders: string[]): string {
  return folders
    .flatMap((folder) =>
      readdirSync(path.join(core, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('fixtures'))
        .map((name) => readFileSync(path.join(core, folder, name), 'utf8')),
    )
    .join('\n')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\/\/.*/g, '')
}

/** A pod's request is read by pods, and by their members for what it gives all of them; what is in a field is the container's business. */
const container = codeOf('containers', 'networks')
const podDefaults = readFileSync(path.join(import.meta.dirname, 'pod-defaults.ts'), 'utf8').replaceAll('pod.', 'spec.')

/** Whether code reads the field of a request: `spec.name`, or by taking it apart. */
function isRead(name: string, what: string): boolean {
  const text = what === 'pod' && !name.includes('.') ? codeOf('pods') + podDefaults : container
  const field = name.split('.').findLast((part) => part !== '*') as string
  const quoted = field.replaceAll(/\W/g, '\\$&')
  if (field === 'max-size') return text.includes(`['${field}']`)
  if (!name.includes('.'))
    return new RegExp(
      `\\b(spec|asked)\\??\\.${quoted}\\b|\\{[^{}=]*\\b${quoted}\\b[^{}=]*\\}(: \\w*(Spec|PidFiles)\\b| = spec\\b)`,
    ).test(text)
  return new RegExp(`\\??\\.${quoted}\\b|\\['${quoted}'\\]|\\{[^{}=;]*\\b${quoted}\\b[^{}=;]*\\}(: \\w+| = \\w+|\\) =>)`).test(
    text,
  )
}

const tables: [string, SpecFields, Node][] = [
  ['container', containerFields, ContainerSchema as unknown as Node],
  ['pod', podFields, PodSchema as unknown as Node],
]

describe.each(tables)('the fields of a %s', (what, table, schema) => {
  const ancestors = (name: string) => name.split('.').map((_, at, parts) => parts.slice(0, at).join('.'))
  const known = (name: string) =>
    Object.hasOwn(table, name) ||
    Object.hasOwn(mountFields, name) ||
    ancestors(name).some((each) => table[each]?.state === 'refused')

  test('are all in the table', () => {
    expect(pathsOf(schema).filter((name) => !known(name))).toEqual([])
  })

  test('that are done are in the schema, so that their values are checked', () => {
    const described = new Set(pathsOf(schema))
    const loose = /^(idmappings|log_configuration\.options|manage_password)/
    const missing = Object.keys(table).filter(
      (name) => table[name]!.state === 'done' && !described.has(name) && !loose.test(name),
    )
    expect(missing).toEqual([])
  })

  test('that are done are read by code', () => {
    // A map is read by its values; of an object whose parts are all refused there is nothing to read.
    const parts = (name: string) => Object.keys(table).filter((each) => each.startsWith(`${name}.`))
    const empty = (name: string) => parts(name).length > 0 && parts(name).every((each) => table[each]!.state === 'refused')
    const isMap = (name: string) => name.endsWith('.*')
    const unread = Object.entries(table).filter(
      ([name, { state }]) => state === 'done' && !isMap(name) && !empty(name) && !isRead(name, what),
    )
    expect(unread.map(([name]) => name)).toEqual([])
  })

  test.each(Object.entries(table).filter(([, { state }]) => state !== 'done'))('%s is answered for', (name, field) => {
    expect(field.reason).toMatch(/^\S.*[^.]$/)
    const ask = () => checkFields(table, what, asking(name, 'x'))
    if (field.state === 'refused')
      expect(ask).toThrow(
        expect.objectContaining({ code: 'NotSupported', details: { field: name }, message: expect.stringContaining(name) }),
      )
    else expect(ask()).toEqual([expect.stringContaining('has no effect')])
    for (const usual of field.usual ?? []) expect(checkFields(table, what, asking(name, usual))).toEqual([])
    expect(checkFields(table, what, asking(name, null))).toEqual([])
    if (!field.offIsGiven) for (const nothing of [false, 0, '', [], {}]) checkFields(table, what, asking(name, nothing))
  })
})

/** A request that has this field alone. */
function asking(name: string, value: unknown): object {
  return name.split('.').reduceRight<unknown>((inner, key) => ({ [key === '*' ? 'any' : key]: inner }), value) as object
}

test('an unknown field is refused by name, however deep, unless it says nothing', () => {
  const check = (spec: object) => checkFields(containerFields, 'container', spec)
  for (const [spec, field] of [
    [{ image: 'a', future_field: 1 }, 'future_field'],
    [{ resource_limits: { cpu: { future: 'x' } } }, 'resource_limits.cpu.future'],
    [{ Networks: { podman: { future: 'x' } } }, 'Networks.podman.future'],
    [{ portmappings: [{ container_port: 80 }, { container_port: 81, future: true }] }, 'portmappings.future'],
    [{ netns: { nsmode: 'host', future: 'x' } }, 'netns.future'],
    [{ constructor: { name: 'x' } }, 'constructor'],
    [JSON.parse('{"__proto__": {"a": 1}}'), '__proto__'],
  ] as [object, string][])
    expect(() => check(spec), field).toThrow(expect.objectContaining({ code: 'UnknownField', details: { field } }))
  for (const nothing of [null, false, 0, '', [], {}, { a: null, b: [{}] }]) expect(check({ future_field: nothing })).toEqual([])
})

test('a warning names the option of the log driver', () => {
  expect(checkFields(containerFields, 'container', { log_configuration: { options: { tag: 'a', labels: 'b' } } })).toEqual([
    'The field log_configuration.options.labels (--log-opt) of a container has no effect: a log driver knows path, max-size and tag.',
  ])
})

/** What podman 5.4.2 sends for `podman --remote create busybox true` and `podman --remote pod create`. */
const noIds = {
  HostUIDMapping: true,
  HostGIDMapping: true,
  UIDMap: null,
  GIDMap: null,
  AutoUserNs: false,
  AutoUserNsOpts: { Size: 0, PasswdFile: '', AdditionalUIDMappings: null },
}
const namespaces = { pidns: {}, utsns: {}, ipcns: {}, userns: {}, cgroupns: {}, netns: {} }

test("what podman's client always sends is accepted without a word", () => {
  const spec: ContainerSpec = {
    ...namespaces,
    command: ['true'],
    env_host: false,
    httpproxy: true,
    terminal: false,
    stop_timeout: 10,
    log_configuration: {},
    systemd: 'true',
    sdnotifyMode: 'container',
    init_container_type: '',
    manage_password: true,
    image: 'busybox',
    raw_image_name: 'busybox',
    image_volume_mode: 'anonymous',
    volatile: false,
    seccomp_policy: 'default',
    idmappings: noIds,
    read_write_tmpfs: false,
    umask: '0022',
    publish_image_ports: false,
    Networks: null,
    use_image_hostname: false,
    healthLogDestination: 'local',
    healthMaxLogCount: 5,
    healthMaxLogSize: 500,
    devices: [{ path: '/dev/null', type: '', major: 0, minor: 0 }],
  }
  expect(checkFields(containerFields, 'container', spec)).toEqual([])
  const { cgroupns: _, ...ofPods } = namespaces
  const pod = {
    ...ofPods,
    exit_policy: 'continue',
    share_parent: true,
    Networks: null,
    resource_limits: { cpu: {}, blockIO: {} },
    idmappings: noIds,
  }
  expect(checkFields(podFields, 'pod', pod)).toEqual([])
})

test('every field has a state of the three', () => {
  for (const field of [...Object.values(containerFields), ...Object.values(podFields)] as SpecField[])
    expect(['done', 'warned', 'refused']).toContain(field.state)
})
